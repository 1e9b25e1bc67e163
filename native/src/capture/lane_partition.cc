// SPDX-License-Identifier: Apache-2.0
#include "capture/lane_partition.h"

#include "capture/byte_order.h"

namespace weir {
namespace {

constexpr uint32_t ETHERNET_HEADER_BYTES = 14;
constexpr uint32_t VLAN_TAG_BYTES = 4;
constexpr uint32_t IPV4_ADDRESSES_AT = 12;
constexpr uint32_t IPV6_ADDRESSES_AT = 8;

bool isVlanTag(uint16_t etherType) {
  return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100;
}

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
  if (view.linkType != LinkType::ETHERNET || view.capturedLengthBytes < ETHERNET_HEADER_BYTES)
    return 0;
  const uint8_t* const frame = view.data;
  const uint32_t captured = view.capturedLengthBytes;
  uint32_t at = ETHERNET_HEADER_BYTES;
  uint16_t etherType = load16Be(frame + at - 2);
  while (isVlanTag(etherType) && captured - at >= VLAN_TAG_BYTES) {
    at += VLAN_TAG_BYTES;
    etherType = load16Be(frame + at - 2);
  }
  const uint8_t* const ip = frame + at;
  const uint32_t left = captured - at;
  if (etherType == 0x0800 && left >= IPV4_ADDRESSES_AT + 8)
    return combine(loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT),
                   loadNative<uint32_t>(ip + IPV4_ADDRESSES_AT + 4));
  if (etherType == 0x86dd && left >= IPV6_ADDRESSES_AT + 32)
    return combine(foldIpv6(ip + IPV6_ADDRESSES_AT), foldIpv6(ip + IPV6_ADDRESSES_AT + 16));
  return 0;
}

}  // namespace weir
