// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "flow/test_flow_table.h"

using namespace weir::test;

namespace weir {
namespace {

TEST_CASE("in a tunnel the outer octets are counted beside the inner ones, by direction") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  DecodedPacket packet = makePacket(1, SECOND);
  packet.key.tunnel = Tunnel::VXLAN;
  packet.outerOctets = 150;
  packet.mplsTopLabel = 0x123451;
  feed(table, sink, packet);
  packet.sender = Sender::B;
  packet.mplsTopLabel = DecodedPacket::NO_LABEL;
  FlowEntry& entry = feed(table, sink, packet);
  feed(table, sink, packet);
  const FlowRecord record = table.recordOf(entry, EndReason::IDLE_TIMEOUT);
  CHECK(record.forward.outerOctets == 150);
  CHECK(record.reverse.outerOctets == 300);
  CHECK(record.reverse.octets == 200);
  CHECK(record.forward.mplsTopLabel == 0x123451);
  CHECK(record.reverse.mplsTopLabel == DecodedPacket::NO_LABEL);
  table.exportNow(entry, sink);
  CHECK(table.recordOf(entry, EndReason::IDLE_TIMEOUT).reverse.outerOctets == 0);
}

TEST_CASE("all records of a flow have one id, and no two flows share one") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  const auto idOf = [&](const FlowEntry& entry) {
    return table.recordOf(entry, EndReason::IDLE_TIMEOUT).flowId;
  };
  const uint64_t first = idOf(feed(table, sink, makePacket(1, 0)));
  CHECK(idOf(feed(table, sink, makePacket(1, 70 * SECOND / 10, Sender::B))) == first);
  CHECK(idOf(feed(table, sink, makePacket(2, 0))) != first);
  CHECK(idOf(feed(table, sink, makePacket(1, 100 * SECOND))) != first);
}

TEST_CASE("a packet counts for its weight, and a record leaves before the counter could wrap") {
  constexpr uint32_t WEIGHT = 1024;
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0));
  table.setWeight(WEIGHT);
  FlowEntry& entry = feed(table, sink, makePacket(1, SECOND));
  feed(table, sink, makePacket(1, 2 * SECOND, Sender::B));
  CHECK(entry.packets[0] == 1 + WEIGHT);
  CHECK(entry.octets[0] == 100 * (1 + WEIGHT));
  CHECK(entry.packets[1] == WEIGHT);
  entry.packets[0] = UINT32_MAX - WEIGHT;
  feed(table, sink, makePacket(1, 3 * SECOND));
  CHECK(sink.outputs.empty());
  feed(table, sink, makePacket(1, 4 * SECOND));
  REQUIRE(sink.outputs.size() == 1);
  CHECK(sink.outputs[0].packets == UINT32_MAX);
  CHECK(entry.packets[0] == WEIGHT);
}

TEST_CASE("under pressure flows end with reason 5 and every packet is in a record") {
  FlowTableOptions options;
  options.maximumFlows = 64;
  FlowTable table(options, FlowHash::randomSeed());
  Collect sink(table);
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i)
    feed(table, sink, makePacket(static_cast<uint16_t>(random() % 1000), i * SECOND / 1000));
  CHECK(table.liveFlows() == 64);
  table.flush(0, sink);
  uint64_t packets = 0;
  uint64_t lacking = 0;
  for (const Output& output : sink.outputs) {
    packets += output.packets;
    lacking += output.reason == EndReason::LACK_OF_RESOURCES;
  }
  CHECK(packets == 20000);
  CHECK(lacking == table.counters().evictedFlows);
  CHECK(lacking > 0);
}

TEST_CASE("a connection that goes on after a reset is exported at every active timeout") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0, Sender::A, TCP_SYN));
  feed(table, sink, makePacket(1, SECOND / 10, Sender::B, TCP_RST));
  for (int64_t at = SECOND / 2; at < 130 * SECOND; at += SECOND / 2)
    feed(table, sink, makePacket(1, at, Sender::A, TCP_ACK));
  REQUIRE(sink.outputs.size() == 2);
  for (const Output& output : sink.outputs) CHECK(output.reason == EndReason::ACTIVE_TIMEOUT);
}

TEST_CASE("a reset that its sender does not keep to ends nothing") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0, Sender::A, TCP_SYN)).application = 7;
  feed(table, sink, makePacket(1, SECOND, Sender::B, TCP_RST));
  feed(table, sink, makePacket(1, SECOND + 1, Sender::B, TCP_ACK));
  for (int64_t at = 3; at < 30; at += 2) {
    const FlowEntry& entry = feed(table, sink, makePacket(1, at * SECOND, Sender::A, TCP_ACK));
    CHECK(entry.application == 7);
  }
  CHECK(sink.outputs.empty());
}

