// SPDX-License-Identifier: Apache-2.0
// Stream states and databases as bytes: a stream that is moved at random between queues, devices
// and table sizes has the events of one that stays, and damaged bytes are told as such.
#include <algorithm>
#include <memory>

#include "byte_format.h"
#include "testing/random_regex.h"
#include "testing/rig.h"

using namespace weir::ncore::testing;

namespace {

constexpr uint32_t OPEN = NCORE_JOB_OPEN;
constexpr uint32_t IMPORT = NCORE_JOB_OPEN | NCORE_JOB_IMPORT;
constexpr uint32_t EXPORT = NCORE_JOB_EXPORT | NCORE_JOB_CLOSE;

NcoreDatabaseInfo infoOf(Rig& rig, uint32_t databaseId) {
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  REQUIRE(api().queryDatabase(rig.device, databaseId, &info) == NCORE_OK);
  return info;
}

NcoreJob withState(NcoreJob job, std::vector<uint8_t>& state) {
  job.state = state.data();
  job.stateBytes = static_cast<uint32_t>(state.size());
  return job;
}

std::vector<uint8_t> exported(Rig& rig, uint32_t stateBytesMax, uint32_t slot = 0) {
  std::vector<uint8_t> state(stateBytesMax);
  const Results results = rig.run(withState(job("", EXPORT, slot), state));
  REQUIRE(results.completions[0].status == NCORE_OK);
  state.resize(results.completions[0].stateBytes);
  return state;
}

NcoreStatus imported(Rig& rig, std::vector<uint8_t> state) {
  return rig.run(withState(job("", IMPORT), state)).completions[0].status;
}

std::vector<Regex> randomRegexes(RandomRegex& random, size_t count) {
  std::vector<Regex> regexes;
  for (size_t i = 0; i < count; ++i) {
    regexes.push_back({random.pattern(), static_cast<uint32_t>(random.below(4))});
  }
  return regexes;
}

}  // namespace

TEST_CASE("a stream that moves has the events of one that stays") {
  RandomRegex random(11, RandomRegex::Ends::WITH_ENDS);
  size_t moves = 0;
  for (int round = 0; round < 150; ++round) {
    const Patterns patterns(randomRegexes(random, 1 + random.below(8)));
    std::vector<std::unique_ptr<Rig>> rigs;
    rigs.push_back(std::make_unique<Rig>(QueueShape{2, 8, 0}));
    rigs.push_back(std::make_unique<Rig>(QueueShape{2, 8, 1}));  // the smallest tables
    rigs.push_back(std::make_unique<Rig>(QueueShape{2, 8, 0}, "channels=2"));
    uint32_t stateBytesMax = 0;
    for (auto& rig : rigs) stateBytesMax = infoOf(*rig, rig->use(patterns)).stateBytesMax;
    const std::vector<std::string> pieces = random.segments(random.input(60), 8);
    const uint32_t ends = NCORE_JOB_END_OF_DATA;
    Rig* at = rigs[0].get();
    Ends moved;
    Ends stayed;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const uint32_t open = i == 0 ? OPEN : 0;
      addEnds(rigs[0]->run(job(pieces[i], open | ends, 1)), stayed);
      addEnds(at->run(job(pieces[i], open | ends)), moved);
      if (random.below(2) == 0) continue;
      std::vector<uint8_t> state = exported(*at, stateBytesMax);
      at = rigs[random.below(rigs.size())].get();
      REQUIRE(imported(*at, state) == NCORE_OK);
      CHECK(exported(*at, stateBytesMax) == state);
      REQUIRE(imported(*at, state) == NCORE_OK);
      ++moves;
    }
    REQUIRE(moved == stayed);
  }
  CHECK(moves > 200);
}

TEST_CASE("a state finds its database by content, active or not") {
  Rig rig;
  const Patterns patterns({{"abc"}});
  const Patterns others({{"abd"}});
  const uint32_t id = rig.use(patterns);
  const uint32_t stateBytesMax = infoOf(rig, id).stateBytesMax;
  rig.run(job("xab", OPEN));
  const std::vector<uint8_t> state = exported(rig, stateBytesMax);
  CHECK(rig.run(job("c", 0)).completions[0].status == NCORE_STALE_GENERATION);
  rig.use(others);
  REQUIRE(imported(rig, state) == NCORE_OK);
  CHECK(rig.run(job("c", NCORE_JOB_CLOSE)).events.at(0).endOffset == 4);
  CHECK(rig.run(job("abd", WHOLE)).events.size() == 1);  // opening uses the active one still
  REQUIRE(api().unloadDatabase(rig.device, id) == NCORE_OK);
  CHECK(imported(rig, state) == NCORE_NO_DATABASE);
  CHECK(rig.run(job("", 0)).completions[0].status == NCORE_STALE_GENERATION);
}

