// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/valid_utf8.h"

#include <cstddef>
#include <cstdint>

namespace weir::collect {

namespace {

constexpr std::string_view REPLACEMENT = "\xEF\xBF\xBD";

/// What may follow a first octet: how many more, and the range of the one right behind it
/// (Unicode, table 3-7). `more` -1: it begins nothing.
struct Sequence {
  int more;
  uint8_t lowest = 0x80;
  uint8_t highest = 0xBF;
};

Sequence sequenceOf(uint8_t first) {
  if (first < 0x80) return {0};
  if (first < 0xC2) return {-1};
  if (first < 0xE0) return {1};
  if (first == 0xE0) return {2, 0xA0};
  if (first == 0xED) return {2, 0x80, 0x9F};  // behind it lie the surrogates
  if (first < 0xF0) return {2};
  if (first == 0xF0) return {3, 0x90};
  if (first < 0xF4) return {3};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return {-1};
}

struct Piece {
  size_t length;
  bool isValid;
};

/// The character, or the longest beginning of one, that stands first.
Piece firstPiece(std::string_view rest) {
  const Sequence sequence = sequenceOf(static_cast<uint8_t>(rest[0]));
  if (sequence.more < 0) return {1, false};
  uint8_t lowest = sequence.lowest;
  uint8_t highest = sequence.highest;
  const auto length = static_cast<size_t>(sequence.more) + 1;
  for (size_t at = 1; at < length; ++at) {
    if (at >= rest.size()) return {at, false};
    const auto octet = static_cast<uint8_t>(rest[at]);
    if (octet < lowest || octet > highest) return {at, false};
    lowest = 0x80;
    highest = 0xBF;
  }
  return {length, true};
}

/// Of Unicode's category Cc; C1's come as two octets.
bool isControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  if (character.size() == 2) return first == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
  return character.size() == 1 && (first < 0x20 || first == 0x7F);
}

template <typename IsKept>
std::string replaced(std::string_view octets, IsKept isKept) {
  std::string text;
  text.reserve(octets.size());
  while (!octets.empty()) {
    const Piece piece = firstPiece(octets);
    const std::string_view character = octets.substr(0, piece.length);
    text += piece.isValid && isKept(character) ? character : REPLACEMENT;
    octets.remove_prefix(piece.length);
  }
  return text;
}

}  // namespace

bool isValidUtf8(std::string_view octets) noexcept {
  while (!octets.empty()) {
    const Piece piece = firstPiece(octets);
    if (!piece.isValid) return false;
    octets.remove_prefix(piece.length);
  }
  return true;
}

std::string toValidUtf8(std::string_view octets) {
  return replaced(octets, [](std::string_view /*character*/) { return true; });
}

/// Without an early way out, so that the compiler makes vector instructions of it.
bool isPrintableAscii(std::string_view octets) noexcept {
  bool isPlain = true;
  for (const char octet : octets) isPlain &= octet >= ' ' && octet < '\x7F';
  return isPlain;
}

std::string toOneLine(std::string_view octets) {
  if (isPrintableAscii(octets)) return std::string(octets);
  return replaced(octets, [](std::string_view character) { return !isControl(character); });
}

}  // namespace weir::collect
