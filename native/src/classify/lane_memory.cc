// SPDX-License-Identifier: Apache-2.0
#include "classify/lane_memory.h"

#include "dissect/dns_message.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_UDP = 17;

/// FTP's server listens where everybody knows it; for the others the side is of no account.
StreamSide sideByPort(const DecodedPacket& packet) {
  return packet.sourcePort() == PORT_FTP ? StreamSide::SERVER : StreamSide::CLIENT;
}

}  // namespace

bool LaneMemory::isDnsResponse(const DecodedPacket& packet) {
  return packet.payloadLengthBytes != 0 && packet.key.protocol == PROTOCOL_UDP &&
         packet.sourcePort() == PORT_DNS;
}

void LaneMemory::hear(const DecodedPacket& packet) {
  announced.observe(packet, sideByPort(packet), Audience::ALL_LANES);
  learnNames(packet, Audience::ALL_LANES);
}

void LaneMemory::observe(const DecodedPacket& packet, StreamSide side) {
  if (isHeardByAllLanes(packet)) return;
  announced.observe(packet, side, Audience::ONE_LANE);
  learnNames(packet, Audience::ONE_LANE);
}

void LaneMemory::learnNames(const DecodedPacket& packet, Audience audience) {
  if (!isDnsResponse(packet)) return;
  DnsMessage message;
  const Reading reading = readDnsMessage({packet.payload, packet.payloadLengthBytes}, message);
  if (reading != Reading::COMPLETE || !message.isResponse) return;
  const bool fromA = packet.sender == Sender::A;
  names.learn(fromA ? packet.key.addressB : packet.key.addressA, message, packet.timestampNs,
              audience);
}

const std::string* LaneMemory::nameOf(const FlowEntry& entry) const {
  const bool byA = entry.initiator == Sender::A;
  const FlowKey& key = entry.key;
  return names.find(byA ? key.addressA : key.addressB, byA ? key.addressB : key.addressA,
                    entry.lastNs);
}

}  // namespace weir
