// SPDX-License-Identifier: Apache-2.0
// Every engine gives the events that PCRE2 gives over the whole stream, however the stream is cut
// into requests, and the prefix filter's candidates change no verdict.
#include <testing/random_regex.h>

#include "classify/test_dumped_database.h"
#include "classify/test_flows.h"
#include "classify/test_stream_oracle.h"

namespace weir {
namespace {

using ncore::testing::RandomRegex;
using testing::JudgedDatabase;
using testing::Pieces;

constexpr std::array ENGINES = {Engine::HYPERSCAN, Engine::EMULATOR};

/// With '$' at its end, in an alternative, or before what cannot follow it.
std::string randomRegex(RandomRegex& random) {
  const std::string start = random.below(2) == 0 ? "^" : "";
  const std::string regex = start + random.pattern();
  switch (random.below(8)) {
    case 0:
      return "(?:" + regex + ")$";
    case 1:
      return "(?:" + regex + "|" + random.pattern() + "$)";
    case 2:
      return "(?:" + regex + ")\\z";
    case 3:
      return "(?:" + regex + ")(?:$|" + random.pattern() + ")";
    default:
      return regex;
  }
}

bool takes(Engine engine, const Pattern& pattern) {
  try {
    createMatcherDatabase(engine, {.patterns = {pattern}});
    return true;
  } catch (const SignatureError&) {
    return false;
  }
}

/// Of patterns that the engine takes, all in a part or two.
SignatureSet randomSet(Engine engine, RandomRegex& random, size_t patterns) {
  SignatureSet set;
  while (set.patterns.size() < patterns) {
    const std::string regex = randomRegex(random);
    const auto application = static_cast<uint32_t>(1 + random.below(3));
    const auto transport = static_cast<Transport>(random.below(4) == 0);
    Pattern candidate = testing::pattern(regex, application, transport, StreamSide::CLIENT);
    candidate.caseless = random.below(4) == 0;
    if (takes(engine, candidate)) set.patterns.push_back(candidate);
  }
  return set;
}

struct Tally {
  size_t events = 0;
  size_t streams = 0;
};

void judgeRandomSet(Engine engine, RandomRegex& random, std::mt19937& cuts, Tally& tally) {
  const auto set = randomSet(engine, random, 1 + random.below(6));
  std::string regexes;
  for (const Pattern& one : set.patterns) regexes += " /" + one.regex + "/";
  CAPTURE(regexes);
  JudgedDatabase judged(createMatcherDatabase(engine, set));
  for (int i = 0; i < 20; ++i) {
    const std::string input = random.input(30);
    CAPTURE(input);
    for (const DatabasePart part : {DatabasePart::TCP_CLIENT, DatabasePart::UDP_CLIENT}) {
      const Pieces pieces = testing::cutAtRandom(input, part, 5, cuts);
      tally.events += judged.judge(part, pieces);
      ++tally.streams;
    }
  }
}

TEST_CASE("random patterns on random streams give the oracle's events, in any segmentation") {
  for (const Engine engine : ENGINES) {
    CAPTURE(static_cast<int>(engine));
    RandomRegex random(21);
    std::mt19937 cuts(22);
    Tally tally;
    for (int round = 0; round < 120; ++round) judgeRandomSet(engine, random, cuts, tally);
    CHECK(tally.events > tally.streams / 2);
  }
}

TEST_CASE("'$' is the end of the data seen so far, each time that data comes") {
  const auto database = testing::databaseOf(
      {testing::pattern("^ab$", 1), testing::pattern("^abc+$", 2), testing::pattern("x|y$", 3),
       testing::pattern("^dgram$", 4, Transport::UDP), testing::pattern("^ab", 5)});
  const auto matcher = database->createMatcher(1);
  const auto eventsOf = [&](const Pieces& pieces, DatabasePart part = DatabasePart::TCP_CLIENT) {
    return testing::eventsOf(*matcher, part, pieces);
  };
  using Events = testing::StreamEvents;
  CHECK(eventsOf({"ab", "c"}) == Events{{0, 2}, {1, 3}, {4, 2}});
  CHECK(eventsOf({"abc"}) == Events{{1, 3}, {4, 2}});
  CHECK(eventsOf({"abcc", "c", "d"}) == Events{{1, 4}, {4, 2}});
  CHECK(eventsOf({"a", "", "bcd"}) == Events{{4, 2}});
  CHECK(eventsOf({"ab\n", "ab"}) == Events{{0, 3}, {4, 2}});
  CHECK(eventsOf({"1y2", "3x4", "y"}) == Events{{2, 6}});
  CHECK(eventsOf({"12y", "x", "y"}) == Events{{2, 3}});
  CHECK(eventsOf({"dgram"}, DatabasePart::UDP_CLIENT) == Events{{3, 5}});
  CHECK(eventsOf({"dgrams"}, DatabasePart::UDP_CLIENT).empty());
}

TEST_CASE("a set without '$' costs nothing for it") {
  const auto plain = testing::databaseOf({testing::pattern("^ab", 1)});
  const auto both = testing::databaseOf({testing::pattern("^ab", 1), testing::pattern("^c$", 1)});
  const auto part = DatabasePart::TCP_CLIENT;
  CHECK(plain->streamStateBytes(part) < both->streamStateBytes(part));
}

/// Octets changed, cut off and added: near what matches is where engines could differ.
std::string disturb(std::string payload, std::mt19937& random) {
  for (size_t changes = random() % 4; changes > 0; --changes) {
    payload[random() % payload.size()] = static_cast<char>(random());
  }
  if (random() % 4 == 0) payload.resize(1 + random() % payload.size());
  if (random() % 4 == 0) payload.resize(payload.size() + random() % 64, 'q');
  return payload;
}

TEST_CASE("Weir's signatures give the oracle's events on their examples and near them") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) {
    MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
    return;
  }
  for (const Engine engine : ENGINES) {
    CAPTURE(static_cast<int>(engine));
    JudgedDatabase judged(testing::dumpedDatabase(engine));
    std::mt19937 random(23);
    size_t events = 0;
    for (const DumpedSample& sample : dump->samples) {
      CAPTURE(sample.source);
      const DatabasePart part = partOf(sample.transport, sample.side);
      const std::string payload(sample.payload.begin(), sample.payload.end());
      events += judged.judge(part, testing::cutAtRandom(payload, part, 4, random));
      events += judged.judge(part, testing::cutAtRandom(disturb(payload, random), part, 4, random));
    }
    CHECK(events > dump->samples.size() / 2);
  }
}

}  // namespace
}  // namespace weir
