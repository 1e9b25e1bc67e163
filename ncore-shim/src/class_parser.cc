// SPDX-License-Identifier: Apache-2.0
#include "class_parser.h"

namespace weir::ncore {

namespace {

constexpr std::string_view UNKNOWN_TO_PCRE2 = "FIJLMOTUYijlmquy";

int hexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

ByteItem literal(unsigned byte) {
  return {singleByte(static_cast<uint8_t>(byte)), false, static_cast<uint8_t>(byte)};
}

ByteItem parseBracedHex(PatternCursor& cursor, size_t start) {
  unsigned value = 0;
  size_t digits = 0;
  cursor.take();
  while (hexValue(cursor.peek()) >= 0 && value <= 0xff) {
    value = value * 16 + static_cast<unsigned>(hexValue(cursor.take()));
    ++digits;
  }
  if (value > 0xff) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "character code above \\xff");
  }
  if (digits == 0 || !cursor.takeIf('}')) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "\\x{ without a hexadecimal number");
  }
  return literal(value);
}

// PCRE2 takes as many as two digits, and none for NUL.
ByteItem parseHex(PatternCursor& cursor, size_t start) {
  if (cursor.peek() == '{') return parseBracedHex(cursor, start);
  unsigned value = 0;
  for (int i = 0; i < 2 && hexValue(cursor.peek()) >= 0; ++i) {
    value = value * 16 + static_cast<unsigned>(hexValue(cursor.take()));
  }
  return literal(value);
}

ByteItem parseOctal(PatternCursor& cursor) {
  unsigned value = 0;
  for (int i = 0; i < 2 && cursor.peek() >= '0' && cursor.peek() <= '7'; ++i) {
    value = value * 8 + static_cast<unsigned>(cursor.take() - '0');
  }
  return literal(value);
}

std::optional<unsigned> controlEscape(char letter, EscapePlace place) {
  switch (letter) {
    case 'a':
      return '\a';
    case 'b':
      return place == EscapePlace::CLASS ? std::optional<unsigned>('\b') : std::nullopt;
    case 'e':
      return 0x1b;
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

[[noreturn]] void refuseEscape(char letter, size_t start) {
  const std::string name = std::string("\\") + letter;
  if (UNKNOWN_TO_PCRE2.find(letter) != std::string_view::npos) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "unknown escape " + name);
  }
  if (letter >= '1' && letter <= '9') {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "backreference " + name);
  }
  PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "escape " + name);
}

bool isAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// ------------------------------------------------------------------ classes

ByteSet posixBytes(std::string_view name, size_t start, Folding folding) {
  if (name == "<" || name == ">") {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "word boundary");
  }
  const bool negated = name.starts_with('^');
  if (negated) name.remove_prefix(1);
  // As in PCRE2: a caseless [:^upper:] is "no letter", not "any byte but an upper case letter,
  // then folded", which would be everything.
  if (folding == Folding::CASELESS && (name == "upper" || name == "lower")) name = "alpha";
  const auto bytes = posixClass(name);
  if (!bytes) PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "unknown POSIX class name");
  return negated ? ~*bytes : *bytes;
}

ByteItem parsePosix(PatternCursor& cursor, Folding folding) {
  const size_t start = cursor.offset();
  if (cursor.peek(1) != ':') {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "POSIX collating element");
  }
  cursor.seek(start + 2);
  const size_t length = cursor.rest().find(":]");
  const std::string_view name = cursor.rest().substr(0, length);
  cursor.seek(start + 2 + length + 2);
  return {posixBytes(name, start, folding), true, 0};
}

ByteItem parseClassItem(PatternCursor& cursor, Folding folding) {
  if (cursor.peek() == '[' && isPosixSyntax(cursor)) return parsePosix(cursor, folding);
  const char c = cursor.take();
  if (c == '\\') return parseEscape(cursor, EscapePlace::CLASS);
  return literal(static_cast<uint8_t>(c));
}

// A hyphen is a range unless it is the last of the class.
bool atRange(const PatternCursor& cursor) {
  return cursor.peek() == '-' && cursor.rest().size() > 1 && cursor.peek(1) != ']';
}

ByteSet parseRangeEnd(PatternCursor& cursor, const ByteItem& first, Folding folding) {
  const size_t start = cursor.offset();
  cursor.take();
  if (first.isClass) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "range that starts with a class");
  }
  const ByteItem last = parseClassItem(cursor, folding);
  if (last.isClass) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "range that ends with a class");
  }
  if (last.byte < first.byte) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "range out of order");
  }
  return byteRange(first.byte, last.byte);
}

}  // namespace

ByteItem parseEscape(PatternCursor& cursor, EscapePlace place) {
  const size_t start = cursor.offset() - 1;
  if (cursor.atEnd()) PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "backslash at the end");
  const char letter = cursor.take();
  if (!isAlphanumeric(letter)) return literal(static_cast<uint8_t>(letter));
  if (letter == 'x') return parseHex(cursor, start);
  if (letter == '0') return parseOctal(cursor);
  if (const auto byte = controlEscape(letter, place)) return literal(*byte);
  if (const auto bytes = escapeClass(letter)) return {*bytes, true, 0};
  if (letter == 'N' && place == EscapePlace::SEQUENCE && cursor.peek() != '{') {
    return {~singleByte('\n'), true, 0};
  }
  refuseEscape(letter, start);
}

ByteSet parseClass(PatternCursor& cursor, Folding folding) {
  const size_t start = cursor.offset() - 1;
  const bool negated = cursor.takeIf('^');
  ByteSet bytes;
  bool first = true;
  while (!cursor.atEnd()) {
    if (cursor.peek() == ']' && !first) break;
    first = false;
    const ByteItem item = parseClassItem(cursor, folding);
    bytes |= atRange(cursor) ? parseRangeEnd(cursor, item, folding) : item.bytes;
  }
  if (!cursor.takeIf(']')) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "class without its closing bracket");
  }
  if (folding == Folding::CASELESS) bytes = foldCase(bytes);
  return negated ? ~bytes : bytes;
}

// PCRE2's own test (check_posix_syntax), so that "[[:x]" stays the class of '[', ':' and 'x'.
bool isPosixSyntax(const PatternCursor& cursor) {
  const std::string_view text = cursor.rest();
  if (text.size() < 2) return false;
  const char terminator = text[1];
  if (terminator != ':' && terminator != '.' && terminator != '=') return false;
  for (size_t i = 2; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && (text[i + 1] == ']' || text[i + 1] == '\\')) {
      ++i;
    } else if ((text[i] == '[' && text[i + 1] == terminator) || text[i] == ']') {
      return false;
    } else if (text[i] == terminator && text[i + 1] == ']') {
      return true;
    }
  }
  return false;
}

}  // namespace weir::ncore
