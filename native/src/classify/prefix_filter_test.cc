// SPDX-License-Identifier: Apache-2.0
// The filter against the engines: whatever one of them matches must pass, whole and in each of its
// first pieces. That it also turns away is counted, so that a filter that passes all fails.
#include "classify/prefix_filter.h"

#include <doctest/doctest.h>
#include <testing/random_regex.h>

#include <algorithm>
#include <random>

#include "classify/matcher.h"
#include "classify/test_dumped_database.h"
#include "classify/test_flows.h"
#include "classify/verdict_rules.h"

namespace weir {
namespace {

using ncore::testing::RandomRegex;

struct Tally {
  size_t matched = 0;
  size_t turnedAway = 0;
  size_t narrowed = 0;
};

Candidates candidatesOf(const PrefixFilter& filter, const DumpedSample& sample, size_t length) {
  const DatabasePart part = partOf(sample.transport, sample.side);
  const auto octets = std::span<const uint8_t>(sample.payload).first(length);
  if (sample.transport == Transport::TCP) return filter.ofStream(part, octets);
  return filter.ofDatagram(part, octets, static_cast<uint32_t>(sample.payload.size()));
}

bool holds(const Candidates& candidates, uint32_t pattern) {
  if (candidates.areAny()) return true;
  const auto patterns = candidates.patterns();
  return std::find(patterns.begin(), patterns.end(), pattern) != patterns.end();
}

/// What the engine finds in the first octets, told which patterns can match or not.
std::vector<uint32_t> found(Matcher& matcher, const DumpedSample& sample, Candidates candidates) {
  const ScanRequest request{.bytes = sample.payload,
                            .part = partOf(sample.transport, sample.side),
                            .startOfStream = true,
                            .endOfStream = true,
                            .stopsAtMatch = true,
                            .candidates = candidates};
  REQUIRE(matcher.submit({&request, 1}) == 1);
  std::array<MatchEvent, 256> events;
  const PollResult result = matcher.poll(events);
  REQUIRE(result.completedRequests == 1);
  std::vector<uint32_t> patterns;
  for (size_t i = 0; i < result.events; ++i) patterns.push_back(events[i].pattern);
  std::sort(patterns.begin(), patterns.end());
  return patterns;
}

void judge(const MatcherDatabase& database, const DumpedSample& sample, Tally& tally) {
  const auto matcher = database.createMatcher(1);
  const std::vector<uint32_t> all = found(*matcher, sample, Candidates::any());
  const PrefixFilter& filter = database.prefixes();
  const Candidates candidates = candidatesOf(filter, sample, sample.payload.size());
  tally.turnedAway += candidates.areNone() ? 1U : 0U;
  const VerdictRules rules(database.signatures(), database.prefixes());
  std::vector<uint32_t> applying;
  for (const uint32_t pattern : all) {
    if (rules.applies(pattern, static_cast<uint32_t>(sample.payload.size()))) {
      applying.push_back(pattern);
    }
  }
  tally.matched += applying.empty() ? 0U : 1U;
  const size_t longest = std::min<size_t>(sample.payload.size(), 200);
  for (const uint32_t pattern : applying) {
    for (size_t length = 1; length <= longest; ++length) {
      REQUIRE(holds(candidatesOf(filter, sample, length), pattern));
    }
    REQUIRE(holds(candidates, pattern));
  }
  if (candidates.areNone() || candidates.areAny()) return;
  ++tally.narrowed;
  const std::vector<uint32_t> few = found(*matcher, sample, candidates);
  REQUIRE(std::includes(all.begin(), all.end(), few.begin(), few.end()));
  REQUIRE(std::includes(few.begin(), few.end(), applying.begin(), applying.end()));
}

/// Octets changed, cut off and added: near what matches is where a filter could be wrong.
DumpedSample disturb(DumpedSample sample, std::mt19937& random) {
  std::vector<uint8_t>& payload = sample.payload;
  for (size_t changes = random() % 3; changes > 0; --changes) {
    payload[random() % std::min<size_t>(payload.size(), 24)] = static_cast<uint8_t>(random());
  }
  if (random() % 4 == 0) payload.resize(1 + random() % payload.size());
  if (random() % 4 == 0) payload.resize(payload.size() + random() % 64, 'q');
  return sample;
}

TEST_CASE("nothing that Weir's signatures match is turned away") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) {
    MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
    return;
  }
  const auto database = testing::dumpedDatabase(Engine::HYPERSCAN);
  std::mt19937 random(6);
  Tally tally;
  for (const DumpedSample& sample : dump->samples) {
    CAPTURE(sample.source);
    judge(*database, sample, tally);
    for (int round = 0; round < 3; ++round) judge(*database, disturb(sample, random), tally);
  }
  CHECK(tally.matched > 400);
  CHECK(tally.turnedAway > 300);
  CHECK(tally.narrowed > 300);
}

