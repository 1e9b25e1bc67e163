// SPDX-License-Identifier: Apache-2.0
#include "pattern_prefixes.h"

#include <doctest/doctest.h>

#include <string>

#include "ncore.h"
#include "testing/pcre2_oracle.h"
#include "testing/random_regex.h"

using weir::ncore::MatchPrefix;
using weir::ncore::matchPrefixes;
using weir::ncore::matchPrefixesForEach;
using weir::ncore::PrefixLimits;
using namespace weir::ncore::testing;

namespace {

bool fits(const MatchPrefix& prefix, std::string_view input) {
  for (size_t i = 0; i < std::min(prefix.octets.size(), input.size()); ++i) {
    if (!prefix.octets[i].test(static_cast<uint8_t>(input[i]))) return false;
  }
  return true;
}

bool fitsAny(const std::vector<MatchPrefix>& prefixes, std::string_view input) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const MatchPrefix& prefix) { return fits(prefix, input); });
}

bool fitsAnyOfLength(const std::vector<MatchPrefix>& prefixes, std::string_view match) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const MatchPrefix& prefix) {
    return match.size() >= prefix.leastBytes && match.size() >= prefix.octets.size() &&
           fits(prefix, match);
  });
}

std::vector<MatchPrefix> prefixesOf(std::string_view regex, PrefixLimits limits = {}) {
  const auto prefixes = matchPrefixes(regex, NCORE_PATTERN_DOTALL, limits);
  REQUIRE(prefixes.has_value());
  return *prefixes;
}

}  // namespace

TEST_CASE("alternatives are kept apart while the limit allows it") {
  const auto apart = prefixesOf("^(?:GET|PUT|HEAD) ", {.prefixes = 3});
  REQUIRE(apart.size() == 3);
  CHECK(fitsAny(apart, "HEAD /"));
  CHECK(fitsAny(apart, "HE"));
  CHECK_FALSE(fitsAny(apart, "GUT /"));
  const auto together = prefixesOf("^(?:GET|PUT|HEAD) ", {.prefixes = 1});
  REQUIRE(together.size() == 1);
  CHECK(fitsAny(together, "GUT "));
  CHECK_FALSE(fitsAny(together, "GUTS/"));
  CHECK(together.front().octets.size() == 4);
  CHECK(together.front().leastBytes == 4);
}

TEST_CASE("the least length is that of the shortest match, also past the octets looked at") {
  const auto prefixes = prefixesOf("^ab.{200}(?:cd)?e+", {.octets = 8});
  REQUIRE(prefixes.size() == 1);
  CHECK(prefixes.front().octets.size() == 8);
  CHECK(prefixes.front().leastBytes == 203);
}

TEST_CASE("nothing is said of what may begin anywhere, or is not understood") {
  for (const char* regex : {"abc", "^a|b", "(?:^a|)b", ".*a", "a$", "^a(", "^(?=a)", "a*", "^$"}) {
    CAPTURE(regex);
    CHECK_FALSE(matchPrefixes(regex, 0, {}).has_value());
  }
  CHECK(prefixesOf("^a^b").empty());
  CHECK(prefixesOf("^ab|^cd", {.prefixes = 2}).size() == 2);
}

TEST_CASE("for each of several limits it is what it is for that limit alone") {
  const PrefixLimits several[] = {{8, 1}, {8, 3}, {128, 16}};
  for (const char* regex : {"^(?:GET|PUT|HEAD) ", "^[ab]c?(?:d|ef)", "^a^b", "^ab$"}) {
    CAPTURE(regex);
    const auto found = matchPrefixesForEach(regex, 0, several);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == std::size(several));
    for (size_t i = 0; i < std::size(several); ++i) {
      const auto alone = matchPrefixes(regex, 0, several[i]);
      REQUIRE(alone->size() == (*found)[i].size());
      for (size_t at = 0; at < alone->size(); ++at) {
        CHECK((*alone)[at].octets == (*found)[i][at].octets);
        CHECK((*alone)[at].leastBytes == (*found)[i][at].leastBytes);
      }
    }
  }
  CHECK_FALSE(matchPrefixesForEach("ab", 0, several).has_value());
}

TEST_CASE("an end of data is taken to be there") {
  for (const char* regex : {"^ab$", "^ab\\z", "^a(b$)", "^a$b", "^ab$\\n", "^abc?\\Z"}) {
    CAPTURE(regex);
    const auto prefixes = prefixesOf(regex);
    REQUIRE(prefixes.size() == 1);
    CHECK(prefixes.front().octets.size() == 2 + (regex == std::string("^ab$\\n") ? 1U : 0U));
    CHECK(fitsAny(prefixes, "ab"));
    CHECK_FALSE(fitsAny(prefixes, "ac"));
  }
}

TEST_CASE("no match of PCRE2's begins otherwise") {
  RandomRegex random(31);
  size_t matches = 0;
  size_t excluded = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string regex = "^" + random.pattern();
    if (random.below(4) == 0) regex += "$";
    const auto flags = static_cast<uint32_t>(random.below(4));
    const PrefixLimits limits{static_cast<uint32_t>(1 + random.below(8)),
                              static_cast<uint32_t>(1 + random.below(6))};
    const auto prefixes = matchPrefixes(regex, flags, limits);
    if (!prefixes) continue;
    CAPTURE(regex);
    CHECK(prefixes->size() <= limits.prefixes);
    Pcre2Oracle oracle(regex, flags);
    REQUIRE(oracle.compiles());
    for (int i = 0; i < 4; ++i) {
      const std::string input = random.input(12);
      CAPTURE(input);
      const auto end = oracle.firstEnd(input);
      excluded += fitsAny(*prefixes, input) ? 0U : 1U;
      if (!end) continue;
      ++matches;
      REQUIRE(fitsAny(*prefixes, input));
      REQUIRE(fitsAnyOfLength(*prefixes, input.substr(0, *end)));
    }
  }
  CHECK(matches > 5000);
  CHECK(excluded > 5000);
}
