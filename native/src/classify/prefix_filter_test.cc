// SPDX-License-Identifier: Apache-2.0
// The filter against the engines: whatever one of them matches must pass, whole and in each of its
// first pieces. That it also turns away is counted, so that a filter that passes all fails.
#include "classify/prefix_filter.h"

#include <doctest/doctest.h>
#include <testing/random_regex.h>

#include <random>

#include "classify/matcher.h"
#include "classify/sample_match.h"
#include "classify/test_flows.h"
#include "classify/test_signature_dump.h"

namespace weir {
namespace {

using ncore::testing::RandomRegex;

struct Tally {
  size_t matched = 0;
  size_t turnedAway = 0;
};

bool passes(const PrefixFilter& filter, const DumpedSample& sample) {
  const DatabasePart part = partOf(sample.transport, sample.side);
  const std::span<const uint8_t> payload = sample.payload;
  if (sample.transport == Transport::UDP) {
    return filter.mayMatchDatagram(part, payload, static_cast<uint32_t>(payload.size()));
  }
  return filter.mayMatchStream(part, payload);
}

void judge(const MatcherDatabase& database, const DumpedSample& sample, Tally& tally) {
  const std::array pieces = {std::span<const uint8_t>(sample.payload)};
  const auto matches = findSampleMatches(database, sample.transport, sample.side, pieces);
  const PrefixFilter& filter = database.prefixes();
  tally.turnedAway += passes(filter, sample) ? 0U : 1U;
  if (matches.empty()) return;
  ++tally.matched;
  REQUIRE(passes(filter, sample));
  const DatabasePart part = partOf(sample.transport, sample.side);
  for (size_t length = 1; length <= std::min<size_t>(sample.payload.size(), 200); ++length) {
    const auto first = std::span<const uint8_t>(sample.payload).first(length);
    if (sample.transport == Transport::TCP) {
      REQUIRE(filter.mayMatchStream(part, first));
    } else {
      const auto whole = static_cast<uint32_t>(sample.payload.size());
      REQUIRE(filter.mayMatchDatagram(part, first, whole));
    }
  }
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
  const auto database = createMatcherDatabase(Engine::HYPERSCAN, dump->set);
  std::mt19937 random(6);
  Tally tally;
  for (const DumpedSample& sample : dump->samples) {
    CAPTURE(sample.source);
    judge(*database, sample, tally);
    for (int round = 0; round < 3; ++round) judge(*database, disturb(sample, random), tally);
  }
  CHECK(tally.matched > 400);
  CHECK(tally.turnedAway > 300);
}

TEST_CASE("noise is turned away by Weir's signatures") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) return;
  const auto database = createMatcherDatabase(Engine::HYPERSCAN, dump->set);
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
    Pattern candidate = testing::pattern((random.below(40) == 0 ? "" : "^") + random.pattern(), 1,
                                         static_cast<Transport>(random.below(2)),
                                         static_cast<StreamSide>(random.below(2)));
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
    const std::string text = random.input(12) + random.input(1) + "a";
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
  }
  CHECK(all.matched > 400);
  CHECK(all.turnedAway > 400);
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
