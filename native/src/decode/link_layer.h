// SPDX-License-Identifier: Apache-2.0
// Ethernet and its VLAN tags. Inline because decode runs it on every frame; pure.
#pragma once

#include <algorithm>

#include "capture/byte_order.h"
#include "capture/packet_view.h"
#include "decode/decoded_packet.h"

namespace weir {

enum EtherType : uint16_t {
  ETHER_TYPE_IPV4 = 0x0800,
  ETHER_TYPE_ARP = 0x0806,
  ETHER_TYPE_VLAN = 0x8100,  // IEEE 802.1Q
  ETHER_TYPE_IPV6 = 0x86dd,
  ETHER_TYPE_SERVICE_VLAN = 0x88a8,  // IEEE 802.1ad
  ETHER_TYPE_OLD_QINQ = 0x9100,      // before 802.1ad, still configured
};

/// What the link layer hands on: the network layer's octets.
struct LinkLayer {
  const uint8_t* network = nullptr;
  uint32_t capturedBytes = 0;  ///< octets at `network`, Ethernet padding included
  uint32_t wireBytes = 0;      ///< the same on the wire
  uint16_t etherType = 0;
  uint16_t vlanId = 0;
};

inline bool isVlanTag(uint16_t etherType) {
  return etherType == ETHER_TYPE_VLAN || etherType == ETHER_TYPE_SERVICE_VLAN ||
         etherType == ETHER_TYPE_OLD_QINQ;
}

inline Exception decodeLink(const PacketView& view, LinkLayer& link) {
  constexpr uint32_t HEADER_BYTES = 14;
  constexpr uint32_t TAG_BYTES = 4;
  constexpr uint16_t VLAN_ID_MASK = 0x0fff;
  if (view.linkType != LinkType::ETHERNET) return Exception::UNSUPPORTED_LINK_TYPE;
  bool tagged = view.strippedVlanTci != PacketView::NO_VLAN;
  if (tagged) link.vlanId = view.strippedVlanTci & VLAN_ID_MASK;
  if (view.capturedLengthBytes < HEADER_BYTES) return Exception::TRUNCATED_LINK_HEADER;
  uint32_t at = HEADER_BYTES;
  uint16_t etherType = load16Be(view.data + at - 2);
  while (isVlanTag(etherType)) {
    if (view.capturedLengthBytes - at < TAG_BYTES) return Exception::TRUNCATED_LINK_HEADER;
    if (!tagged) link.vlanId = load16Be(view.data + at) & VLAN_ID_MASK;
    tagged = true;
    at += TAG_BYTES;
    etherType = load16Be(view.data + at - 2);
  }
  link.network = view.data + at;
  link.capturedBytes = view.capturedLengthBytes - at;
  link.wireBytes = std::max(view.originalLengthBytes, view.capturedLengthBytes) - at;
  link.etherType = etherType;
  return Exception::NONE;
}

}  // namespace weir
