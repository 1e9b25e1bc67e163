// SPDX-License-Identifier: Apache-2.0
// Random regexes and inputs over a few bytes, so that they meet often. Deterministic for a seed.
// Tests only.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir::ncore::testing {

/// One draw a statement, or calls in a chain: the order within an expression is the compiler's.
class RandomRegex {
 public:
  // WITH_ENDS: '$', \z and \Z stand anywhere in the patterns.
  enum class Ends { NONE, WITH_ENDS };

  explicit RandomRegex(uint32_t seed, Ends ends = Ends::NONE) : random_(seed), ends_(ends) {}

  size_t below(size_t limit) { return random_() % limit; }

  // Valid as a rule, and mostly within what the compiler supports.
  std::string pattern() {
    std::string text;
    if (below(6) == 0) text += pick({"(?i)", "(?s)", "(?is)", "(?-i)"});
    if (below(3) == 0) text += "^";
    return text + alternation(3);
  }

  // Anything that looks like a regex; often not valid.
  std::string garbage() {
    static const std::vector<std::string> PARTS = {"a",    "b",       "A",           "[",
                                                   "]",    "^",       "-",           "(",
                                                   ")",    "|",       "*",           "+",
                                                   "?",    "{",       "}",           "1",
                                                   "2",    ",",       "\\",          ".",
                                                   "x",    "[^",      "\\d",         "\\x",
                                                   "\\0",  "[:",      ":]",          "(?",
                                                   ":",    "i",       "[[:alpha:]]", "s",
                                                   "$",    "\\W",     "\\n",         "{2}",
                                                   "{1,}", "{,2}",    "\\A",         "\\]",
                                                   "[a-",  "alnum",   "[]a]",        "\\N",
                                                   "(?i)", "(?:",     "\n",          "\\h",
                                                   "\\b",  "\\1",     "\\E",         "[[:^upper:]]",
                                                   "\xe9", "\\x{41}", "=]",          "[.",
                                                   "{ 1",  "(*",      "#",           " ",
                                                   "_",    "\\v",     "(?-",         "(?#",
                                                   "[[",   "7"};
    std::string text;
    for (size_t i = below(10) + 1; i-- > 0;) text += PARTS[below(PARTS.size())];
    return text;
  }

  std::string input(size_t lengthMax) {
    static const std::string BYTES = "aaabbbccAB\n1 \x01\xe9]-";
    std::string text;
    for (size_t i = below(lengthMax + 1); i-- > 0;) text += BYTES[below(BYTES.size())];
    return text;
  }

  // Cuts into 1 to `segmentsMax` pieces, some of them empty.
  std::vector<std::string> segments(const std::string& text, size_t segmentsMax) {
    std::vector<size_t> cuts = {0, text.size()};
    for (size_t i = below(segmentsMax); i-- > 0;) cuts.push_back(below(text.size() + 1));
    std::sort(cuts.begin(), cuts.end());
    std::vector<std::string> pieces;
    for (size_t i = 1; i < cuts.size(); ++i) {
      pieces.push_back(text.substr(cuts[i - 1], cuts[i] - cuts[i - 1]));
    }
    return pieces;
  }

 private:
  std::string pick(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

  std::string alternation(int depth) {
    std::string text = sequence(depth);
    while (below(4) == 0) text.append("|").append(sequence(depth));
    return text;
  }

  std::string sequence(int depth) {
    std::string text;
    for (size_t i = below(4) + 1; i-- > 0;) {
      text.append(end()).append(atom(depth)).append(quantifier());
    }
    return text.append(end());
  }

  std::string end() {
    if (ends_ == Ends::NONE || below(6) != 0) return "";
    return pick({"$", "$", "\\z", "\\Z", "(?:$|c)", "(?:$|\\n)", "(?:\\z|^)"});
  }

  std::string atom(int depth) {
    if (depth > 0 && below(4) == 0) {
      std::string text = pick({"(", "(?:", "(?i:", "(?s-i:"});
      text += pick({"", "", "", "|", "^"});
      return text + alternation(depth - 1) + ")";
    }
    return pick({"a",
                 "b",
                 "c",
                 "a",
                 "b",
                 "c",
                 ".",
                 "[ab]",
                 "[^a]",
                 "[a-c1]",
                 "[^\\n]",
                 "\\d",
                 "\\s",
                 "\\w",
                 "\\D",
                 "\\x61",
                 "\\n",
                 "[^ab\\d]",
                 "[]-]",
                 "[[:alpha:]]",
                 "\\xe9",
                 "\\W",
                 "[\\x00-\\x1f]",
                 "(?:a|bc)",
                 "B",
                 "[^[:^upper:]]"});
  }

  std::string quantifier() {
    if (below(3) != 0) return "";
    return pick(
        {"*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,2}", "{0}", "*?", "+?", "??", "{1,2}?"});
  }

  std::mt19937 random_;
  const Ends ends_;
};

}  // namespace weir::ncore::testing