TEST_CASE("noise is turned away by Weir's signatures") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) return;
  const auto database = testing::dumpedDatabase(Engine::HYPERSCAN);
  std::mt19937 random(7);
  Tally tally;
  for (int i = 0; i < 1500; ++i) {
    DumpedSample noise;
    noise.transport = static_cast<Transport>(random() % 2);
    noise.side = static_cast<StreamSide>(random() % 2);
    noise.payload.resize(8 + random() % 300);
    for (uint8_t& octet : noise.payload) octet = static_cast<uint8_t>(random());
    judge(*database, noise, tally);
  }
  CHECK(tally.turnedAway > 1425);
}

/// Sets of random regexes, mostly tied to the start, that Hyperscan takes.
std::shared_ptr<const MatcherDatabase> randomDatabase(RandomRegex& random, size_t patterns) {
  std::vector<Pattern> taken;
  while (taken.size() < patterns) {
    const std::string start = random.below(40) == 0 ? "" : "^";
    const std::string regex = start + random.pattern();
    const auto transport = static_cast<Transport>(random.below(2));
    const auto side = static_cast<StreamSide>(random.below(2));
    Pattern candidate = testing::pattern(regex, 1, transport, side);
    candidate.caseless = random.below(4) == 0;
    if (random.below(4) == 0) candidate.minimumDatagramBytes = random.below(6);
    if (random.below(4) == 0) candidate.maximumDatagramBytes = 3 + random.below(6);
    try {
      createMatcherDatabase(Engine::HYPERSCAN, {.patterns = {candidate}});
      taken.push_back(candidate);
    } catch (const SignatureError&) {
    }
  }
  return createMatcherDatabase(Engine::HYPERSCAN, {.patterns = taken});
}

Tally judgeRandomly(const MatcherDatabase& database, RandomRegex& random, int inputs) {
  Tally tally;
  for (int i = 0; i < inputs; ++i) {
    std::string text = random.input(12);
    text += random.input(1) + "a";
    DumpedSample sample;
    sample.transport = static_cast<Transport>(random.below(2));
    sample.side = static_cast<StreamSide>(random.below(2));
    sample.payload.assign(text.begin(), text.end());
    CAPTURE(text);
    judge(database, sample, tally);
  }
  return tally;
}

TEST_CASE("nothing that random regexes match is turned away") {
  RandomRegex random(8);
  Tally all;
  for (int round = 0; round < 60; ++round) {
    const auto database = randomDatabase(random, 1 + random.below(6));
    std::string regexes;
    for (const Pattern& one : database->signatures().patterns) regexes += " /" + one.regex + "/";
    CAPTURE(regexes);
    const Tally tally = judgeRandomly(*database, random, 60);
    all.matched += tally.matched;
    all.turnedAway += tally.turnedAway;
    all.narrowed += tally.narrowed;
  }
  CHECK(all.matched > 400);
  CHECK(all.turnedAway > 400);
  CHECK(all.narrowed > 150);
}

TEST_CASE("more patterns than a set of ways has room for share them") {
  std::vector<Pattern> patterns;
  for (uint32_t i = 0; i < 700; ++i) {
    patterns.push_back(testing::pattern("^" + std::to_string(1000 + i) + "+ ", i + 1));
  }
  const auto database = testing::databaseOf(patterns);
  Tally tally;
  for (uint32_t i = 0; i < 2500; ++i) {
    const std::string text = std::to_string(1000 + i) + " x";
    DumpedSample sample;
    sample.payload.assign(text.begin(), text.end());
    judge(*database, sample, tally);
  }
  CHECK(tally.matched == 700);
  CHECK(tally.turnedAway > 1500);
}

}  // namespace
}  // namespace weir
