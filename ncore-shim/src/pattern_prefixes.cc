// SPDX-License-Identifier: Apache-2.0
#include "pattern_prefixes.h"

#include <algorithm>
#include <utility>

#include "pattern_cursor.h"
#include "pattern_parser.h"
#include "position_automaton.h"

namespace weir::ncore {

namespace {

using Layer = std::vector<uint16_t>;  // positions that may take the octet at one offset

// Octets from a position to the end of the shortest match, the position's own included.
std::vector<uint64_t> distancesToEnd(const std::vector<Position>& positions) {
  std::vector<uint64_t> distances(positions.size(), UINT64_MAX);
  std::vector<std::vector<uint16_t>> before(positions.size());
  std::vector<uint16_t> found;
  for (size_t index = 0; index < positions.size(); ++index) {
    const auto position = static_cast<uint16_t>(index);
    for (const uint16_t next : positions[index].follow) before[next].push_back(position);
    if (!positions[index].accepts) continue;
    distances[index] = 1;
    found.push_back(position);
  }
  for (size_t i = 0; i < found.size(); ++i) {
    for (const uint16_t earlier : before[found[i]]) {
      if (distances[earlier] != UINT64_MAX) continue;
      distances[earlier] = distances[found[i]] + 1;
      found.push_back(earlier);
    }
  }
  return distances;
}

// Walks the automaton offset by offset and keeps apart, while the limit allows it, what begins in
// different ways: "GET|PUT" as two words is narrower than any of G, P, then any of E, U.
class PrefixWalk {
 public:
  PrefixWalk(const PositionAutomaton& automaton, const PrefixLimits& limits)
      : positions_(automaton.positions),
        limits_(limits),
        distances_(distancesToEnd(automaton.positions)) {
    if (!automaton.firstAtStart.empty()) open_.push_back({{}, automaton.firstAtStart});
  }

  std::vector<MatchPrefix> run() {
    for (uint32_t offset = 0; offset < limits_.octets && !open_.empty(); ++offset) {
      split();
      advance();
    }
    for (Path& path : open_) finish(std::move(path));
    return std::move(done_);
  }

 private:
  struct Path {
    MatchPrefix prefix;
    Layer layer;  // of the next offset
  };

  void split() {
    std::vector<Path> narrower;
    for (size_t i = 0; i < open_.size(); ++i) {
      Path& path = open_[i];
      const size_t others = done_.size() + narrower.size() + open_.size() - i - 1;
      if (path.layer.size() < 2 || others + path.layer.size() > limits_.prefixes) {
        narrower.push_back(std::move(path));
        continue;
      }
      for (const uint16_t position : path.layer) narrower.push_back({path.prefix, {position}});
    }
    open_ = std::move(narrower);
  }

  void advance() {
    std::vector<Path> longer;
    for (Path& path : open_) {
      auto& octets = path.prefix.octets.emplace_back();
      bool ends = false;
      Layer next;
      for (const uint16_t position : path.layer) {
        octets |= positions_[position].bytes;
        ends |= positions_[position].accepts;
        const auto& follow = positions_[position].follow;
        next.insert(next.end(), follow.begin(), follow.end());
      }
      std::sort(next.begin(), next.end());
      next.erase(std::unique(next.begin(), next.end()), next.end());
      path.layer = std::move(next);
      if (ends) {
        path.layer.clear();  // a match can have ended here: what follows is anything
        finish(std::move(path));
      } else if (!path.layer.empty()) {  // "^a^b": no match by this way
        longer.push_back(std::move(path));
      }
    }
    open_ = std::move(longer);
  }

  void finish(Path path) {
    uint64_t more = path.layer.empty() ? 0 : UINT64_MAX;
    for (const uint16_t position : path.layer) more = std::min(more, distances_[position]);
    if (more == UINT64_MAX) return;
    path.prefix.leastBytes = path.prefix.octets.size() + more;
    done_.push_back(std::move(path.prefix));
  }

  const std::vector<Position>& positions_;
  const PrefixLimits limits_;
  const std::vector<uint64_t> distances_;
  std::vector<Path> open_;
  std::vector<MatchPrefix> done_;
};

}  // namespace

std::optional<std::vector<std::vector<MatchPrefix>>> matchPrefixesForEach(
    std::string_view regex, uint32_t flags, std::span<const PrefixLimits> limits) {
  try {
    const PositionAutomaton automaton = buildPositionAutomaton(
        PatternParser(regex, flags, PatternParser::EndOfData::IGNORED).parse());
    if (!automaton.first.empty()) return std::nullopt;
    std::vector<std::vector<MatchPrefix>> found;
    found.reserve(limits.size());
    for (const PrefixLimits& one : limits) found.push_back(PrefixWalk(automaton, one).run());
    return found;
  } catch (const Refusal&) {
    return std::nullopt;
  }
}

std::optional<std::vector<MatchPrefix>> matchPrefixes(std::string_view regex, uint32_t flags,
                                                      const PrefixLimits& limits) {
  auto found = matchPrefixesForEach(regex, flags, std::span(&limits, 1));
  if (!found) return std::nullopt;
  return std::move(found->front());
}

}  // namespace weir::ncore
