// SPDX-License-Identifier: Apache-2.0
#include "classify/dns_segments.h"

#include <algorithm>

namespace weir {
namespace {

uint32_t sequenceOf(const DecodedPacket& packet) {
  return packet.tcpSequence + ((packet.tcpFlags & TCP_SYN) != 0 ? 1U : 0U);
}

}  // namespace

DnsSegments::Part& DnsSegments::partOf(const DecodedPacket& packet) {
  if (parts_.empty()) parts_.resize(PARTS);
  return parts_[(hash_(packet.key) + static_cast<uint64_t>(packet.sender)) % PARTS];
}

/// What is kept of the stream, and the packet's octets behind it. Empty for octets that were there.
std::span<const uint8_t> DnsSegments::join(const DecodedPacket& packet) {
  const std::span<const uint8_t> payload(packet.payload, packet.payloadLengthBytes);
  if (parts_.empty()) return payload;
  const Part& part = partOf(packet);
  const bool isKept =
      !part.octets.empty() && part.sender == packet.sender && part.key == packet.key;
  if (!isKept) return payload;
  const auto known = static_cast<int32_t>(part.nextSequence - sequenceOf(packet));
  if (known < 0) return payload;
  joined_ = part.octets;
  const auto fresh = payload.subspan(std::min<size_t>(static_cast<size_t>(known), payload.size()));
  joined_.insert(joined_.end(), fresh.begin(), fresh.end());
  return joined_;
}

void DnsSegments::keep(const DecodedPacket& packet, std::span<const uint8_t> rest) {
  const bool isMessage = !rest.empty() && mayBeDnsStream(rest);
  if (!isMessage && parts_.empty()) return;
  Part& part = partOf(packet);
  const bool isOwn = part.sender == packet.sender && part.key == packet.key;
  if (!isMessage) {
    if (isOwn) part.octets.clear();
    return;
  }
  const uint32_t end = sequenceOf(packet) + packet.payloadLengthBytes;
  const bool isBehind =
      isOwn && !part.octets.empty() && static_cast<int32_t>(end - part.nextSequence) < 0;
  part.nextSequence = isBehind ? part.nextSequence : end;
  part.key = packet.key;
  part.sender = packet.sender;
  part.octets.assign(rest.begin(), rest.end());
}

}  // namespace weir
