// SPDX-License-Identifier: Apache-2.0
// Several lanes at work while other threads read their counters and stop them. Worth most under
// ThreadSanitizer (suite `tsan`); what must hold holds without it too.
#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <numeric>
#include <thread>

#include "capture/test_captures.h"
#include "export/test_collector.h"
#include "lane/data_plane.h"

namespace weir {
namespace {

using namespace test;

constexpr uint32_t LANES = 3;
constexpr uint32_t PAIRS = 400;

SignatureSet signatures() {
  SignatureSet set;
  set.applications = {{.selector = 7, .name = "pair", .description = "", .category = "test"}};
  set.patterns = {{.regex = "^pair [0-9]+", .transport = Transport::UDP, .application = 7}};
  return set;
}

DataPlaneConfig configOf(SourceOptions source, const std::string& recordsPath,
                         const TestCollector& collector) {
  DataPlaneConfig config;
  config.source = std::move(source);
  config.lanes = LANES;
  config.signatures = signatures();
  config.earlyExport = EarlyExport::ON_CLASSIFY;
  config.flows.maximumFlows = 256;  // less than there are: flows are evicted as well
  config.recordsPath = recordsPath;
  config.targets = {{ExportProtocol::NETFLOW9, {"127.0.0.1", collector.port()}},
                    {ExportProtocol::NETFLOW5, {"127.0.0.1", collector.port()}}};
  return config;
}

PacketSum capturedBy(const DataPlane& plane) {
  PacketSum sum;
  for (const LaneCounters& lane : plane.counters()) {
    sum.packets += lane.captured.packets;
    sum.octets += lane.captured.octets;
  }
  return sum;
}

/// Reads the plane's counters from a thread of its own as fast as it can, until `done`.
std::thread watch(const DataPlane& plane, const std::atomic<bool>& done) {
  return std::thread([&plane, &done] {
    uint64_t before = 0;
    bool wentBack = false;
    while (!done) {
      const uint64_t packets = capturedBy(plane).packets;
      wentBack = wentBack || packets < before;
      before = packets;
      if (plane.recordsFailure() != 0) wentBack = true;
    }
    CHECK_FALSE(wentBack);
  });
}

void checkBooks(const DataPlane& plane) {
  for (const LaneCounters& lane : plane.counters()) {
    PacketSum accounted = lane.recorded;
    for (const PacketSum& reason : lane.exceptions) {
      accounted.packets += reason.packets;
      accounted.octets += reason.octets;
    }
    CHECK(lane.captured.packets == accounted.packets);
    CHECK(lane.captured.octets == accounted.octets);
    CHECK(lane.liveFlows == 0);
  }
}

/// Whole lines, each with as many braces that open as close: lanes share the file.
uint64_t wholeRecords(const std::string& path) {
  std::ifstream file(path);
  uint64_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    CHECK(line.front() == '{');
    CHECK(line.back() == '}');
    CHECK(line.find("}{") == std::string::npos);
  }
  return lines;
}

uint64_t recordsOf(const DataPlane& plane) {
  uint64_t records = 0;
  for (const LaneCounters& lane : plane.counters())
    records += std::accumulate(lane.recordsByEndReason.begin(), lane.recordsByEndReason.end(),
                               uint64_t{0});
  return records;
}

TEST_CASE("lanes share a file, a collector and a records file while another thread looks on") {
  const auto packets = packetsOfPairs(PAIRS);
  const TemporaryFile capture(pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets));
  const TemporaryFile records({});
  const TestCollector collector;
  DataPlane plane(configOf(FileOptions{capture.path()}, records.path(), collector));
  plane.build();
  std::atomic<bool> done = false;
  std::thread watcher = watch(plane, done);
  plane.open();
  plane.start();
  plane.wait();
  done = true;
  watcher.join();
  CHECK(capturedBy(plane).packets == packets.size());
  checkBooks(plane);
  CHECK(wholeRecords(records.path()) == recordsOf(plane));
}

TEST_CASE("another thread stops lanes in the middle of their work, and nothing is lost") {
  const TemporaryFile capture(
      pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packetsOfPairs(PAIRS)));
  const TemporaryFile records({});
  const TestCollector collector;
  const ReplayOptions replay{.path = capture.path(), .speed = 50, .end = ReplayEnd::LOOP};
  DataPlane plane(configOf(replay, records.path(), collector));
  plane.build();
  plane.open();
  plane.start();
  std::atomic<bool> done = false;
  std::thread watcher = watch(plane, done);
  std::thread stopper([&plane] {
    while (capturedBy(plane).packets < 1000) std::this_thread::yield();
    plane.stop();
  });
  plane.wait();
  done = true;
  stopper.join();
  watcher.join();
  checkBooks(plane);
  CHECK(wholeRecords(records.path()) == recordsOf(plane));
}

