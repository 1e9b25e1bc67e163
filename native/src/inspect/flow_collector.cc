// SPDX-License-Identifier: Apache-2.0
#include "inspect/flow_collector.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "coded_error.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

IpAddress addressOf(const std::string& text) {
  IpAddress address{};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
  throw CodedError("WEIR_INSPECT_BAD_ADDRESS", text + " is no IP address.");
}

}  // namespace

KeptPacket keepPacket(const FlowEntry& entry, const DecodedPacket& packet, uint32_t number) {
  KeptPacket kept;
  kept.side = packet.sender == entry.initiator ? StreamSide::CLIENT : StreamSide::SERVER;
  kept.number = number;
  kept.isStart = (packet.tcpFlags & TCP_SYN) != 0;
  kept.sequence = packet.tcpSequence + (kept.isStart ? 1U : 0U);
  kept.datagramBytes = packet.datagramBytes;
  if (packet.payloadLengthBytes != 0) {
    kept.payload.assign(packet.payload, packet.payload + packet.payloadLengthBytes);
  }
  return kept;
}

FlowCollector::FlowCollector(const FlowChoice& choice) : choice_(choice) {
  for (size_t i = 0; i < 2; ++i) addresses_[i] = addressOf(choice.addresses[i]);
}

bool FlowCollector::isMeant(const FlowKey& key) const {
  if (key.protocol != choice_.protocol) return false;
  // What stands in the ports of other protocols is no port.
  const bool hasPorts = key.protocol == PROTOCOL_TCP || key.protocol == PROTOCOL_UDP;
  const auto is = [&](size_t a, size_t b) {
    const bool isOfPorts =
        !hasPorts || (key.portA == choice_.ports[a] && key.portB == choice_.ports[b]);
    return isOfPorts && key.addressA == addresses_[a] && key.addressB == addresses_[b];
  };
  return is(0, 1) || is(1, 0);
}

void FlowCollector::packet(const FlowEntry& entry, const DecodedPacket& packet) {
  if (!isMeant(entry.key)) return;
  KeptFlow& flow = live_[&entry];
  flow.key = entry.key;
  flow.initiator = entry.initiator;
  ++flow.packets;
  const bool tells = packet.payloadLengthBytes != 0 || (packet.tcpFlags & TCP_SYN) != 0;
  if (tells && flow.kept.size() < KEPT_PACKETS_MAX) {
    flow.kept.push_back(keepPacket(entry, packet, flow.packets));
  }
}

void FlowCollector::record(const FlowEntry& entry, const FlowRecord& record) {
  const auto found = live_.find(&entry);
  if (found == live_.end()) return;
  KeptFlow& flow = found->second;
  flow.recordStartsMs.push_back(record.startNs / 1'000'000);
  flow.application = record.application;
  const FlowLabel* const label = record.label;
  if (label == nullptr) return;
  flow.label = *label;
  flow.label.facts = nullptr;
  if (label->facts != nullptr) flow.facts = *label->facts;
}

void FlowCollector::ended(const FlowEntry& entry) {
  const auto found = live_.find(&entry);
  if (found == live_.end()) return;
  if (ended_.size() < FLOWS_MAX) ended_.push_back(std::move(found->second));
  live_.erase(found);
}

const KeptFlow* FlowCollector::chosen() const {
  const KeptFlow* first = nullptr;
  for (const KeptFlow& flow : ended_) {
    const auto& starts = flow.recordStartsMs;
    if (starts.empty()) continue;
    if (choice_.startMs) {
      if (std::find(starts.begin(), starts.end(), *choice_.startMs) != starts.end()) return &flow;
    } else if (first == nullptr || starts.front() < first->recordStartsMs.front()) {
      first = &flow;
    }
  }
  return first;
}

}  // namespace weir
