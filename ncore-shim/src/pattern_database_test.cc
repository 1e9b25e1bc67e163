// SPDX-License-Identifier: Apache-2.0
// What is refused, with which reason and offset: a signature's author works from this report.
#include <cstring>

#include "pattern_database.h"
#include "testing/rig.h"

using namespace weir::ncore::testing;

namespace {

struct Case {
  const char* regex;
  NcoreVerdict verdict;
  uint32_t offsetBytes;
  const char* reason;  // contained in the report's
};

constexpr Case REFUSED[] = {
    {"(a)\\1", NCORE_REFUSED_UNSUPPORTED, 3, "backreference \\1"},
    {"a(?=b)", NCORE_REFUSED_UNSUPPORTED, 1, "lookaround"},
    {"a(?<!b)c", NCORE_REFUSED_UNSUPPORTED, 1, "lookaround"},
    {"a(?>b)", NCORE_REFUSED_UNSUPPORTED, 1, "atomic"},
    {"(?<name>a)", NCORE_REFUSED_UNSUPPORTED, 0, "named"},
    {"(?m)^a", NCORE_REFUSED_UNSUPPORTED, 0, "flags"},
    {"(?i-s-i)a", NCORE_REFUSED_UNSUPPORTED, 0, "hyphen"},
    {"(*UTF)a", NCORE_REFUSED_UNSUPPORTED, 0, "verb"},
    {"a\\b", NCORE_REFUSED_UNSUPPORTED, 1, "escape \\b"},
    {"\\p{Lu}", NCORE_REFUSED_UNSUPPORTED, 0, "escape \\p"},
    {"ab$*", NCORE_REFUSED_UNSUPPORTED, 3, "end of data"},
    {"ab\\z?", NCORE_REFUSED_UNSUPPORTED, 4, "end of data"},
    {"a++", NCORE_REFUSED_UNSUPPORTED, 1, "possessive"},
    {"a{2}{3}", NCORE_REFUSED_UNSUPPORTED, 1, "repetition of a repetition"},
    {"^*a", NCORE_REFUSED_UNSUPPORTED, 1, "start of stream"},
    {"a{,3}b", NCORE_REFUSED_UNSUPPORTED, 1, "releases differ"},
    {"a{ 1}b", NCORE_REFUSED_UNSUPPORTED, 1, "releases differ"},
    {"a{1 }b", NCORE_REFUSED_UNSUPPORTED, 1, "releases differ"},
    {"a{65536}", NCORE_REFUSED_UNSUPPORTED, 2, "65535"},
    {"\\x{}", NCORE_REFUSED_UNSUPPORTED, 0, "\\x{"},
    {"\\x{100}", NCORE_REFUSED_SYNTAX, 0, "above"},
    {"a(b", NCORE_REFUSED_SYNTAX, 1, "opening parenthesis"},
    {"ab)", NCORE_REFUSED_SYNTAX, 2, "closing parenthesis"},
    {"a[bc", NCORE_REFUSED_SYNTAX, 1, "bracket"},
    {"a[]bc", NCORE_REFUSED_SYNTAX, 1, "bracket"},
    {"a|*", NCORE_REFUSED_SYNTAX, 2, "nothing to repeat"},
    {"a{3,2}", NCORE_REFUSED_SYNTAX, 1, "out of order"},
    {"[z-a]", NCORE_REFUSED_SYNTAX, 2, "out of order"},
    {"[a-\\d]", NCORE_REFUSED_SYNTAX, 2, "ends with a class"},
    {"[\\d-z]", NCORE_REFUSED_SYNTAX, 3, "starts with a class"},
    {"[[:alpha:]-z]", NCORE_REFUSED_SYNTAX, 10, "starts with a class"},
    {"[[:alfa:]]", NCORE_REFUSED_SYNTAX, 1, "POSIX class name"},
    {"[[.a.]]", NCORE_REFUSED_SYNTAX, 1, "collating"},
    {"[:alpha:]", NCORE_REFUSED_SYNTAX, 0, "outside"},
    {"ab\\", NCORE_REFUSED_SYNTAX, 2, "backslash"},
    {"\\y", NCORE_REFUSED_SYNTAX, 0, "unknown escape"},
    {"", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"a*|b", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"^", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"$", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"a*\\z", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"^$", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"(^|a)b?", NCORE_REFUSED_EMPTY_MATCH, 0, "empty"},
    {"(a{100}){100}", NCORE_REFUSED_TOO_LARGE, 0, "too large"},
    {"(((a{60000}){60000}){60000}){60000}", NCORE_REFUSED_TOO_LARGE, 0, "too large"},
    {"((){60000}){60000}a", NCORE_REFUSED_TOO_LARGE, 0, "too large"},
    {"(a?){2000}b", NCORE_REFUSED_TOO_LARGE, 0, "too large"},
    {"a.{200}b", NCORE_REFUSED_TOO_LARGE, 0, "too many states"},
    {"^.*a.{20}b", NCORE_REFUSED_TOO_LARGE, 0, "too many states"},
};

}  // namespace