/// Until an engine came back, and the lanes have seen more with it.
void reviveUnderWay(DataPlane& plane) {
  while (!plane.reviveEngines()) {
    CHECK(plane.engines().size() == 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const uint64_t before = capturedBy(plane).packets;
  while (capturedBy(plane).packets < before + 1000) std::this_thread::yield();
}

TEST_CASE("engines fail and come back under running lanes, and nothing is lost") {
  const TemporaryFile capture(
      pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packetsOfPairs(PAIRS)));
  const TemporaryFile records({});
  const TestCollector collector;
  const ReplayOptions replay{.path = capture.path(), .speed = 50, .end = ReplayEnd::LOOP};
  DataPlaneConfig config = configOf(replay, records.path(), collector);
  config.engine.order = {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}};
  config.engine.device.settings = "channels=1,registers=1,fault=lost@100,back=20";
  DataPlane plane(std::move(config));
  plane.build();
  plane.open();
  plane.start();
  std::atomic<bool> done = false;
  std::thread watcher = watch(plane, done);
  std::thread keeper([&plane] {
    reviveUnderWay(plane);
    while (plane.engines()[0].matchers < LANES) {  // one may have seen its failure later
      (void)plane.reviveEngines();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    plane.freeReturned();
    plane.stop();
  });
  plane.wait();
  done = true;
  keeper.join();
  watcher.join();
  const std::vector<EngineState> engines = plane.engines();
  CHECK(engines[0].failure == EngineFailure::NONE);
  CHECK(engines[0].matchers == LANES);
  CHECK(plane.engineTotals().failures[static_cast<size_t>(EngineFailure::LOST)] >= LANES);
  CHECK(plane.engineTotals().unmatchedRequests == 0);
  checkBooks(plane);
  CHECK(wholeRecords(records.path()) == recordsOf(plane));
}

void waitForPackets(const DataPlane& plane, uint64_t count) {
  const uint64_t before = capturedBy(plane).packets;
  while (capturedBy(plane).packets < before + count) std::this_thread::yield();
}

uint64_t recordsWith(const std::string& path, const std::string& text) {
  std::ifstream file(path);
  uint64_t lines = 0;
  for (std::string line; std::getline(file, line);)
    if (line.find(text) != std::string::npos) ++lines;
  return lines;
}

TEST_CASE("new signatures go to a device that cannot be opened twice, and no lane leaves it") {
  const TemporaryFile capture(
      pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packetsOfPairs(PAIRS)));
  const TemporaryFile records({});
  const TestCollector collector;
  const ReplayOptions replay{.path = capture.path(), .speed = 50, .end = ReplayEnd::LOOP};
  DataPlaneConfig config = configOf(replay, records.path(), collector);
  config.engine.order = {EngineChoice{Engine::EMULATOR}};
  config.engine.device.settings = "channels=1,opens=1,registers=1";
  const FlowTimeouts timeouts{config.flows.idleTimeoutNs, config.flows.activeTimeoutNs};
  DataPlane plane(std::move(config));
  plane.build();
  plane.open();
  plane.start();
  std::atomic<bool> done = false;
  std::thread watcher = watch(plane, done);
  std::thread keeper([&] {
    for (uint32_t reload = 1; reload <= 4; ++reload) {
      waitForPackets(plane, 1000);
      SignatureSet set = signatures();
      set.applications[0].name = "twin";
      set.applications[0].selector = set.patterns[0].application = 7 + reload;
      set.patterns[0].regex += "[a-z]{0," + std::to_string(reload) + "}";
      plane.reload({.timeouts = timeouts, .signatures = std::move(set)});
      plane.freeReturned();
    }
    waitForPackets(plane, 1000);
    plane.stop();
  });
  plane.wait();
  done = true;
  keeper.join();
  watcher.join();
  CHECK(plane.engines()[0].matchers == LANES);
  for (const auto& failures : plane.engineTotals().failures) CHECK(failures == 0);
  CHECK(plane.engineTotals().unmatchedRequests == 0);
  checkBooks(plane);
  CHECK(wholeRecords(records.path()) == recordsOf(plane));
  CHECK(recordsWith(records.path(), "\"pair\"") > 0);
  CHECK(recordsWith(records.path(), "\"twin\"") > 0);
}

}  // namespace
}  // namespace weir
