// SPDX-License-Identifier: Apache-2.0
#include "pattern_syntax.h"

#include <cctype>

namespace hyperscan_device {
namespace {

// Of these Hyperscan and PCRE2 have the same notion.
constexpr std::string_view ESCAPES = "AadDefhHnrsStvVwWxZz0";

class Inspector {
 public:
  explicit Inspector(std::string_view regex) : regex_(regex) {}

  PatternSyntax run() {
    try {
      while (at_ < regex_.size()) item();
    } catch (Objection& objection) {
      syntax_.objection = std::move(objection);
    }
    return syntax_;
  }

 private:
  // '\0' behind the end, which no regex may hold.
  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < regex_.size() ? regex_[at_ + ahead] : '\0';
  }

  [[noreturn]] void refuse(const char* reason) const {
    throw Objection{NCORE_REFUSED_UNSUPPORTED, at_, reason};
  }

  void item() {
    const char c = peek();
    if (c == '\0') refuse("a NUL byte; write \\x00");
    if (c == '\\') return escape();
    if (c == '[') return characterClass();
    if (c == '(') return group();
    if (c == '*' || c == '+' || c == '?') return quantifier(1);
    if (c == '{') return braces();
    if (c == '$') syntax_.testsEnd = true;
    ++at_;
    if (c == '$' || c == '^') refuseRepetition();
  }

  // Of '^', '$' and their kin; releases of PCRE2 differ.
  void refuseRepetition() const {
    const bool isCount =
        peek() == '{' && regex_.find('}', at_) != std::string_view::npos &&
        regex_.find_first_not_of("0123456789, \t", at_ + 1) == regex_.find('}', at_);
    if (isCount || peek() == '*' || peek() == '+' || peek() == '?') {
      refuse("a repeated start of stream or end of data");
    }
  }

  void escape() {
    const char kind = peek(1);
    if (kind == 'b' || kind == 'B') refuse("word boundary");
    if (kind >= '1' && kind <= '9') refuse("backreference, or an octal number without \\0");
    if (kind == 'p' || kind == 'P' || kind == 'X') refuse("Unicode property");
    checkEscape(kind);
    if (kind == 'Z' || kind == 'z') syntax_.testsEnd = true;
    skipEscape();
    if (kind == 'A' || kind == 'Z' || kind == 'z') refuseRepetition();
  }

  void checkEscape(char kind) const {
    const bool isLetter = std::isalnum(static_cast<unsigned char>(kind)) != 0;
    if (isLetter && ESCAPES.find(kind) == std::string_view::npos) refuse("this escape");
    if (kind == 'x') checkHexadecimal();
    if (kind == '\0' && at_ + 1 < regex_.size()) refuse("a NUL byte; write \\x00");
  }

  // One digit, none, or braces with spaces in them: engines differ.
  void checkHexadecimal() const {
    const auto isDigit = [&](size_t ahead) {
      return std::isxdigit(static_cast<unsigned char>(peek(ahead))) != 0;
    };
    const bool isPlain = isDigit(2) && isDigit(3);
    const bool isBraced = peek(2) == '{' && isDigit(3) && isDigit(4) && peek(5) == '}';
    if (!isPlain && !isBraced) refuse("\\x without two hexadecimal digits");
  }

  // So that the braces of \x{41} are not taken for a repetition.
  void skipEscape() { at_ += peek(1) == 'x' && peek(2) == '{' ? 6 : 2; }

  void characterClass() {
    const size_t begin = at_;
    at_ += peek(1) == '^' ? 2 : 1;
    if (peek() == ']') ++at_;
    while (peek() != ']') {
      if (at_ >= regex_.size()) {
        throw Objection{NCORE_REFUSED_SYNTAX, begin, "character class without its end"};
      }
      classItem();
    }
    ++at_;
  }