TEST_CASE("what can not be exported or imported changes nothing") {
  Rig rig;
  const Patterns patterns({{"abc"}});
  const uint32_t stateBytesMax = infoOf(rig, rig.use(patterns)).stateBytesMax;
  std::vector<uint8_t> room(stateBytesMax);
  std::vector<uint8_t> less(stateBytesMax - 1);
  const auto statusOf = [&](const NcoreJob& job) { return rig.run(job).completions[0].status; };
  rig.run(job("ab", OPEN));
  CHECK(statusOf(withState(job("c", EXPORT), less)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(job("c", EXPORT)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(withState(job("c", NCORE_JOB_IMPORT), room)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(withState(job("c", IMPORT | EXPORT), room)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(withState(job("c", IMPORT), room)) == NCORE_BAD_FORMAT);
  CHECK(rig.run(job("c", 0)).events.size() == 1);
}

TEST_CASE("damaged states are told as such, and forged ones do no harm") {
  RandomRegex random(12);
  const Patterns patterns({{"a.{2,9}c"}, {"^b+c"}, {"x|y$"}});
  Rig rig;
  const uint32_t stateBytesMax = infoOf(rig, rig.use(patterns)).stateBytesMax;
  rig.run(job("aabba", OPEN));
  const std::vector<uint8_t> state = exported(rig, stateBytesMax);
  for (size_t i = 0; i < state.size(); ++i) {
    std::vector<uint8_t> damaged = state;
    damaged[i] ^= static_cast<uint8_t>(1U << random.below(8));
    CHECK(imported(rig, damaged) == NCORE_BAD_FORMAT);
    damaged.resize(std::max<size_t>(i, 1));
    CHECK(imported(rig, damaged) == NCORE_BAD_FORMAT);
  }
  size_t taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> forged(state.begin(), state.end() - 8);
    for (size_t i = random.below(4) + 1; i-- > 0;) {
      forged[17 + random.below(forged.size() - 17)] = static_cast<uint8_t>(random.below(256));
    }
    weir::ncore::ByteWriter(forged).seal();
    if (imported(rig, forged) != NCORE_OK) continue;
    ++taken;
    rig.run(job("abcabbbccxy", NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA));
  }
  CHECK(taken > 20);
}

TEST_CASE("a database survives as bytes, and damaged ones are told") {
  const Patterns patterns({{"abc"}, {"(refused"}, {"^x.*y$", NCORE_PATTERN_DOTALL}});
  uint64_t sizeBytes = 0;
  CHECK(api().saveDatabase(patterns.database, nullptr, 0, &sizeBytes) == NCORE_BAD_ARGUMENT);
  std::vector<uint8_t> bytes(sizeBytes);
  REQUIRE(api().saveDatabase(patterns.database, bytes.data(), bytes.size(), &sizeBytes) ==
          NCORE_OK);
  NcoreDatabase* database = nullptr;
  REQUIRE(api().restoreDatabase(bytes.data(), bytes.size(), &database) == NCORE_OK);
  Rig rig;
  uint32_t id = 0;
  REQUIRE(api().loadDatabase(rig.device, database, &id) == NCORE_OK);
  REQUIRE(api().activateDatabase(rig.device, id) == NCORE_OK);
  api().freeDatabase(database);
  CHECK(endsOf(rig, {"x abc"}) == Ends{{0, 5}});
  CHECK(rig.run(job("x\ny", WHOLE | NCORE_JOB_END_OF_DATA)).events.at(0).patternId == 2);
  CHECK(infoOf(rig, id).patterns == 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 4;
    CHECK(api().restoreDatabase(bytes.data(), bytes.size(), &database) == NCORE_BAD_FORMAT);
    CHECK(api().restoreDatabase(bytes.data(), i, &database) == NCORE_BAD_FORMAT);
    bytes[i] ^= 4;
  }
}
