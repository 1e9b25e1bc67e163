// SPDX-License-Identifier: Apache-2.0
// A set of byte values and the sets that PCRE2 names, as its built-in "C" locale tables define
// them. Pure functions; any thread.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::ncore {

using ByteSet = std::bitset<256>;

ByteSet byteRange(uint8_t first, uint8_t last);
ByteSet singleByte(uint8_t byte);

// Adds the other case of each ASCII letter in the set.
ByteSet foldCase(const ByteSet& bytes);

// The set of \d \w \s \h \v and, complemented, of \D \W \S \H \V; nothing for other letters.
std::optional<ByteSet> escapeClass(char letter);

// The set of [:name:]; nothing for a name that PCRE2 does not know.
std::optional<ByteSet> posixClass(std::string_view name);

}  // namespace weir::ncore
