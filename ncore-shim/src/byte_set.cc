// SPDX-License-Identifier: Apache-2.0
#include "byte_set.h"

namespace weir::ncore {

namespace {

ByteSet letters() { return byteRange('a', 'z') | byteRange('A', 'Z'); }
ByteSet digits() { return byteRange('0', '9'); }
ByteSet spaces() { return byteRange('\t', '\r') | singleByte(' '); }
ByteSet words() { return letters() | digits() | singleByte('_'); }
ByteSet graphic() { return byteRange(0x21, 0x7e); }

std::optional<ByteSet> lowerEscapeClass(char letter) {
  switch (letter) {
    case 'd':
      return digits();
    case 'w':
      return words();
    case 's':
      return spaces();
    case 'h':
      return singleByte('\t') | singleByte(' ') | singleByte(0xa0);
    case 'v':
      return byteRange('\n', '\r') | singleByte(0x85);
    default:
      return std::nullopt;
  }
}

struct PosixName {
  std::string_view name;
  ByteSet (*bytes)();
};

constexpr PosixName POSIX_NAMES[] = {
    {"alpha", letters},
    {"lower", [] { return byteRange('a', 'z'); }},
    {"upper", [] { return byteRange('A', 'Z'); }},
    {"alnum", [] { return letters() | digits(); }},
    {"ascii", [] { return byteRange(0, 0x7f); }},
    {"blank", [] { return singleByte('\t') | singleByte(' '); }},
    {"cntrl", [] { return byteRange(0, 0x1f) | singleByte(0x7f); }},
    {"digit", digits},
    {"graph", graphic},
    {"print", [] { return graphic() | singleByte(' '); }},
    {"punct", [] { return graphic() & ~(letters() | digits()); }},
    {"space", spaces},
    {"word", words},
    {"xdigit", [] { return digits() | byteRange('a', 'f') | byteRange('A', 'F'); }},
};

}  // namespace

ByteSet byteRange(uint8_t first, uint8_t last) {
  ByteSet bytes;
  for (unsigned byte = first; byte <= last; ++byte) bytes.set(byte);
  return bytes;
}

ByteSet singleByte(uint8_t byte) { return ByteSet().set(byte); }

ByteSet foldCase(const ByteSet& bytes) {
  ByteSet folded = bytes;
  for (unsigned upper = 'A', lower = 'a'; upper <= 'Z'; ++upper, ++lower) {
    if (!bytes.test(upper) && !bytes.test(lower)) continue;
    folded.set(upper).set(lower);
  }
  return folded;
}

std::optional<ByteSet> escapeClass(char letter) {
  if (letter >= 'a' && letter <= 'z') return lowerEscapeClass(letter);
  if (letter < 'A' || letter > 'Z') return std::nullopt;
  auto bytes = lowerEscapeClass(static_cast<char>(letter - 'A' + 'a'));
  if (bytes) bytes->flip();
  return bytes;
}

std::optional<ByteSet> posixClass(std::string_view name) {
  for (const PosixName& known : POSIX_NAMES) {
    if (known.name == name) return known.bytes();
  }
  return std::nullopt;
}

}  // namespace weir::ncore
