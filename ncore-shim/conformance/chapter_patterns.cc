// SPDX-License-Identifier: Apache-2.0
// What is accepted and what is refused; PCRE2 is asked what a regex is.
#include <cstring>

#include "model.h"
#include "script.h"
#include "subject.h"
#include "testing/random_regex.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

const char* nameOfVerdict(NcoreVerdict verdict) {
  static constexpr const char* NAMES[] = {"NCORE_ACCEPTED",
                                          "NCORE_REFUSED_SYNTAX",
                                          "NCORE_REFUSED_UNSUPPORTED",
                                          "NCORE_REFUSED_EMPTY_MATCH",
                                          "NCORE_REFUSED_TOO_LARGE",
                                          "NCORE_REFUSED_DUPLICATE_ID",
                                          "NCORE_REFUSED_NEEDS_END"};
  const bool isKnown = verdict >= 0 && static_cast<size_t>(verdict) < std::size(NAMES);
  return isKnown ? NAMES[verdict] : "a verdict that this version does not know";
}

std::string describe(const Regex& regex, const NcorePatternReport& report) {
  return quoted(regex.text) + ": " + nameOfVerdict(report.verdict) + " at " +
         std::to_string(report.offsetBytes) + ", \"" + printable(report.reason) + "\"";
}

void checkReport(const Regex& regex, const NcorePatternReport& report) {
  const std::string what = ncore_conformance::describe(regex);
  const bool isText = std::memchr(report.reason, '\0', sizeof report.reason) != nullptr;
  check(isText, what + ": the reason is not null-terminated");
  check(report.verdict >= NCORE_ACCEPTED && report.verdict <= NCORE_REFUSED_NEEDS_END,
        what + ": verdict " + std::to_string(report.verdict));
  const bool isAccepted = report.verdict == NCORE_ACCEPTED;
  check(isAccepted == (report.reason[0] == '\0'),
        describe(regex, report) + ": a reason must be given for what is refused, and only for it");
  check(report.offsetBytes <= regex.text.size(), describe(regex, report) + ": beyond the regex");
}

NcorePatternReport reportOf(Subject& subject, const Regex& regex) {
  const Database database(subject, {regex});
  checkReport(regex, database.reports[0]);
  return database.reports[0];
}

void acceptsAutomata(Subject& subject) {
  for (const char* text :
       {"abc",       "a.c",           "^GET /",       "\\AGET",          "a|b|cd",
        "(a|b)c",    "(?:a|b)*c",     "a+b?c*d",      "a{3}b",           "a{2,}b",
        "a{2,5}b",   "a+?b",          "a{1,3}?b",     "[a-f0-9]+x",      "[^\\r\\n]x",
        "[]-]x",     "[^]]x",         "\\x00\\xff",   "\\d\\D\\w\\W\\s", "\\r\\n\\t",
        "\\.\\*\\[", "[\\d_]x",       "[[:alpha:]]x", "[[:^digit:]]x",   "(?i)abc",
        "a(?i)b",    "(?i:a)b",       "(?s).a",       "(?-i)a",          "(?is-i:a.)b",
        "\\x{41}b",  "\\0a",          "(?:ab){2,4}c", "x{,a}",           "^(?:a|b.{3}c)",
        "(^a|b)c",   "[\\x80-\\xff]", "\\h\\v",       "((((a))))",       "\\0101",
        "a{b",       "a]}",           "\\x7e\\e",     "(?i-s:a.)"}) {
    const NcorePatternReport report = reportOf(subject, {text});
    check(report.verdict == NCORE_ACCEPTED, describe({text}, report) + "\nexpected: accepted");
  }
}

struct Excluded {
  const char* text;
  uint32_t offset;  // of the construct
};