TEST_CASE("a reset takes nobody's name") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0, Sender::A, TCP_SYN)).application = 7;
  feed(table, sink, makePacket(1, SECOND, Sender::A, TCP_RST));
  for (int64_t at = 10; at < 600; at += 100) {
    table.advance(at * SECOND, sink);
    const FlowEntry& entry = feed(table, sink, makePacket(1, at * SECOND, Sender::B, TCP_ACK));
    CHECK(entry.application == 7);
    CHECK(entry.initiator == Sender::A);
  }
  for (const Output& output : sink.outputs) CHECK(output.reason == EndReason::END_OF_FLOW);
  CHECK(feed(table, sink, makePacket(1, 601 * SECOND, Sender::B, TCP_SYN)).application == 0);
}

TEST_CASE("the record of a connection that closes just before the active timeout says so") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  for (int64_t at = 0; at < 60; at += 5) {
    feed(table, sink, makePacket(1, at * SECOND, Sender::A, at == 0 ? TCP_SYN : TCP_ACK));
  }
  feed(table, sink, makePacket(1, 59 * SECOND + 5 * SECOND / 10, Sender::A, TCP_FIN | TCP_ACK));
  feed(table, sink, makePacket(1, 59 * SECOND + 6 * SECOND / 10, Sender::B, TCP_FIN | TCP_ACK));
  table.advance(70 * SECOND, sink);
  REQUIRE(sink.outputs.size() == 1);
  CHECK(sink.outputs[0].reason == EndReason::END_OF_FLOW);
}

TEST_CASE("a SYN begins a connection anew where only late segments of an older one were seen") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0, Sender::B, TCP_ACK));
  CHECK(feed(table, sink, makePacket(1, 2 * SECOND, Sender::A, TCP_SYN)).initiator == Sender::A);
  feed(table, sink, makePacket(1, 3 * SECOND, Sender::A, TCP_SYN));  // not answered: sent again
  CHECK(sink.outputs.size() == 1);
  CHECK(table.counters().flows == 2);
}

TEST_CASE("a flow whose packets fall back by more than the idle timeout starts anew") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 9000 * SECOND));
  feed(table, sink, makePacket(1, 8990 * SECOND));
  feed(table, sink, makePacket(1, 1000 * SECOND));
  REQUIRE(sink.outputs.size() == 1);
  CHECK(sink.outputs[0].startNs == 8990 * SECOND);
  CHECK(sink.outputs[0].endNs == 9000 * SECOND);
  CHECK(sink.outputs[0].reason == EndReason::IDLE_TIMEOUT);
}

TEST_CASE("a closed flow does not wait for the idle timeout of the table's first flow") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 0));
  table.advance(0, sink);
  feed(table, sink, makePacket(2, SECOND, Sender::A, TCP_RST));
  table.advance(4 * SECOND, sink);
  REQUIRE(sink.outputs.size() == 1);
  CHECK(sink.outputs[0].port == 2);
}

TEST_CASE("flows still end when the clock was set back by hours") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  feed(table, sink, makePacket(1, 9000 * SECOND));
  table.advance(9000 * SECOND, sink);
  feed(table, sink, makePacket(2, 1000 * SECOND));
  table.advance(1000 * SECOND, sink);
  for (int64_t at = 1001; at < 1020; ++at) table.advance(at * SECOND, sink);
  REQUIRE(sink.outputs.size() == 1);
  CHECK(sink.outputs[0].port == 2);
  CHECK(table.liveFlows() == 1);
}

TEST_CASE("a first packet with SYN and ACK comes from the responder") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  CHECK(feed(table, sink, makePacket(1, 0, Sender::A, TCP_SYN | TCP_ACK)).initiator == Sender::B);
  CHECK(feed(table, sink, makePacket(2, 0, Sender::B, TCP_SYN)).initiator == Sender::B);
}

TEST_CASE("the records of a connection say whether its start was seen") {
  FlowTable table({}, FlowHash::randomSeed());
  Collect collect(table);
  FlowEntry& pickedUp = feed(table, collect, makePacket(1, SECOND, Sender::A, TCP_ACK));
  CHECK(table.recordOf(pickedUp, EndReason::FORCED_END).missedStart);
  FlowEntry& opened = feed(table, collect, makePacket(2, SECOND, Sender::B, TCP_SYN | TCP_ACK));
  CHECK_FALSE(table.recordOf(opened, EndReason::FORCED_END).missedStart);
  table.exportNow(opened, collect);
  feed(table, collect, makePacket(2, SECOND, Sender::A, TCP_ACK));
  CHECK_FALSE(table.recordOf(opened, EndReason::FORCED_END).missedStart);
  DecodedPacket datagram = makePacket(3, SECOND);
  datagram.key.protocol = 17;
  CHECK_FALSE(table.recordOf(feed(table, collect, datagram), EndReason::FORCED_END).missedStart);
}

