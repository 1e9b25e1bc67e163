// SPDX-License-Identifier: Apache-2.0
// Real captures through whole lanes: whatever matches the patterns, and whatever becomes of it on
// the way, the records are Hyperscan's. Weir's signatures and l7-filter's, of which many test the
// end of data, come as dumps, see test_signature_dump.h; WEIR_ALL_CAPTURES=1 reads all captures
// in all ways instead of a sample. Skipped where there are none.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "capture/capture_error.h"
#include "capture/test_captures.h"
#include "classify/engine_order.h"
#include "classify/test_dumped_database.h"
#include "lane/data_plane.h"
#include "test_sample.h"

namespace weir {
namespace {

// Each way is met once, whatever the sample; in the four turns of a capture of all, once with it.
constexpr size_t SAMPLE_STEP = 80;
constexpr size_t WAYS_A_TURN = 3;

/// The example of a vendor's library, instead of the emulator.
constexpr const char* EXAMPLE = "example";

/// A device and what becomes of it, by its settings.
const char* const SETTINGS[] = {EXAMPLE,
                                "",
                                "channels=4",
                                "fault=lost@20",
                                "channels=2,fault=lost@7",
                                "fault=stuck@9",
                                "fault=full@12",
                                "channels=1,fault=slow:200",
                                "fault=truncate:1",
                                "fault=timeout@3",
                                "memory=4096"};

struct Outcome {
  std::vector<std::string> records;  ///< lines of JSON, sorted
  PacketSum captured, recorded, exceptions;
};

void add(PacketSum& to, const PacketSum& sum) {
  to.packets += sum.packets;
  to.octets += sum.octets;
}

Outcome outcomeOf(DataPlaneConfig config) {
  const test::TemporaryFile records({});
  config.recordsPath = records.path();
  DataPlane plane(std::move(config));
  plane.build();
  plane.open();
  plane.start();
  plane.wait();
  Outcome outcome;
  for (const LaneCounters& lane : plane.counters()) {
    add(outcome.captured, lane.captured);
    add(outcome.recorded, lane.recorded);
    for (const PacketSum& exception : lane.exceptions) add(outcome.exceptions, exception);
  }
  std::ifstream file(records.path());
  for (std::string line; std::getline(file, line);) outcome.records.push_back(line);
  std::sort(outcome.records.begin(), outcome.records.end());
  return outcome;
}

struct Turn {
  std::string capture;
  const SignatureSet& signatures;
  uint32_t lanes;
};

/// All of a capture's; of a sample one, by its number: lanes and signatures take turns.
std::vector<Turn> turnsOf(const std::string& capture, size_t number,
                          const std::vector<const SignatureSet*>& sets) {
  std::vector<Turn> turns;
  if (!testing::readsAllCaptures())
    return {{capture, *sets[number / 2 % sets.size()], static_cast<uint32_t>(1 + number % 2)}};
  for (const SignatureSet* const set : sets)
    for (const uint32_t lanes : {1U, 2U}) turns.push_back({capture, *set, lanes});
  return turns;
}

void checkWays(const Turn& turn, const std::vector<std::string>& ways, const DatabaseCache& cache) {
  CAPTURE(turn.capture);
  CAPTURE(turn.lanes);
  DataPlaneConfig config;
  config.source = FileOptions{turn.capture};
  config.signatures = turn.signatures;
  config.cache = cache;
  config.lanes = turn.lanes;
  Outcome expected;
  try {
    expected = outcomeOf(config);
  } catch (const CaptureError& refused) {
    MESSAGE("not read: " << std::string(refused.what()));
    return;
  }
  config.engine.order = {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}};
  config.engine.deadlineNs = 50'000'000;
  for (const std::string& settings : ways) {
    CAPTURE(settings);
    const bool isExample = settings == EXAMPLE;
    config.engine.order.front().engine = isExample ? Engine::NCORE : Engine::EMULATOR;
    config.engine.device.library = isExample ? WEIR_EXAMPLE_DEVICE : "";
    config.engine.device.settings = isExample ? "" : settings;
    const Outcome found = outcomeOf(config);
    CHECK(found.records == expected.records);
    CHECK(found.captured.packets == found.recorded.packets + found.exceptions.packets);
    CHECK(found.captured.octets == found.recorded.octets + found.exceptions.octets);
  }
}

TEST_CASE("records of real captures are the same with every engine and every failure") {
  std::vector<const SignatureSet*> sets;
  for (const char* variable : {"WEIR_SIGNATURE_DUMP", "WEIR_L7_SIGNATURE_DUMP"}) {
    const SignatureDump* const dump = SignatureDumpReader::fromEnvironment(variable);
    if (dump != nullptr) sets.push_back(&dump->set);
  }
  if (sets.empty()) return;
  const DatabaseCache cache = testing::testDatabaseCache();
  size_t way = 0;
  size_t number = 0;
  for (const std::string& capture : testing::applicationCaptures(SAMPLE_STEP)) {
    for (const Turn& turn : turnsOf(capture, number++, sets)) {
      std::vector<std::string> ways;
      for (size_t i = 0; i < WAYS_A_TURN; ++i)
        ways.push_back(SETTINGS[way++ % std::size(SETTINGS)]);
      checkWays(turn, ways, cache);
    }
  }
}

}  // namespace
}  // namespace weir
