// SPDX-License-Identifier: Apache-2.0
#include "classify/lane_memory.h"

#include "dissect/dns_message.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_UDP = 17;
constexpr uint16_t PORT_DNS = 53;

bool isDnsResponse(const DecodedPacket& packet) {
  if (packet.key.protocol != PROTOCOL_UDP || packet.payloadLengthBytes == 0) return false;
  return (packet.sender == Sender::A ? packet.key.portA : packet.key.portB) == PORT_DNS;
}

}  // namespace

void LaneMemory::observe(const DecodedPacket& packet, StreamSide side) {
  announced.observe(packet, side);
  if (!isDnsResponse(packet)) return;
  DnsMessage message;
  const Reading reading = readDnsMessage({packet.payload, packet.payloadLengthBytes}, message);
  if (reading != Reading::COMPLETE || !message.isResponse) return;
  const bool fromA = packet.sender == Sender::A;
  names.learn(fromA ? packet.key.addressB : packet.key.addressA, message, packet.timestampNs);
}

const std::string* LaneMemory::nameOf(const FlowEntry& entry) const {
  const bool byA = entry.initiator == Sender::A;
  const FlowKey& key = entry.key;
  return names.find(byA ? key.addressA : key.addressB, byA ? key.addressB : key.addressA,
                    entry.lastNs);
}

}  // namespace weir
