// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/valid_utf8.h"

#include <doctest/doctest.h>

#include <random>

using namespace weir::collect;

namespace {

constexpr const char* LOST = "\xEF\xBF\xBD";

/// UTF-8 of any code point, from the definition.
std::string encoded(uint32_t point) {
  std::string text;
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) {
    text += static_cast<char>(0xC0 | (point >> 6));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | (point >> 12));
    text += static_cast<char>(0x80 | ((point >> 6) & 63));
  } else {
    text += static_cast<char>(0xF0 | (point >> 18));
    text += static_cast<char>(0x80 | ((point >> 12) & 63));
    text += static_cast<char>(0x80 | ((point >> 6) & 63));
  }
  return text + static_cast<char>(0x80 | (point & 63));
}

}  // namespace

TEST_CASE("every character of Unicode is valid, and nothing else that has a character's shape") {
  for (uint32_t point = 0; point < 0x120000; ++point) {
    const bool isCharacter = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
    if (isValidUtf8(encoded(point)) == isCharacter) continue;
    FAIL("code point " << point);
  }
}

TEST_CASE("what cannot go on is replaced as Unicode's own examples show (table 3-8 to 3-11)") {
  const auto lost = [](int times) {
    std::string text;
    while (times-- > 0) text += LOST;
    return text;
  };
  CHECK(toValidUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == lost(8) + "A");
  CHECK(toValidUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == lost(8) + "A");
  CHECK(toValidUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == lost(5) + "A" + lost(2) + "B");
  CHECK(toValidUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == lost(4) + "A");
}

TEST_CASE("the outcome is valid whatever went in, and what is valid stays as it is") {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string octets(random() % 12, '\0');
    for (char& octet : octets)
      octet = static_cast<char>(random() % 3 == 0 ? 0xC0 + random() % 64 : random());
    const std::string text = toValidUtf8(octets);
    CHECK_UNARY(isValidUtf8(text));
    if (isValidUtf8(octets)) CHECK(text == octets);
    CHECK_UNARY(toValidUtf8(text) == text);
  }
}

TEST_CASE("of all characters just the control characters are kept out of a line") {
  for (uint32_t point = 0; point < 0x110000; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    const std::string text = "a" + encoded(point) + "b";
    const bool isControl = point < 0x20 || (point >= 0x7F && point < 0xA0);
    if (toOneLine(text) == (isControl ? std::string("a") + LOST + "b" : text)) continue;
    FAIL("code point " << point);
  }
  CHECK(toOneLine("\x9b"
                  "31m") == std::string(LOST) + "31m");  // C1 of Latin-1
  CHECK(isPrintableAscii(" ~"));
}
