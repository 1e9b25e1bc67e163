// SPDX-License-Identifier: Apache-2.0
// The patterns that share one DFA: their positions merged into flat arrays, and the bytes that
// none of them tells apart merged into classes. Immutable once built; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "position_automaton.h"

namespace weir::ncore {

struct CompiledPattern {
  uint32_t id = 0;
  PositionAutomaton automaton;
};

class PatternGroup {
 public:
  // Positions are numbered in 16 bits.
  static constexpr size_t POSITIONS_MAX = 65535;

  explicit PatternGroup(std::span<const CompiledPattern> patterns);

  size_t patternCount() const { return patternIds_.size(); }
  size_t positionCount() const { return positions_.size(); }
  uint32_t patternId(uint16_t pattern) const { return patternIds_[pattern]; }

  const std::array<uint8_t, 256>& classOf() const { return classOf_; }
  // As many as 256, so that a class fits an octet.
  uint32_t classCount() const { return static_cast<uint32_t>(positionsAnywhere_.size()); }

  bool takes(uint16_t position, uint8_t byteClass) const {
    return positions_[position].bytes.test(representatives_[byteClass]);
  }
  bool accepts(uint16_t position) const { return positions_[position].accepts; }
  bool atEnd(uint16_t position) const { return positions_[position].atEnd; }
  // Whether any of its patterns is tested at the end of data.
  bool testsEnd() const { return testsEnd_; }
  uint16_t patternOf(uint16_t position) const { return positions_[position].pattern; }
  // Whether the position waits at every offset; states do not list such positions.
  bool waitsAnywhere(uint16_t position) const { return positions_[position].anywhere; }
  std::span<const uint16_t> follow(uint16_t position) const {
    const GroupPosition& at = positions_[position];
    return std::span(follow_).subspan(at.followBegin, at.followCount);
  }

  // Positions that wait at every offset and take the class.
  const std::vector<uint16_t>& anywhereTaking(uint8_t byteClass) const {
    return positionsAnywhere_[byteClass];
  }
  // Sorted positions that wait at offset 0 only.
  const std::vector<uint16_t>& firstAtStart() const { return firstAtStart_; }
  // Whether a pattern can start at any offset.
  bool startsAnywhere(uint16_t pattern) const { return startsAnywhere_[pattern] != 0; }
  size_t startsAnywhereCount() const { return startsAnywhereCount_; }

  size_t memoryBytes() const;

 private:
  struct GroupPosition {
    ByteSet bytes;
    uint32_t followBegin = 0;
    uint16_t followCount = 0;
    uint16_t pattern = 0;
    bool accepts = false;
    bool atEnd = false;
    bool anywhere = false;
  };

  void addPattern(const CompiledPattern& pattern);
  void partitionBytes();
  void splitClasses(const ByteSet& bytes);
  void indexAnywhere();

  std::vector<uint32_t> patternIds_;
  std::vector<uint8_t> startsAnywhere_;
  size_t startsAnywhereCount_ = 0;
  bool testsEnd_ = false;
  std::vector<GroupPosition> positions_;
  std::vector<uint16_t> follow_;
  std::vector<uint16_t> firstAtStart_;
  std::array<uint8_t, 256> classOf_{};
  std::vector<uint8_t> representatives_;
  std::vector<std::vector<uint16_t>> positionsAnywhere_;
};

}  // namespace weir::ncore