TEST_CASE("what is refused says why and where") {
  for (const Case& refused : REFUSED) {
    const Patterns patterns({{refused.regex}});
    const NcorePatternReport& report = patterns.reports[0];
    CAPTURE(refused.regex);
    CAPTURE(report.reason);
    CHECK(report.verdict == refused.verdict);
    CHECK(report.offsetBytes == refused.offsetBytes);
    CHECK(std::strstr(report.reason, refused.reason) != nullptr);
  }
}

TEST_CASE("sizes are reported: of what was built, and of what was too much") {
  const Patterns patterns({{"[^\\n]{0,200}x"}, {"(a{100}){100}"}, {"a{4096}"}, {"a{4097}"}});
  CHECK(patterns.reports[0].size == 201);
  CHECK(patterns.reports[1].size == 10000);
  CHECK(patterns.reports[2].verdict == NCORE_ACCEPTED);
  CHECK(patterns.reports[2].size == 4096);
  CHECK(patterns.reports[3].verdict == NCORE_REFUSED_TOO_LARGE);
}

TEST_CASE("a pattern that would explode is taken when it runs for its own length only") {
  const Patterns patterns(
      {{"^a.{30}b|^.{0,30}c.{0,30}d"}, {"^(a.{30}b)+"}, {"^.{0,30}c.{30}(d|$)"}});
  CHECK(patterns.reports[0].verdict == NCORE_ACCEPTED);
  CHECK(patterns.reports[2].verdict == NCORE_ACCEPTED);
  const Patterns exploding({{"^(.{0,3}c.{14})+b"}});
  CHECK(exploding.reports[0].verdict == NCORE_REFUSED_TOO_LARGE);
  CHECK(exploding.reports[0].size > 8192);
}

TEST_CASE("parentheses nest to PCRE2's depth and no deeper") {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  const Patterns patterns({{nested(250)}, {nested(251)}});
  CHECK(patterns.reports[0].verdict == NCORE_ACCEPTED);
  CHECK(patterns.reports[1].verdict == NCORE_REFUSED_TOO_LARGE);
}

TEST_CASE("a refused pattern leaves the others, and a repeated id is refused") {
  NcorePattern patterns[] = {
      {octets("a("), 2, 0, 7, 0},
      {octets("ab"), 2, 0, 7, 0},
      {octets("cd"), 2, 0, 7, 0},
      {octets("ef"), 2, 0x80, 8, 0},
  };
  NcorePatternReport reports[4];
  NcoreDatabase* database = nullptr;
  REQUIRE(api().compile(patterns, 4, reports, &database) == NCORE_OK);
  CHECK(reports[0].verdict == NCORE_REFUSED_SYNTAX);
  CHECK(reports[1].verdict == NCORE_ACCEPTED);
  CHECK(reports[2].verdict == NCORE_REFUSED_DUPLICATE_ID);
  CHECK(reports[3].verdict == NCORE_REFUSED_UNSUPPORTED);
  api().freeDatabase(database);
}

TEST_CASE("patterns of the stream's start are grouped apart from the others") {
  const NcorePattern patterns[] = {
      {octets("ab"), 2, 0, 1, 0}, {octets("^cd"), 3, 0, 2, 0}, {octets("(^e|f)"), 6, 0, 3, 0}};
  const weir::ncore::PatternDatabase database(patterns, {});
  REQUIRE(database.groups().size() == 2);
  CHECK(database.groups()[0].patternCount() == 1);
  CHECK(database.groups()[0].startsAnywhereCount() == 0);
  CHECK(database.groups()[1].startsAnywhereCount() == 2);
}

// As the l7 set: 91 patterns of the stream's start, 53 that start anywhere.
TEST_CASE("a stream of 144 patterns takes at most 40 bytes") {
  std::vector<Regex> regexes;
  for (int i = 0; i < 144; ++i) {
    regexes.push_back({(i < 91 ? "^start" : "middle") + std::to_string(i) + (i % 6 ? "" : "$")});
  }
  const Patterns patterns(regexes);
  Rig rig;
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  REQUIRE(api().queryDatabase(rig.device, rig.use(patterns), &info) == NCORE_OK);
  CHECK(info.patterns == 144);
  CHECK(info.streamBytes <= 40);
  CHECK(info.patternMemoryBytes > 0);
}
