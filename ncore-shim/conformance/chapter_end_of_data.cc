// SPDX-License-Identifier: Apache-2.0
// '$', \Z and \z, tested by jobs that say so.

#include "script.h"
#include "subject.h"
#include "testing/random_regex.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

constexpr uint32_t END = NCORE_JOB_END_OF_DATA;

struct Piece {
  const char* bytes;
  uint32_t flags;
};

Script scriptOf(const PatternSet& patterns, const std::vector<Piece>& pieces) {
  Script script;
  script.databases = {patterns};
  for (const Piece& piece : pieces) {
    JobStep step;
    step.bytes = piece.bytes;
    step.number = static_cast<uint32_t>(script.steps.size());
    step.flags = piece.flags | (script.steps.empty() ? NCORE_JOB_OPEN : 0);
    script.steps.emplace_back(step);
  }
  return script;
}

void refusesWithout(Subject& subject) {
  if (subject.claims(NCORE_CAP_END_OF_DATA))
    throw NotApplicable{"the device tests the end of data"};
  for (const char* text : {"ab$", "ab\\Z", "ab\\z", "a|b$"}) {
    const Database database(subject, {{text}});
    check(database.reports[0].verdict == NCORE_REFUSED_NEEDS_END,
          quoted(text) + ": expected NCORE_REFUSED_NEEDS_END, got verdict " +
              std::to_string(database.reports[0].verdict));
  }
}

void offered(Subject& subject) { subject.needs(NCORE_CAP_END_OF_DATA, "NCORE_CAP_END_OF_DATA"); }

PatternSet endPatterns() {
  return patternSet(
      {"ab$", "ab\\Z", "ab\\z", "^a.*b$", "a|b$", "(?:ab|cd)$", "c+$", "^ab\\z|cc", "ab"});
}

void acceptsThem(Subject& subject) {
  offered(subject);
  const PatternSet patterns = endPatterns();
  const Database database(subject, patterns);
  for (const Regex& regex : patterns) {
    check(database.reports[regex.id].verdict == NCORE_ACCEPTED,
          quoted(regex.text) + " is refused: " + printable(database.reports[regex.id].reason));
  }
}

void atItsFlagOnly(Subject& subject) {
  offered(subject);
  checkAgainstModel(subject,
                    scriptOf(endPatterns(), {{"ab", 0}, {"c", 0}, {"ccd", 0}, {"ab", END}}));
  checkAgainstModel(subject,
                    scriptOf(endPatterns(), {{"ab", 0}, {"", END}, {"c", END}, {"ab", END}}));
}

void lineFeeds(Subject& subject) {
  offered(subject);
  checkAgainstModel(subject, scriptOf(endPatterns(), {{"ab\n", END}}));
  checkAgainstModel(subject, scriptOf(endPatterns(), {{"ab", 0}, {"\n", END}}));
  checkAgainstModel(subject, scriptOf(endPatterns(), {{"ab\n\n", END}}));
  checkAgainstModel(subject, scriptOf(endPatterns(), {{"ab\n", END}, {"\n", END}, {"ab", END}}));
}

void goesOnAfterwards(Subject& subject) {
  offered(subject);
  checkAgainstModel(subject,
                    scriptOf(patternSet({"ab$", "abc$", "bcd", "a.*d$"}),
                             {{"ab", END}, {"c", END}, {"", END}, {"d", END}, {"ab", END}}));
}

void holdsFromItsMatchOn(Subject& subject) {
  offered(subject);
  checkAgainstModel(subject, scriptOf(patternSet({"ab|cd$", "x(?:y|z$)"}),
                                      {{"ab..", 0}, {"xy", 0}, {"..", 0}, {"q", END}, {"q", END}}));
}

void noEffectOnOthers(Subject& subject) {
  checkAgainstModel(subject, scriptOf(patternSet({"abc", "^a.*d", "b"}),
                                      {{"a", END}, {"b", END}, {"", END}, {"cd", END}}));
}

std::string randomEndPattern(RandomRegex& random) {
  static const char* const ENDS[] = {"$", "\\Z", "\\z", "$", "(?:a|$)", "(b|c$)"};
  std::string text = random.pattern();
  text += ENDS[random.below(std::size(ENDS))];
  if (random.below(4) == 0) text += "|" + random.pattern();
  return text;
}

Script randomEnds(RandomRegex& random) {
  Script script;
  script.refusals = Refusals::LEAVE_OUT;
  script.databases.emplace_back();
  for (size_t i = 1 + random.below(5); i-- > 0;) {
    PatternSet& patterns = script.databases[0];
    const auto id = static_cast<uint32_t>(patterns.size());
    const std::string text = random.below(4) > 0 ? randomEndPattern(random) : random.pattern();
    patterns.push_back({text, static_cast<uint32_t>(random.below(4)), id});
  }
  for (int stream = 0; stream < 10; ++stream) {
    std::string input = random.input(16);
    if (random.below(3) == 0) input += '\n';
    for (Step step : streamSteps(random.segments(input, 4))) {
      auto& job = std::get<JobStep>(step);
      job.number = static_cast<uint32_t>(script.steps.size());
      if (random.below(2) == 0) job.flags |= END;
      script.steps.push_back(std::move(step));
    }
  }
  return script;
}

void randomEndsOfData(Subject& subject) {
  offered(subject);
  RandomRegex random(subject.settings().seed + 1);
  for (Search search(subject); search.goesOn();) {
    checkAgainstModel(subject, randomEnds(random));
  }
  subject.tally().checkManyAccepted();
}

}  // namespace

Chapter endOfDataChapter() {
  return {
      "end-of-data",
      {
          {"without the capability '$' is refused", "It may refuse '$' (NCORE_REFUSED_NEEDS_END)",
           refusesWithout},
          {"'$', \\Z and \\z are accepted", "'$', \\Z and \\z as the end of data", acceptsThem},
          {"they are tested at END_OF_DATA, and at no other time",
           "It is tested after the bytes of each job that has NCORE_JOB_END_OF_DATA, …, and at no "
           "other time",
           atItsFlagOnly},
          {"'$' and \\Z hold before a last line feed, \\z does not",
           "'$' and \\Z hold at the end of data and before a line feed that is the last byte of "
           "it, \\z at the end only.",
           lineFeeds},
          {"the stream goes on afterwards", "The stream goes on afterwards.", goesOnAfterwards},
          {"an alternative without '$' holds from its match on, and is told at the next test",
           "when the pattern then has a match anywhere in the stream so far, its event has the "
           "length of the stream so far as its end offset",
           holdsFromItsMatchOn},
          {"other patterns do not mind",
           "Of no effect on a stream whose database has no such pattern.", noEffectOnOthers},
          {"random patterns and tests give PCRE2's events",
           "A pattern with '$', \\Z or \\z anywhere in it is a pattern of the data seen so far.",
           randomEndsOfData},
      }};
}

}  // namespace ncore_conformance
