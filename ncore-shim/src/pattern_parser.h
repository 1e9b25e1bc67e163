// SPDX-License-Identifier: Apache-2.0
// Reads one regex (the subset of PCRE2's syntax that ncore.h names) into a syntax tree. Throws a
// Refusal at the first construct that it cannot take exactly. Used once; by one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "class_parser.h"
#include "pattern_cursor.h"
#include "syntax_tree.h"

namespace weir::ncore {

class PatternParser {
 public:
  // '$', \z and \Z. IGNORED: always taken to hold, so the tree matches more than the regex does.
  enum class EndOfData { TESTED, IGNORED };

  // `flags` as in NcorePattern; `regex` must live as long as the parser.
  PatternParser(std::string_view regex, uint32_t flags, EndOfData endOfData = EndOfData::TESTED);

  SyntaxNode parse();

 private:
  struct Modes {
    Folding folding = Folding::NONE;
    bool dotAll = false;
  };
  struct Bounds {
    uint32_t least = 0;
    uint32_t most = 0;
  };

  SyntaxNode parseAlternation();
  SyntaxNode parseSequence();
  void parseItem(SyntaxNode& sequence);
  SyntaxNode parseAtom();
  SyntaxNode parseEscapeAtom();
  SyntaxNode endNode(SyntaxNode::Kind kind) const;
  SyntaxNode parseGroup();
  bool parseGroupHead();
  Modes parseModeLetters();
  void refuseQuantifier();
  void applyQuantifier(SyntaxNode& atom);
  bool takeQuantifier(Bounds& bounds);
  bool takeCount(Bounds& bounds);
  uint32_t takeNumber();
  SyntaxNode bytesNode(const ByteSet& bytes) const;

  PatternCursor cursor_;
  Modes modes_;
  const EndOfData endOfData_;
  uint32_t depth_ = 0;
};

}  // namespace weir::ncore
