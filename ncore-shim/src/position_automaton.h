// SPDX-License-Identifier: Apache-2.0
// One pattern as a nondeterministic automaton without empty steps: a position is a place in the
// regex that waits for a byte. Pure data and a pure function; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "byte_set.h"
#include "syntax_tree.h"

namespace weir::ncore {

struct Position {
  ByteSet bytes;                 // the bytes that it takes
  bool accepts = false;          // the pattern has matched once it took one
  std::vector<uint16_t> follow;  // the positions that wait next
};

struct PositionAutomaton {
  // Caps the tables of one pattern: "[^\n]{0,200}" is 200 positions, "(x{100}){100}" is refused.
  static constexpr uint64_t POSITIONS_MAX = 4096;
  static constexpr uint64_t FOLLOW_MAX = uint64_t{1} << 18;

  std::vector<Position> positions;
  std::vector<uint16_t> first;         // wait at every offset: the pattern may start anywhere
  std::vector<uint16_t> firstAtStart;  // wait at offset 0 only, and are not in `first`
};

// Throws a Refusal for a pattern that matches the empty string or is too large.
PositionAutomaton buildPositionAutomaton(const SyntaxNode& tree);

}  // namespace weir::ncore