TEST_CASE("exportNow gives a record and counting goes on from zero") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  FlowEntry& entry = feed(table, sink, makePacket(1, 0));
  table.exportNow(entry, sink);
  table.exportNow(entry, sink);
  feed(table, sink, makePacket(1, SECOND, Sender::B));
  table.flush(0, sink);
  REQUIRE(sink.outputs.size() == 2);
  CHECK(sink.outputs[0].packets == 1);
  CHECK(sink.outputs[1].packets == 0);
  CHECK(sink.outputs[1].reversePackets == 1);
  CHECK(sink.outputs[1].startNs == SECOND);
}

TEST_CASE(
    "an idle TCP connection keeps its name and initiator; a SYN or the end of sleep forgets them") {
  FlowTable table(FlowTableOptions{}, FlowHash::randomSeed());
  Collect sink(table);
  for (uint16_t port : {1, 2, 3})
    feed(table, sink, makePacket(port, 0, Sender::A, TCP_SYN)).application = 7;
  const FlowEntry& woken = feed(table, sink, makePacket(1, 100 * SECOND, Sender::B, TCP_ACK));
  CHECK(woken.application == 7);
  CHECK(woken.initiator == Sender::A);
  CHECK(woken.recordStartNs == 100 * SECOND);
  CHECK(feed(table, sink, makePacket(2, 100 * SECOND, Sender::B, TCP_SYN)).application == 0);
  CHECK(feed(table, sink, makePacket(3, 400 * SECOND, Sender::B, TCP_ACK)).application == 0);
  REQUIRE(sink.outputs.size() == 3);
  for (const Output& output : sink.outputs) CHECK(output.reason == EndReason::IDLE_TIMEOUT);
  CHECK(sink.endedFlows == 2);
  table.advance(2000 * SECOND, sink);
  CHECK(table.liveFlows() == 0);
  CHECK(sink.outputs.size() == 6);
}

TEST_CASE("a flood of new flows ends flows of its own, not those that are busy") {
  FlowTableOptions options;
  options.maximumFlows = 256;
  FlowTable table(options, FlowHash::randomSeed());
  Collect sink(table);
  constexpr int BUSY = 100;
  for (uint16_t port = 0; port < BUSY; ++port)
    feed(table, sink, makePacket(port, 0, Sender::A, TCP_SYN)).application = 7;
  int64_t now = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += SECOND / 1000;
    table.advance(now, sink);
    feed(table, sink,
         makePacket(static_cast<uint16_t>(1000 + i % 60'000), now, Sender::A, TCP_SYN));
    if (i % 100 != 0) continue;
    for (uint16_t port = 0; port < BUSY; ++port) {
      CHECK(feed(table, sink, makePacket(port, now, Sender::B, TCP_ACK)).application == 7);
    }
  }
  CHECK(table.counters().evictedFlows > 99'000);
}

TEST_CASE("under pressure sleepers go before flows that have packets") {
  FlowTableOptions options;
  options.maximumFlows = 64;
  FlowTable table(options, FlowHash::randomSeed());
  Collect sink(table);
  for (uint16_t port = 0; port < 60; ++port)
    feed(table, sink, makePacket(port, 0, Sender::A, TCP_ACK)).application = 7;
  table.advance(20 * SECOND, sink);
  CHECK(sink.outputs.size() == 60);
  CHECK(table.liveFlows() == 60);
  for (uint16_t port = 100; port < 164; ++port) feed(table, sink, makePacket(port, 21 * SECOND));
  CHECK(sink.outputs.size() == 60);
  CHECK(table.liveFlows() == 64);
}

TEST_CASE("keys in long runs find their entries again after random removal") {
  FlowIndex index(1U << 16U);
  std::mt19937 random(3);
  std::multimap<uint32_t, uint32_t> pairs;
  for (uint32_t entry = 0; entry < 60000; ++entry) {
    const uint32_t hash = random() % 5000;  // long runs on purpose
    index.insert(hash, entry);
    pairs.emplace(hash, entry);
    if (random() % 2 == 0) {
      auto victim = pairs.lower_bound(random() % 5000);
      if (victim == pairs.end()) continue;
      index.erase(victim->first, victim->second);
      pairs.erase(victim);
    }
  }
  for (const auto& [hash, entry] : pairs)
    CHECK(index.find(hash, [&](uint32_t found) { return found == entry; }) == entry);
}

}  // namespace
}  // namespace weir
