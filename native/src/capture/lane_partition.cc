// SPDX-License-Identifier: Apache-2.0
#include "capture/lane_partition.h"

#include "capture/byte_order.h"
#include "capture/ipv6_extensions.h"
#include "capture/link_layer.h"
#include "capture/telling_ports.h"

namespace weir {
namespace {

constexpr uint32_t IPV4_ADDRESSES_AT = 12;
constexpr uint32_t IPV6_ADDRESSES_AT = 8;

/// Spreads neighbouring addresses over all bits (the finaliser of splitmix64).
uint64_t spread(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
  return word ^ (word >> 27);
}

/// Addition makes it independent of the order; the low bits are good enough for a modulo.
uint32_t combine(uint64_t one, uint64_t other) {
  const uint64_t sum = spread(one + 1) + spread(other + 1);
  return static_cast<uint32_t>(sum >> 32) ^ static_cast<uint32_t>(sum);
}

uint64_t foldIpv6(const uint8_t* address) {
  return spread(loadNative<uint64_t>(address)) + loadNative<uint64_t>(address + 8);
}

uint32_t hashPair(const LinkLayer& link) {
  if (link.outcome != LinkOutcome::FOUND) return 0;
  const uint8_t* const ip = link.network;
  if (link.etherType == ETHER_TYPE_IPV4 && link.capturedBytes >= IPV4_ADDRESSES_AT + 8)
    return combine(loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT),
                   loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT + 4));
  if (link.etherType == ETHER_TYPE_IPV6 && link.capturedBytes >= IPV6_ADDRESSES_AT + 32)
    return combine(foldIpv6(ip + IPV6_ADDRESSES_AT), foldIpv6(ip + IPV6_ADDRESSES_AT + 16));
  return 0;
}

Audience audienceOfPorts(uint8_t protocol, const LinkLayer& link, uint32_t transportAt) {
  if (link.capturedBytes < transportAt + 4) return Audience::ONE_LANE;
  const uint8_t* const ports = link.network + transportAt;
  return tellsOfOtherFlows(protocol, load16Be(ports), load16Be(ports + 2)) ? Audience::ALL_LANES
                                                                           : Audience::ONE_LANE;
}

/// What is no first fragment has no ports.
Audience audienceOfIpv4(const LinkLayer& link) {
  constexpr uint32_t HEADER_BYTES = 20;
  constexpr uint16_t OFFSET_MASK = 0x1fff;
  if (link.capturedBytes < HEADER_BYTES) return Audience::ONE_LANE;
  const uint8_t* const header = link.network;
  if ((load16Be(header + 6) & OFFSET_MASK) != 0) return Audience::ONE_LANE;
  return audienceOfPorts(header[9], link, (header[0] & 0x0fU) * 4);
}

Audience audienceOfIpv6(const LinkLayer& link) {
  constexpr uint32_t HEADER_BYTES = 40;
  if (link.capturedBytes < HEADER_BYTES) return Audience::ONE_LANE;
  const uint8_t nextHeader = link.network[6];
  if (isIpv6Extension(nextHeader)) return Audience::ALL_LANES;
  return audienceOfPorts(nextHeader, link, HEADER_BYTES);
}

Audience audienceOf(const LinkLayer& link) {
  if (link.outcome != LinkOutcome::FOUND) return Audience::ONE_LANE;
  if (link.etherType == ETHER_TYPE_IPV4) return audienceOfIpv4(link);
  return link.etherType == ETHER_TYPE_IPV6 ? audienceOfIpv6(link) : Audience::ONE_LANE;
}

}  // namespace

uint32_t ipPairHash(const PacketView& view) { return hashPair(walkLink(view)); }

LaneChoice chooseLane(const PacketView& view, uint32_t count) {
  if (count <= 1) return {};
  const LinkLayer link = walkLink(view);
  return {hashPair(link) % count, audienceOf(link)};
}

}  // namespace weir
