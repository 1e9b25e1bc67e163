// SPDX-License-Identifier: Apache-2.0
// Escapes and bracket classes of a regex as byte sets, with PCRE2's rules for the odd corners
// (']' first, '-' last, [:names:]). What differs between PCRE2 releases is refused. Any thread.
#pragma once

#include "byte_set.h"
#include "pattern_cursor.h"

namespace weir::ncore {

struct ByteItem {
  ByteSet bytes;
  bool isClass = false;  // several bytes by name: may not be an end of a range
  uint8_t byte = 0;      // where it is not
};

enum class EscapePlace { SEQUENCE, CLASS };

// At the character after the backslash. Not folded by case.
ByteItem parseEscape(PatternCursor& cursor, EscapePlace place);

// After the opening bracket; leaves the cursor after the closing one. Folded when asked.
enum class Folding { NONE, CASELESS };
ByteSet parseClass(PatternCursor& cursor, Folding folding);

// Whether a POSIX construct ([:x:], [.x.], [=x=]) begins at the bracket under the cursor.
bool isPosixSyntax(const PatternCursor& cursor);

}  // namespace weir::ncore
