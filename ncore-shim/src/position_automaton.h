// SPDX-License-Identifier: Apache-2.0
// One pattern as a nondeterministic automaton without empty steps: a position is a place in the
// regex that waits for a byte. Pure data and a pure function; any thread.
//
// A pattern with '$' accepts nowhere: it is tested at the end of data, where it holds when one of
// its `atEnd` positions waits. There are two of them. One waits right behind what may stand before
// '$' and takes no byte. The other is entered by what would accept in a pattern without '$' (an
// alternative without it, say), takes every byte and follows itself.
#pragma once

#include <cstdint>
#include <vector>

#include "byte_set.h"
#include "syntax_tree.h"

namespace weir::ncore {

struct Position {
  ByteSet bytes;                 // the bytes that it takes
  bool accepts = false;          // the pattern has matched once it took one
  bool atEnd = false;            // the pattern holds if the data ends while it waits
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

// Whether the pattern can wait for bytes at any offset of a stream: it may start anywhere, or parts
// of it repeat without bound. Otherwise a stream can make it take its own length of steps, no more.
bool runsForever(const PositionAutomaton& automaton);

}  // namespace weir::ncore