  void classItem() {
    if (peek() == '\0') refuse("a NUL byte; write \\x00");
    const bool isSet = peek() == '[' && peek(1) == ':';
    if (peek() == '[' && (peek(1) == '.' || peek(1) == '=')) refuse("collating element");
    if (isSet && namedSet()) return;
    bool isShorthand = false;
    if (peek() == '\\') {
      const char kind = peek(1);
      if (kind >= '1' && kind <= '9') refuse("an octal number without \\0");
      if (kind == 'A' || kind == 'Z' || kind == 'z') refuse("an assertion in a class");
      if (kind != 'b') checkEscape(kind);
      isShorthand = std::string_view("dDhHsSvVwW").find(kind) != std::string_view::npos;
      skipEscape();
    } else {
      ++at_;
    }
    if (peek() != '-') return;
    if (isShorthand && peek(1) != ']') refuse("a range that begins with a set");
    const bool isRange = std::string_view("dDhHsSvVwW").find(peek(2)) != std::string_view::npos;
    if (peek(1) == '\\' && isRange) refuse("a range that ends with a set");
    if (peek(1) == '[' && peek(2) == ':') refuse("a range that ends with a set");
  }

  // "[:alpha:]"; false, with nothing taken, for what is none.
  bool namedSet() {
    size_t end = at_ + 2;
    if (end < regex_.size() && regex_[end] == '^') ++end;
    while (end < regex_.size() && std::isalpha(static_cast<unsigned char>(regex_[end]))) ++end;
    if (regex_.substr(end, 2) != ":]") return false;
    at_ = end + 2;
    if (peek() == '-' && peek(1) != ']') refuse("a range that begins with a set");
    return true;
  }

  void group() {
    if (peek(1) == '*') refuse("verb");
    if (peek(1) != '?') {
      ++at_;
      return;
    }
    const std::string_view rest = regex_.substr(at_ + 2);
    if (rest.starts_with("=") || rest.starts_with("!") || rest.starts_with("<=") ||
        rest.starts_with("<!")) {
      refuse("lookaround");
    }
    if (rest.starts_with(">")) refuse("atomic group");
    flags(rest);
  }

  // "(?:", "(?i)", "(?s-i:" and so on.
  void flags(std::string_view rest) {
    const size_t length = rest.find_first_not_of("is");
    size_t end = std::min(length, rest.size());
    if (end < rest.size() && rest[end] == '-') {
      end = std::min(rest.find_first_not_of("is", end + 1), rest.size());
    }
    const char closing = end < rest.size() ? rest[end] : '\0';
    if (closing != ':' && (closing != ')' || end == 0)) refuse("this kind of group, or its flags");
    at_ += 2 + end + 1;
  }

  void quantifier(size_t length) {
    if (regex_.substr(at_ + length, 1) == "+") refuse("possessive repetition");
    at_ += length;
    if (peek() == '?') ++at_;
    const char next = peek();
    if (next == '*' || next == '+' || next == '?') {
      throw Objection{NCORE_REFUSED_UNSUPPORTED, at_, "repetition of a repetition"};
    }
  }

  // "{2}", "{2,}" and "{2,3}" repeat, "{,3}" and "{ 2 }" in some releases of PCRE2, others are
  // text.
  void braces() {
    const size_t close = regex_.find_first_not_of("0123456789, \t", at_ + 1);
    const bool isClosed = close != std::string_view::npos && regex_[close] == '}';
    const std::string_view inside = isClosed ? regex_.substr(at_ + 1, close - at_ - 1) : "";
    if (inside.find_first_of("0123456789") == std::string_view::npos) {
      ++at_;
      return;
    }
    const bool isPlain = inside.find_first_of(" \t") == std::string_view::npos &&
                         inside.front() != ',' && inside.find(',') == inside.rfind(',');
    if (!isPlain) refuse("a repetition that releases of PCRE2 read differently");
    quantifier(close + 1 - at_);
  }

  std::string_view regex_;
  size_t at_ = 0;
  PatternSyntax syntax_;
};

}  // namespace

PatternSyntax inspect(std::string_view regex) { return Inspector(regex).run(); }

}  // namespace hyperscan_device
