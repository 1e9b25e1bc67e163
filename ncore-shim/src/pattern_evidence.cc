// SPDX-License-Identifier: Apache-2.0
#include "pattern_evidence.h"

#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

#include "pattern_cursor.h"
#include "pattern_parser.h"
#include "position_automaton.h"

namespace weir::ncore {

namespace {

constexpr double NEVER = std::numeric_limits<double>::infinity();

double bitsOf(const Position& position) {
  const size_t octets = position.bytes.count();
  return octets == 0 ? NEVER : 8 - std::log2(static_cast<double>(octets));
}

// The cheapest way from a start to an end of the automaton (Dijkstra).
double leastBits(const PositionAutomaton& automaton) {
  using Reached = std::pair<double, uint16_t>;  // bits up to the position, its own included
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> open;
  const std::vector<Position>& positions = automaton.positions;
  std::vector<double> least(positions.size(), NEVER);
  const auto reach = [&](uint16_t position, double before) {
    const double bits = before + bitsOf(positions[position]);
    if (bits >= least[position]) return;
    least[position] = bits;
    open.emplace(bits, position);
  };
  for (const uint16_t position : automaton.first) reach(position, 0);
  for (const uint16_t position : automaton.firstAtStart) reach(position, 0);
  while (!open.empty()) {
    const auto [bits, position] = open.top();
    open.pop();
    if (positions[position].accepts) return bits;
    if (bits > least[position]) continue;
    for (const uint16_t next : positions[position].follow) reach(next, bits);
  }
  return NEVER;
}

}  // namespace

std::optional<PatternEvidence> matchEvidence(std::string_view regex, uint32_t flags) {
  try {
    const PositionAutomaton automaton = buildPositionAutomaton(
        PatternParser(regex, flags, PatternParser::EndOfData::IGNORED).parse());
    return PatternEvidence{!automaton.first.empty(), leastBits(automaton)};
  } catch (const Refusal&) {
    return std::nullopt;
  }
}

}  // namespace weir::ncore
