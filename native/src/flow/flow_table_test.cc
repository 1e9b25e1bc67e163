// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace weir {
namespace {

constexpr int64_t SECOND = 1'000'000'000;

struct Output {
  uint16_t port;
  uint64_t octets, packets, reverseOctets, reversePackets;
  int64_t startNs, endNs;
  int64_t startMs[2], endMs[2];  ///< of A and B; 0 where nothing was sent
  EndReason reason;
  auto operator<=>(const Output&) const = default;
};

class Collect : public FlowSink {
 public:
  explicit Collect(FlowTable& table) : table_(table) {}

  void record(FlowEntry& entry, EndReason reason) override {
    const FlowRecord record = table_.recordOf(entry, reason);
    const bool fromA = entry.initiator == Sender::A;
    const DirectionRecord& a = fromA ? record.forward : record.reverse;
    const DirectionRecord& b = fromA ? record.reverse : record.forward;
    outputs.push_back({a.sourcePort,
                       a.octets,
                       a.packets,
                       b.octets,
                       b.packets,
                       record.startNs,
                       record.endNs,
                       {a.startMs, b.startMs},
                       {a.endMs, b.endMs},
                       reason});
  }
  void ended(FlowEntry&) override { ++endedFlows; }

  std::vector<Output> outputs;
  uint64_t endedFlows = 0;

 private:
  FlowTable& table_;
};

DecodedPacket makePacket(uint16_t port, int64_t timestampNs, Sender sender = Sender::A,
                         uint16_t tcpFlags = 0) {
  DecodedPacket packet;
  packet.key.portA = port;
  packet.key.portB = 80;
  packet.key.protocol = 6;
  packet.key.ipVersion = 4;
  packet.timestampNs = timestampNs;
  packet.octets = 100;
  packet.sender = sender;
  packet.tcpFlags = tcpFlags;
  return packet;
}

FlowEntry& feed(FlowTable& table, FlowSink& sink, const DecodedPacket& packet) {
  const uint32_t hash = table.locate(packet);
  return table.update(packet, hash, table.fetch(hash), sink);
}

/// The rules of flow ending, written as a search through time with nothing but a map: the oracle.
class ReferenceTable {
 public:
  explicit ReferenceTable(FlowTableOptions options) : options_(options) {}

  void add(const DecodedPacket& packet) {
    const uint16_t port = packet.key.portA;
    if (flows_.contains(port)) {
      runTo(port, packet.timestampNs);
      if (flows_.contains(port) && flows_[port].finishing && packet.tcpFlags == TCP_SYN)
        close(port, EndReason::END_OF_FLOW);
    }
    if (!flows_.contains(port)) flows_[port] = Flow{};
    Flow& flow = flows_[port];
    if (flow.packets[0] + flow.packets[1] == 0) flow.start = packet.timestampNs;
    flow.last = packet.timestampNs;
    const auto side = static_cast<size_t>(packet.sender);
    if (flow.packets[side] == 0) flow.startMs[side] = packet.timestampNs / 1'000'000;
    flow.endMs[side] = packet.timestampNs / 1'000'000;
    flow.octets[side] += packet.octets;
    ++flow.packets[side];
    if (packet.tcpFlags & TCP_FIN) flow.fin[side] = true;
    if (packet.tcpFlags & TCP_RST) flow.reset = true;
    flow.finishing = flow.reset || flow.fin[0] || flow.fin[1];
  }

  std::vector<Output> finish(int64_t nowNs) {
    while (!flows_.empty()) {
      const uint16_t port = flows_.begin()->first;
      runTo(port, nowNs);
      if (flows_.contains(port)) close(port, EndReason::FORCED_END);
    }
    return outputs_;
  }

 private:
  struct Flow {
    uint64_t octets[2] = {0, 0}, packets[2] = {0, 0};
    int64_t start = 0, last = 0, startMs[2] = {0, 0}, endMs[2] = {0, 0};
    bool fin[2] = {false, false}, reset = false, finishing = false;
  };

  void emit(uint16_t port, EndReason reason) {
    Flow& flow = flows_[port];
    if (flow.packets[0] + flow.packets[1] == 0) return;
    outputs_.push_back({port,
                        flow.octets[0],
                        flow.packets[0],
                        flow.octets[1],
                        flow.packets[1],
                        flow.start,
                        flow.last,
                        {flow.startMs[0], flow.startMs[1]},
                        {flow.endMs[0], flow.endMs[1]},
                        reason});
    for (int side : {0, 1}) {
      flow.octets[side] = flow.packets[side] = 0;
      flow.startMs[side] = flow.endMs[side] = 0;
    }
  }
  void close(uint16_t port, EndReason reason) {
    emit(port, reason);
    flows_.erase(port);
  }
  void runTo(uint16_t port, int64_t nowNs) {
    while (flows_.contains(port)) {
      Flow& flow = flows_[port];
      const bool counted = flow.packets[0] + flow.packets[1] != 0;
      const int64_t idle = flow.last + options_.idleTimeoutNs;
      const int64_t active = counted ? flow.start + options_.activeTimeoutNs : INT64_MAX;
      const bool closed = flow.reset || (flow.fin[0] && flow.fin[1]);
      const int64_t linger = flow.last + std::min(options_.closedLingerNs, options_.idleTimeoutNs);
      const int64_t quiet = closed ? linger : idle;
      if (std::min(active, quiet) > nowNs) return;
      if (active < quiet) {
        emit(port, EndReason::ACTIVE_TIMEOUT);
      } else {
        close(port, closed ? EndReason::END_OF_FLOW : EndReason::IDLE_TIMEOUT);
      }
    }
  }

  FlowTableOptions options_;
  std::map<uint16_t, Flow> flows_;
  std::vector<Output> outputs_;
};

uint16_t randomFlags(std::mt19937& random) {
  switch (random() % 12) {
    case 0:
      return TCP_FIN | TCP_ACK;
    case 1:
      return TCP_RST;
    case 2:
      return TCP_SYN;
    default:
      return TCP_ACK;
  }
}

/// Same packets through table and oracle; `advance` is called at random moments, which must not
/// matter.
void compareWithReference(uint32_t seed) {
  std::mt19937 random(seed);
  FlowTableOptions options;
  options.idleTimeoutNs = static_cast<int64_t>(1 + random() % 20) * SECOND;
  options.activeTimeoutNs = static_cast<int64_t>(1 + random() % 70) * SECOND;
  options.maximumFlows = 4096;
  FlowTable table(options, FlowHash::randomSeed());
  ReferenceTable reference(options);
  Collect sink(table);
  int64_t now = 1'700'000'000 * SECOND;
  for (int i = 0; i < 1500; ++i) {
    now += static_cast<int64_t>(random() % (random() % 50 == 0 ? 40 * SECOND : SECOND / 5));
    const auto packet = makePacket(static_cast<uint16_t>(random() % 40), now,
                                   random() % 2 ? Sender::A : Sender::B, randomFlags(random));
    feed(table, sink, packet);
    reference.add(packet);
    if (random() % 3 == 0) table.advance(now, sink);
  }
  table.flush(now, sink);
  std::vector<Output> expected = reference.finish(now);
  std::sort(expected.begin(), expected.end());
  std::sort(sink.outputs.begin(), sink.outputs.end());
  CHECK(sink.outputs == expected);
  CHECK(sink.endedFlows == table.counters().flows);
  CHECK(table.liveFlows() == 0);
}

TEST_CASE("the table gives the records of the reference, whenever the clock is advanced") {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    compareWithReference(seed);
  }
}

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
