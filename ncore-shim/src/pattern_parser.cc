// SPDX-License-Identifier: Apache-2.0
#include "pattern_parser.h"

#include <algorithm>
#include <utility>

namespace weir::ncore {

namespace {

using Kind = SyntaxNode::Kind;

// PCRE2's own limits.
constexpr uint32_t DEPTH_MAX = 250;
constexpr uint32_t COUNT_MAX = 65535;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

SyntaxNode placeNode(Kind kind) {
  SyntaxNode node;
  node.kind = kind;
  return node;
}

bool isPlace(const SyntaxNode& node) {
  return node.kind == Kind::STREAM_START || node.kind == Kind::DATA_END ||
         node.kind == Kind::LINE_END;
}

// One child stands for itself and none for the empty string, so that trees stay small.
SyntaxNode listNode(Kind kind, std::vector<SyntaxNode> children) {
  if (children.empty()) return {};
  if (children.size() == 1) return std::move(children.front());
  SyntaxNode node;
  node.kind = kind;
  node.children = std::move(children);
  return node;
}

// What a brace holds when it is, or in some PCRE2 release becomes, a repetition count. Releases
// differ on "{,3}" and on blanks inside: literal text before 10.43, a count since.
bool looksLikeCount(std::string_view text) {
  const size_t end = text.find('}');
  if (end == std::string_view::npos) return false;
  const std::string_view inside = text.substr(1, end - 1);
  const bool anyDigit = std::any_of(inside.begin(), inside.end(), isDigit);
  return anyDigit && inside.find_first_not_of("0123456789, \t") == std::string_view::npos;
}

}  // namespace

PatternParser::PatternParser(std::string_view regex, uint32_t flags, EndOfData endOfData)
    : cursor_(regex),
      modes_{flags & NCORE_PATTERN_CASELESS ? Folding::CASELESS : Folding::NONE,
             (flags & NCORE_PATTERN_DOTALL) != 0},
      endOfData_(endOfData) {}

SyntaxNode PatternParser::parse() {
  SyntaxNode tree = parseAlternation();
  if (!cursor_.atEnd()) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, cursor_.offset(), "unmatched closing parenthesis");
  }
  return tree;
}

SyntaxNode PatternParser::parseAlternation() {
  std::vector<SyntaxNode> branches;
  branches.push_back(parseSequence());
  while (cursor_.takeIf('|')) branches.push_back(parseSequence());
  return listNode(Kind::ALTERNATION, std::move(branches));
}

SyntaxNode PatternParser::parseSequence() {
  SyntaxNode sequence;
  while (!cursor_.atEnd() && cursor_.peek() != '|' && cursor_.peek() != ')') parseItem(sequence);
  return listNode(Kind::SEQUENCE, std::move(sequence.children));
}

void PatternParser::parseItem(SyntaxNode& sequence) {
  if (cursor_.peek() == '(' && parseGroupHead()) return;
  const bool isGroup = cursor_.peek() == '(';
  SyntaxNode atom = parseAtom();
  if (!isGroup && isPlace(atom)) refuseQuantifier();
  applyQuantifier(atom);
  sequence.children.push_back(std::move(atom));
}

SyntaxNode PatternParser::bytesNode(const ByteSet& bytes) const {
  SyntaxNode node;
  node.kind = Kind::BYTES;
  node.bytes = modes_.folding == Folding::CASELESS ? foldCase(bytes) : bytes;
  return node;
}

SyntaxNode PatternParser::parseAtom() {
  const size_t start = cursor_.offset();
  if (cursor_.peek() == '[' && isPosixSyntax(cursor_)) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "POSIX class outside a bracket class");
  }
  Bounds ignored;
  if (takeQuantifier(ignored)) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "nothing to repeat");
  }
  const char c = cursor_.take();
  switch (c) {
    case '(':
      return parseGroup();
    case '[': {
      SyntaxNode node;
      node.kind = Kind::BYTES;
      node.bytes = parseClass(cursor_, modes_.folding);
      return node;
    }
    case '\\':
      return parseEscapeAtom();
    case '^':
      return placeNode(Kind::STREAM_START);
    case '$':
      return endNode(Kind::LINE_END);
    case '.':
      return bytesNode(modes_.dotAll ? ~ByteSet() : ~singleByte('\n'));
    default:
      return bytesNode(singleByte(static_cast<uint8_t>(c)));
  }
}

SyntaxNode PatternParser::endNode(Kind kind) const {
  if (endOfData_ == EndOfData::IGNORED) return {};
  return placeNode(kind);
}

SyntaxNode PatternParser::parseEscapeAtom() {
  if (cursor_.takeIf('A')) return placeNode(Kind::STREAM_START);
  if (cursor_.takeIf('z')) return endNode(Kind::DATA_END);
  if (cursor_.takeIf('Z')) return endNode(Kind::LINE_END);
  const ByteItem item = parseEscape(cursor_, EscapePlace::SEQUENCE);
  if (!item.isClass) return bytesNode(item.bytes);
  SyntaxNode node;
  node.kind = Kind::BYTES;
  node.bytes = item.bytes;
  return node;
}

