// SPDX-License-Identifier: Apache-2.0
// Packets for a flow table, and what comes out of it.
#pragma once

#include <vector>

#include "flow/flow_table.h"

namespace weir::test {

inline constexpr int64_t SECOND = 1'000'000'000;

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

inline DecodedPacket makePacket(uint16_t port, int64_t timestampNs, Sender sender = Sender::A,
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

inline FlowEntry& feed(FlowTable& table, FlowSink& sink, const DecodedPacket& packet) {
  const uint32_t hash = table.locate(packet);
  return table.update(packet, hash, table.fetch(hash), sink);
}

}  // namespace weir::test
