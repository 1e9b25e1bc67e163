// SPDX-License-Identifier: Apache-2.0
// What the parser hands to the automaton builder: a regex as a tree of byte sets. Case folding,
// inline flags and escapes are resolved in it. A value; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "byte_set.h"

namespace weir::ncore {

struct SyntaxNode {
  enum class Kind {
    EMPTY,
    BYTES,
    STREAM_START,
    DATA_END,  // \z
    LINE_END,  // '$', \Z: at the end of data or before a line feed that is its last byte
    SEQUENCE,
    ALTERNATION,
    REPETITION
  };

  static constexpr uint32_t UNBOUNDED = 0xffffffff;

  Kind kind = Kind::EMPTY;
  ByteSet bytes;                     // BYTES: any one of them
  uint32_t least = 1;                // REPETITION
  uint32_t most = 1;                 // REPETITION: UNBOUNDED or at least `least`
  std::vector<SyntaxNode> children;  // SEQUENCE, ALTERNATION; one for REPETITION
};

}  // namespace weir::ncore