// ------------------------------------------------------------------ groups

// At "(?": takes a head that only sets modes, "(?i)", and says so. The modes hold to the end of
// the group around it, over its later branches too. Leaves the cursor at '(' otherwise.
bool PatternParser::parseGroupHead() {
  if (cursor_.peek(1) != '?') return false;
  const size_t start = cursor_.offset();
  const size_t end = cursor_.rest().find_first_not_of("is-", 2);
  if (end == std::string_view::npos || cursor_.rest()[end] != ')') return false;
  cursor_.seek(start + 2);
  modes_ = parseModeLetters();
  if (!cursor_.takeIf(')')) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "second hyphen in inline flags");
  }
  return true;
}

PatternParser::Modes PatternParser::parseModeLetters() {
  Modes modes = modes_;
  bool on = true;
  while (!cursor_.atEnd()) {
    const char c = cursor_.peek();
    if (c == 'i') {
      modes.folding = on ? Folding::CASELESS : Folding::NONE;
    } else if (c == 's') {
      modes.dotAll = on;
    } else if (c == '-' && on) {
      on = false;
    } else {
      break;
    }
    cursor_.take();
  }
  return modes;
}

// After '('. Capturing makes no difference here.
SyntaxNode PatternParser::parseGroup() {
  const size_t start = cursor_.offset() - 1;
  if (++depth_ > DEPTH_MAX) {
    PatternCursor::refuse(NCORE_REFUSED_TOO_LARGE, start, "parentheses nested too deeply");
  }
  const Modes outer = modes_;
  if (cursor_.peek() == '*') {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "verb (*");
  }
  if (cursor_.takeIf('?')) {
    modes_ = parseModeLetters();
    if (!cursor_.takeIf(':')) {
      PatternCursor::refuse(
          NCORE_REFUSED_UNSUPPORTED, start,
          "group (? that is neither (?: nor flags i, s: lookaround, atomic, named, ...");
    }
  }
  SyntaxNode group = parseAlternation();
  if (!cursor_.takeIf(')')) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "unmatched opening parenthesis");
  }
  modes_ = outer;
  --depth_;
  return group;
}

// ------------------------------------------------------------------ quantifiers

// PCRE2 releases differ on "^*" and "$*".
void PatternParser::refuseQuantifier() {
  const size_t start = cursor_.offset();
  if (Bounds ignored; takeQuantifier(ignored)) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start,
                          "repeated start of stream or end of data");
  }
}

void PatternParser::applyQuantifier(SyntaxNode& atom) {
  const size_t start = cursor_.offset();
  Bounds bounds;
  if (!takeQuantifier(bounds)) return;
  if (cursor_.peek() == '+') {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "possessive repetition");
  }
  cursor_.takeIf('?');  // lazy: the same ends match
  if (Bounds again; takeQuantifier(again)) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "repetition of a repetition");
  }
  SyntaxNode node;
  node.kind = Kind::REPETITION;
  node.least = bounds.least;
  node.most = bounds.most;
  node.children.push_back(std::move(atom));
  atom = std::move(node);
}

bool PatternParser::takeQuantifier(Bounds& bounds) {
  if (cursor_.atEnd()) return false;
  if (cursor_.peek() == '{') return takeCount(bounds);
  if (cursor_.takeIf('*')) {
    bounds = {0, SyntaxNode::UNBOUNDED};
  } else if (cursor_.takeIf('+')) {
    bounds = {1, SyntaxNode::UNBOUNDED};
  } else if (cursor_.takeIf('?')) {
    bounds = {0, 1};
  } else {
    return false;
  }
  return true;
}

// {n}, {n,} or {n,m}. Any other brace is a literal.
bool PatternParser::takeCount(Bounds& bounds) {
  const size_t start = cursor_.offset();
  if (!looksLikeCount(cursor_.rest())) return false;
  cursor_.take();
  if (!isDigit(cursor_.peek())) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "count that PCRE2 releases differ on");
  }
  bounds.least = bounds.most = takeNumber();
  if (cursor_.takeIf(',')) {
    bounds.most = isDigit(cursor_.peek()) ? takeNumber() : SyntaxNode::UNBOUNDED;
  }
  if (!cursor_.takeIf('}')) {
    PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "count that PCRE2 releases differ on");
  }
  if (bounds.most < bounds.least) {
    PatternCursor::refuse(NCORE_REFUSED_SYNTAX, start, "counts out of order");
  }
  return true;
}

uint32_t PatternParser::takeNumber() {
  const size_t start = cursor_.offset();
  uint32_t number = 0;
  while (isDigit(cursor_.peek())) {
    number = number * 10 + static_cast<uint32_t>(cursor_.take() - '0');
    if (number > COUNT_MAX) {
      PatternCursor::refuse(NCORE_REFUSED_UNSUPPORTED, start, "count above 65535");
    }
  }
  return number;
}

}  // namespace weir::ncore