void refusesOthers(Subject& subject) {
  const Excluded CASES[] = {{"(a)\\1", 3},      {"ab(?=c)", 2},   {"ab(?!c)", 2}, {"(?<=a)b", 0},
                            {"(?<!a)b", 0},     {"ab\\bcd", 2},   {"a\\Bb", 1},   {"ab(?>c)d", 2},
                            {"ab++c", 2},       {"a(?:b)*+c", 6}, {"a?+b", 1},    {"a{2}+b", 1},
                            {"ab\\p{L}c", 2},   {"\\PLc", 0},     {"a\\Xb", 1},   {"[[:<:]]ab", 0},
                            {"a{,3}b", 1},      {"a{2, 3}b", 1},  {"a$*b", 1},    {"^*ab", 0},
                            {"(?:\\A?|b)c", 3}, {"ab\\z+", 2},    {"a\\Z{2}", 1}, {"ab[[:>:]]", 2}};
  for (const Excluded& excluded : CASES) {
    const NcorePatternReport report = reportOf(subject, {excluded.text});
    check(report.verdict == NCORE_REFUSED_UNSUPPORTED,
          describe({excluded.text}, report) + "\nexpected: NCORE_REFUSED_UNSUPPORTED");
  }
}

void saysWhere(Subject& subject) {
  const Excluded CASES[] = {{"ab(?=c)", 2}, {"ab\\bcd", 2}, {"ab(?>c)d", 2}, {"ab\\p{L}c", 2}};
  for (const Excluded& excluded : CASES) {
    const NcorePatternReport report = reportOf(subject, {excluded.text});
    check(report.offsetBytes == excluded.offset,
          describe({excluded.text}, report) + "\nexpected: at " + std::to_string(excluded.offset));
  }
}

void refusesEmptyMatches(Subject& subject) {
  for (const char* text : {"", "a*", "a?", "(?:a|)", "^", "a{0,3}", "(?:a*b*)*", "()", "|a"}) {
    const NcorePatternReport report = reportOf(subject, {text});
    check(report.verdict == NCORE_REFUSED_EMPTY_MATCH,
          describe({text}, report) + "\nexpected: NCORE_REFUSED_EMPTY_MATCH");
  }
}

void refusesWrongSyntax(Subject& subject) {
  for (const char* text : {"(", "a)", "[a", "[z-a]", "a\\", "*a", "(?:a", "a{3,1}"}) {
    const NcorePatternReport report = reportOf(subject, {text});
    check(report.verdict == NCORE_REFUSED_SYNTAX || report.verdict == NCORE_REFUSED_UNSUPPORTED,
          describe({text}, report) + "\nexpected: NCORE_REFUSED_SYNTAX");
  }
}

void reportsEach(Subject& subject) {
  const PatternSet set = {{"ab", 0, 7}, {"(", 0, 8},   {"cd", 0, 7},
                          {"a*", 0, 9}, {"ef", 4, 10}, {"gh", 0, 0xffffffff}};
  const Database database(subject, set);
  const NcoreVerdict EXPECTED[] = {NCORE_ACCEPTED,
                                   NCORE_REFUSED_SYNTAX,
                                   NCORE_REFUSED_DUPLICATE_ID,
                                   NCORE_REFUSED_EMPTY_MATCH,
                                   NCORE_REFUSED_UNSUPPORTED,
                                   NCORE_ACCEPTED};
  for (size_t i = 0; i < set.size(); ++i) {
    checkReport(set[i], database.reports[i]);
    if (i == 1) continue;  // another chapter's: it may be called unsupported
    check(database.reports[i].verdict == EXPECTED[i],
          "in the set" + ncore_conformance::describe(set) + "\npattern " + std::to_string(i) +
              ", expected: " + nameOfVerdict(EXPECTED[i]) +
              "\n     got: " + describe(set[i], database.reports[i]));
  }
}

void compilesWithoutReports(Subject& subject) {
  const NcorePattern pattern{reinterpret_cast<const uint8_t*>("ab"), 2, 0, 1, 0};
  NcoreDatabase* handle = nullptr;
  checkStatus(subject.api().compile(&pattern, 1, nullptr, &handle), NCORE_OK,
              "compile with null for the reports");
  const Database some(subject, handle);
  handle = nullptr;
  checkStatus(subject.api().compile(nullptr, 0, nullptr, &handle), NCORE_OK,
              "compile of no pattern");
  const Database none(subject, handle);
  Device device(subject);
  device.use(none);
  Queue queue(subject, device);
  const Results results = queue.run(job("ab", WHOLE));
  check(results.events.empty(), "a database without patterns gave an event");
}

