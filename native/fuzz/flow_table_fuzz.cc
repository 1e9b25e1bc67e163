// SPDX-License-Identifier: Apache-2.0
// Flow keeping: packets of few flows in a table that is too small, with a clock that jumps. The
// books must add up, and every flow must end once.
#include <algorithm>

#include "flow/flow_table.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr int64_t START_NS = 1'700'000'000'000'000'000;
constexpr uint16_t PORTS = 24;
constexpr uint32_t MAXIMUM_FLOWS = 8;

struct Books {
  uint64_t packets = 0;
  uint64_t octets = 0;
  uint64_t outerOctets = 0;
  bool operator==(const Books&) const = default;
};

/// Adds up what leaves the table.
class Ledger final : public FlowSink {
 public:
  explicit Ledger(FlowTable& table) : table_(table) {}

  void record(FlowEntry& entry, EndReason reason) override {
    const FlowRecord record = table_.recordOf(entry, reason);
    for (const DirectionRecord* direction : {&record.forward, &record.reverse}) {
      books.packets += direction->packets;
      books.octets += direction->octets;
      books.outerOctets += direction->outerOctets;
      if (direction->packets > 0)
        require(direction->startMs <= direction->endMs, "a direction starts before it ends");
    }
    require(record.forward.packets + record.reverse.packets > 0, "no record is empty");
    require(record.startNs <= record.endNs, "a record starts before it ends");
  }
  void ended(FlowEntry&) override { ++endedFlows; }

  Books books;
  uint64_t endedFlows = 0;

 private:
  FlowTable& table_;
};

DecodedPacket readPacket(FuzzInput& input, int64_t timestampNs) {
  constexpr uint8_t PROTOCOLS[] = {6, 17, 1, 132};
  static constexpr uint8_t MAC_ADDRESSES[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  const auto choice = input.integer<uint8_t>();
  DecodedPacket packet;
  packet.key.portA = input.integer<uint8_t>() % PORTS;
  packet.key.portB = 80;
  packet.key.protocol = PROTOCOLS[choice & 3U];
  packet.key.ipVersion = 4;
  packet.sender = (choice & 4U) != 0 ? Sender::B : Sender::A;
  packet.key.tunnel = (choice & 8U) != 0 ? Tunnel::GRE : Tunnel::NONE;
  packet.macAddresses = (choice & 16U) != 0 ? MAC_ADDRESSES : nullptr;
  if (packet.key.protocol == 6) packet.tcpFlags = input.integer<uint8_t>();
  packet.octets = 20 + input.integer<uint8_t>();
  packet.outerOctets = packet.octets + (packet.key.tunnel == Tunnel::NONE ? 0 : 24);
  packet.timestampNs = timestampNs;
  return packet;
}

/// Steps of up to two minutes, mostly small, sometimes back.
int64_t readStepNs(FuzzInput& input) {
  const int64_t step = input.integer<int8_t>();
  return step * step * step * 60'000;
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  FlowTableOptions options;
  options.maximumFlows = 1 + input.integer<uint8_t>() % MAXIMUM_FLOWS;
  FlowHash::Seed seed;
  seed.fill(0x9e3779b97f4a7c15);
  FlowTable table(options, seed);
  Ledger ledger(table);
  Books seen;
  int64_t nowNs = START_NS;
  uint32_t likely = FlowEntry::NO_INDEX;
  while (!input.empty()) {
    const auto action = input.integer<uint8_t>();
    nowNs = std::max<int64_t>(0, nowNs + readStepNs(input));
    if (action % 8 == 0) {
      table.advance(nowNs, ledger);
      continue;
    }
    const DecodedPacket packet = readPacket(input, nowNs);
    const uint32_t hash = table.locate(packet);
    // The hint may be stale by the time it is used.
    if (action % 8 != 3) likely = table.fetch(hash);
    FlowEntry& entry = table.update(packet, hash, likely, ledger);
    require(entry.key == packet.key, "a packet is counted into its own flow");
    if (action % 8 == 1) entry.application = 1 + action / 8;
    if (action % 8 == 2) table.exportNow(entry, ledger);
    seen.packets += 1;
    seen.octets += packet.octets;
    seen.outerOctets += packet.outerOctets;
    require(table.liveFlows() <= options.maximumFlows, "the table keeps to its bound");
  }
  table.flush(nowNs, ledger);
  require(table.liveFlows() == 0, "a flush leaves nothing");
  require(ledger.endedFlows == table.counters().flows, "every flow ends once");
  require(ledger.books == seen, "the books add up");
  return 0;
}
