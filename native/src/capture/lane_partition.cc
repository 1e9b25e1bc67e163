// SPDX-License-Identifier: Apache-2.0
#include "capture/lane_partition.h"

#include "capture/byte_order.h"
#include "capture/link_layer.h"

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

}  // namespace

uint32_t ipPairHash(const PacketView& view) {
  const LinkLayer link = walkLink(view);
  if (link.outcome != LinkOutcome::FOUND) return 0;
  const uint8_t* const ip = link.network;
  if (link.etherType == ETHER_TYPE_IPV4 && link.capturedBytes >= IPV4_ADDRESSES_AT + 8)
    return combine(loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT),
                   loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT + 4));
  if (link.etherType == ETHER_TYPE_IPV6 && link.capturedBytes >= IPV6_ADDRESSES_AT + 32)
    return combine(foldIpv6(ip + IPV6_ADDRESSES_AT), foldIpv6(ip + IPV6_ADDRESSES_AT + 16));
  return 0;
}

}  // namespace weir