void refusesReservedFields(Subject& subject) {
  NcorePattern pattern{reinterpret_cast<const uint8_t*>("ab"), 2, 0, 1, 1};
  NcoreDatabase* handle = nullptr;
  checkStatus(subject.api().compile(&pattern, 1, nullptr, &handle), NCORE_BAD_ARGUMENT,
              "compile of a pattern whose reserved field is 1");
  pattern = {nullptr, 2, 0, 1, 0};
  checkStatus(subject.api().compile(&pattern, 1, nullptr, &handle), NCORE_BAD_ARGUMENT,
              "compile of a null regex with 2 bytes");
  check(handle == nullptr, "compile wrote a handle without NCORE_OK");
}

void judgeGarbage(Subject& subject, const Regex& regex) {
  const NcorePatternReport report = reportOf(subject, regex);
  const auto judge = JudgedRegex::of(regex);
  const std::string what = describe(regex, report);
  if (report.verdict == NCORE_REFUSED_SYNTAX) {
    check(!judge->compiles(), what + "\nexpected: PCRE2 takes it, so another verdict");
  }
  if (report.verdict == NCORE_REFUSED_EMPTY_MATCH) {
    check(judge->compiles() && judge->matchesEmpty(),
          what + "\nexpected: PCRE2 finds no empty match, so another verdict");
  }
  if (report.verdict != NCORE_ACCEPTED) return;
  check(judge->compiles(), what + "\nexpected: refused, as PCRE2 refuses it");
  check(!judge->matchesEmpty(), what + "\nexpected: NCORE_REFUSED_EMPTY_MATCH");
}

void garbageIsJudgedLikePcre2(Subject& subject) {
  RandomRegex random(subject.settings().seed);
  for (Search search(subject); search.goesOn();) {
    for (int i = 0; i < 10; ++i) {
      const Regex regex{random.garbage(), static_cast<uint32_t>(random.below(4)), 0};
      judgeGarbage(subject, regex);
      Script script;
      script.databases = {{regex}};
      script.refusals = Refusals::LEAVE_OUT;
      const std::string input = random.input(30) + regex.text + random.input(10);
      script.steps = streamSteps(random.segments(input, 3), NCORE_JOB_END_OF_DATA);
      checkAgainstModel(subject, script);
    }
  }
}

}  // namespace

Chapter patternsChapter() {
  return {
      "patterns",
      {
          {"what an automaton can do is accepted",
           "PCRE2's syntax and semantics on bytes …, as far as a finite automaton goes: literals, "
           "escapes, classes, groups, alternation, counted and uncounted repetition",
           acceptsAutomata},
          {"what the ABI excludes is refused",
           "Every implementation refuses: … backreferences, lookaround, word boundaries, atomic "
           "groups and possessive repetition, Unicode properties, and what releases of PCRE2 read "
           "differently",
           refusesOthers},
          {"a refusal says where", "in the regex, where the construct refused begins", saysWhere},
          {"patterns that match the empty string are refused",
           "Every implementation refuses: patterns that match the empty string",
           refusesEmptyMatches},
          {"wrong syntax is refused", "NCORE_REFUSED_SYNTAX: PCRE2 would refuse it too",
           refusesWrongSyntax},
          {"each pattern of a set has its report",
           "Refused patterns are not an error: the database holds the others, be it none.",
           reportsEach},
          {"reports may be left out, and patterns too",
           "Compiles what it accepts and says in reports[i] (may be null) what became of "
           "patterns[i].",
           compilesWithoutReports},
          {"reserved fields must be 0", "A host writes 0 to reserved fields.",
           refusesReservedFields},
          {"random texts are judged and matched as PCRE2 does",
           "A pattern that a device cannot match exactly is refused when it is compiled, with the "
           "reason and the offset; it is never matched approximately.",
           garbageIsJudgedLikePcre2},
      }};
}

}  // namespace ncore_conformance
