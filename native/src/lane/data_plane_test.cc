// SPDX-License-Identifier: Apache-2.0
// Whole lanes, from a capture file to records and datagrams.
#include "lane/data_plane.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "capture/test_captures.h"
#include "export/netflow9_exporter.h"
#include "export/test_collector.h"

namespace weir {
namespace {

using namespace test;

constexpr int64_t SECOND = 1'000'000'000;

/// One UDP packet of each of `flows` flows in turn, at times that are out of order by up to
/// `disorderNs`.
std::vector<TestPacket> disorderedPackets(uint32_t flows, int64_t disorderNs) {
  std::mt19937_64 random(1);
  std::vector<TestPacket> packets;
  for (uint32_t i = 0; i < 6000; ++i) {
    const std::string source = "10.0.0." + std::to_string(i % flows);
    const Octets frame = ethernet({}, ipv4({.source = source}, udp({1000, 53}, Octets(20, 7))));
    const auto lateNs = static_cast<int64_t>(random() % static_cast<uint64_t>(disorderNs + 1));
    packets.push_back({1000 * SECOND + i * (SECOND / 50) - lateNs, frame});
  }
  return packets;
}

struct Run {
  std::vector<std::string> records;  ///< lines of JSON, sorted
  PacketSum captured, recorded;
  std::vector<LaneCounters> lanes;
};

Run runOn(const std::vector<TestPacket>& packets, DataPlaneConfig config) {
  const TemporaryFile capture(pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets));
  const TemporaryFile records({});
  config.source = FileOptions{capture.path()};
  config.recordsPath = records.path();
  config.engine.order = {EngineChoice{Engine::NONE}};
  DataPlane plane(std::move(config));
  plane.build();
  plane.open();
  plane.start();
  plane.wait();
  Run run;
  run.lanes = plane.counters();
  for (const LaneCounters& lane : run.lanes) {
    run.captured.packets += lane.captured.packets;
    run.captured.octets += lane.captured.octets;
    run.recorded.packets += lane.recorded.packets;
    run.recorded.octets += lane.recorded.octets;
  }
  std::ifstream file(records.path());
  for (std::string line; std::getline(file, line);) run.records.push_back(line);
  std::sort(run.records.begin(), run.records.end());
  return run;
}

TEST_CASE("the number of lanes changes no record of a capture that is a little out of order") {
  const auto packets = disorderedPackets(100, SECOND);
  const Run alone = runOn(packets, {});
  CHECK(alone.recorded.packets == packets.size());
  for (const uint32_t lanes : {2U, 3U, 5U}) {
    const Run shared = runOn(packets, {.lanes = lanes});
    CHECK(shared.records == alone.records);
    CHECK(shared.captured.packets == packets.size());
  }
}

TEST_CASE("the books of every lane balance when flows are evicted all the time") {
  const auto packets = disorderedPackets(250, 0);
  DataPlaneConfig config{.lanes = 3};
  config.flows.maximumFlows = 16;
  for (const LaneCounters& lane : runOn(packets, config).lanes) {
    CHECK(lane.recorded.packets == lane.captured.packets);
    CHECK(lane.recorded.octets == lane.captured.octets);
    CHECK(lane.table.evictedFlows > 0);
  }
}

TEST_CASE("templates go out first also in a capture without times") {
  std::vector<TestPacket> packets = disorderedPackets(3, 0);
  for (TestPacket& packet : packets) packet.timestampNs = 0;
  TestCollector collector;
  const Run run =
      runOn(packets, {.targets = {{ExportProtocol::NETFLOW9, {"127.0.0.1", collector.port()}}}});
  CHECK(run.records.size() == 3);
  const auto datagrams = collector.datagrams();
  REQUIRE(datagrams.size() >= 2);
  constexpr size_t FIRST_SET_AT = 20;
  CHECK(load16Be(datagrams[0].data() + FIRST_SET_AT) == 0);
}

TEST_CASE("templates go out again and records leave in time when the clock was set back") {
  TestCollector collector;
  Netflow9Exporter exporter(collector.sender(), {});
  exporter.open();
  std::mt19937_64 random(1);
  exporter.tick(9000 * SECOND);
  const size_t announcement = collector.datagrams().size();
  exporter.tick(1000 * SECOND);
  CHECK(announcement > 0);
  CHECK(collector.datagrams().size() == announcement);
  OwnedRecord owned = randomRecord(random, 1000 * SECOND, 4);
  owned.record.forward.packets = owned.record.forward.octets = 100;
  exporter.write(owned.get());
  exporter.tick(1002 * SECOND);
  CHECK(collector.datagrams().size() == 1);
}

}  // namespace
}  // namespace weir
