// SPDX-License-Identifier: Apache-2.0
#include "pattern_group.h"

#include <unordered_set>

namespace weir::ncore {

PatternGroup::PatternGroup(std::span<const CompiledPattern> patterns) {
  for (const CompiledPattern& pattern : patterns) addPattern(pattern);
  partitionBytes();
  indexAnywhere();
}

void PatternGroup::addPattern(const CompiledPattern& pattern) {
  const PositionAutomaton& automaton = pattern.automaton;
  const auto base = static_cast<uint16_t>(positions_.size());
  const auto number = static_cast<uint16_t>(patternIds_.size());
  patternIds_.push_back(pattern.id);
  startsAnywhere_.push_back(!automaton.first.empty());
  startsAnywhereCount_ += !automaton.first.empty();
  for (const Position& position : automaton.positions) {
    positions_.push_back({position.bytes, static_cast<uint32_t>(follow_.size()),
                          static_cast<uint16_t>(position.follow.size()), number, position.accepts,
                          position.atEnd, false});
    testsEnd_ |= position.atEnd;
    for (uint16_t next : position.follow) follow_.push_back(static_cast<uint16_t>(base + next));
  }
  for (uint16_t first : automaton.first) positions_[base + first].anywhere = true;
  for (uint16_t first : automaton.firstAtStart) {
    firstAtStart_.push_back(static_cast<uint16_t>(base + first));
  }
}

// Two bytes share a class when every position takes both or neither.
void PatternGroup::partitionBytes() {
  representatives_.assign(1, 0);
  std::unordered_set<ByteSet> seen;
  for (const GroupPosition& position : positions_) {
    if (seen.insert(position.bytes).second) splitClasses(position.bytes);
  }
}

void PatternGroup::splitClasses(const ByteSet& bytes) {
  // Bytes inside the set leave their class for a new one, where the class's representative, its
  // smallest byte, is on the other side of the border.
  std::array<int, 256> movedTo;
  movedTo.fill(-1);
  for (unsigned byte = 0; byte < 256; ++byte) {
    const uint8_t old = classOf_[byte];
    if (bytes.test(byte) == bytes.test(representatives_[old])) continue;
    if (movedTo[old] < 0) {
      movedTo[old] = static_cast<int>(representatives_.size());
      representatives_.push_back(static_cast<uint8_t>(byte));
    }
    classOf_[byte] = static_cast<uint8_t>(movedTo[old]);
  }
}

void PatternGroup::indexAnywhere() {
  positionsAnywhere_.resize(representatives_.size());
  for (size_t position = 0; position < positions_.size(); ++position) {
    if (!positions_[position].anywhere) continue;
    const ByteSet& bytes = positions_[position].bytes;
    for (size_t byteClass = 0; byteClass < representatives_.size(); ++byteClass) {
      if (!bytes.test(representatives_[byteClass])) continue;
      positionsAnywhere_[byteClass].push_back(static_cast<uint16_t>(position));
    }
  }
}

size_t PatternGroup::memoryBytes() const {
  size_t bytes = sizeof *this + positions_.size() * sizeof(GroupPosition) +
                 (follow_.size() + firstAtStart_.size()) * sizeof(uint16_t) +
                 patternIds_.size() * (sizeof(uint32_t) + 1) + representatives_.size();
  for (const auto& taking : positionsAnywhere_) bytes += taking.size() * sizeof(uint16_t);
  return bytes;
}

}  // namespace weir::ncore
