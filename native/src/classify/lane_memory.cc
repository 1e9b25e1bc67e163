// SPDX-License-Identifier: Apache-2.0
#include "classify/lane_memory.h"

#include "dissect/dns_message.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

/// FTP's server listens where everybody knows it; for the others the side is of no account.
StreamSide sideByPort(const DecodedPacket& packet) {
  return packet.sourcePort() == PORT_FTP ? StreamSide::SERVER : StreamSide::CLIENT;
}

}  // namespace

bool LaneMemory::isDnsResponse(const DecodedPacket& packet) {
  const uint8_t protocol = packet.key.protocol;
  return packet.payloadLengthBytes != 0 && packet.sourcePort() == PORT_DNS &&
         (protocol == PROTOCOL_UDP || protocol == PROTOCOL_TCP);
}

void LaneMemory::hear(const DecodedPacket& packet) {
  if (packet.key.protocol == PROTOCOL_UDP && packet.destinationPort() == PORT_DNS)
    noteQuery(packet);
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
  const auto learn = [&](std::span<const uint8_t> message) {
    learnAnswer(packet, message, audience);
  };
  if (packet.key.protocol == PROTOCOL_TCP) return dnsSegments.read(packet, learn);
  learn({packet.payload, packet.payloadLengthBytes});
}

/// Anybody can send an answer, so one that nobody is known to have asked for holds for its receiver
/// alone.
void LaneMemory::learnAnswer(const DecodedPacket& packet, std::span<const uint8_t> answer,
                             Audience audience) {
  DnsMessage message;
  const Reading reading = readDnsMessage(answer, message);
  if (reading != Reading::COMPLETE || !message.isResponse) return;
  const bool fromA = packet.sender == Sender::A;
  const bool isBelieved = audience == Audience::ALL_LANES && packet.key.protocol == PROTOCOL_UDP &&
                          queries.take(packet, message.queryName);
  names.learn(fromA ? packet.key.addressB : packet.key.addressA, message, packet.timestampNs,
              isBelieved ? Audience::ALL_LANES : Audience::ONE_LANE);
}

void LaneMemory::noteQuery(const DecodedPacket& packet) {
  DnsMessage message;
  const Reading reading = readDnsMessage({packet.payload, packet.payloadLengthBytes}, message);
  if (reading == Reading::COMPLETE && !message.isResponse) queries.note(packet, message.queryName);
}

const std::string* LaneMemory::nameOf(const FlowEntry& entry) const {
  const bool byA = entry.initiator == Sender::A;
  const FlowKey& key = entry.key;
  return names.find(byA ? key.addressA : key.addressB, byA ? key.addressB : key.addressA,
                    entry.lastNs);
}

}  // namespace weir
