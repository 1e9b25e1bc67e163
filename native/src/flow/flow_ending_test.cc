// SPDX-License-Identifier: Apache-2.0
// The table against the rules of flow ending, written as a search through time.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "flow/flow_table.h"
#include "flow/test_flow_table.h"

using namespace weir::test;

namespace weir {
namespace {

/// The rules of flow ending, written as a search through time with nothing but a map: the oracle.
class ReferenceTable {
 public:
  explicit ReferenceTable(FlowTableOptions options) : options_(options) {}

  void add(const DecodedPacket& packet) {
    const uint16_t port = packet.key.portA;
    if (flows_.contains(port)) {
      runTo(port, packet.timestampNs);
      if (flows_.contains(port) && flows_[port].mayBeNew() && packet.tcpFlags == TCP_SYN)
        close(port, EndReason::END_OF_FLOW);
      if (flows_.contains(port) && flows_[port].isClosed() && flows_[port].isCounted() &&
          packet.timestampNs >= flows_[port].start + options_.activeTimeoutNs)
        emit(port, EndReason::ACTIVE_TIMEOUT);
    }
    if (!flows_.contains(port)) flows_[port] = Flow{};
    Flow& flow = flows_[port];
    if (!flow.isCounted()) flow.start = packet.timestampNs;
    flow.last = packet.timestampNs;
    const auto side = static_cast<size_t>(packet.sender);
    if (flow.packets[side] == 0) flow.startMs[side] = packet.timestampNs / 1'000'000;
    flow.endMs[side] = packet.timestampNs / 1'000'000;
    flow.octets[side] += packet.octets;
    ++flow.packets[side];
    if (packet.tcpFlags & TCP_FIN) flow.fin[side] = true;
    if (packet.tcpFlags & TCP_SYN) flow.opened = true;
    flow.reset[side] = (packet.tcpFlags & TCP_RST) != 0;
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
    bool fin[2] = {false, false}, reset[2] = {false, false}, opened = false;

    [[nodiscard]] bool isCounted() const { return packets[0] + packets[1] != 0; }
    [[nodiscard]] bool isClosed() const { return reset[0] || reset[1] || (fin[0] && fin[1]); }
    [[nodiscard]] bool mayBeNew() const { return isClosed() || fin[0] || fin[1] || !opened; }
  };

  void emit(uint16_t port, EndReason reason) {
    Flow& flow = flows_[port];
    if (!flow.isCounted()) return;
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
      const bool closed = flow.isClosed();
      const bool mayBeActive = flow.isCounted() && !closed;
      const int64_t idle = flow.last + options_.idleTimeoutNs;
      const int64_t active = mayBeActive ? flow.start + options_.activeTimeoutNs : INT64_MAX;
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
    const int64_t longestPause = random() % 50 == 0 ? 40 * SECOND : SECOND / 5;
    now += static_cast<int64_t>(random() % static_cast<uint64_t>(longestPause));
    const auto port = static_cast<uint16_t>(random() % 40);
    const Sender sender = random() % 2 ? Sender::A : Sender::B;
    const auto packet = makePacket(port, now, sender, randomFlags(random));
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

}  // namespace
}  // namespace weir
