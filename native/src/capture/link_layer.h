// SPDX-License-Identifier: Apache-2.0
// Finds the IP packet in a frame: Ethernet and its tags, and what may lie between them and IP.
// Lanes are chosen by what it finds and flows are keyed by it, so both see the same packet. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "capture/byte_order.h"
#include "capture/packet_view.h"

namespace weir {

enum EtherType : uint16_t {
  ETHER_TYPE_NONE = 0,  ///< nothing that Weir reads
  ETHER_TYPE_IPV4 = 0x0800,
  ETHER_TYPE_ARP = 0x0806,
  ETHER_TYPE_TRANSPARENT_ETHERNET = 0x6558,  // RFC 1701; a whole frame, in GRE and GENEVE
  ETHER_TYPE_VLAN = 0x8100,                  // IEEE 802.1Q
  ETHER_TYPE_IPV6 = 0x86dd,
  ETHER_TYPE_PPP = 0x880b,
  ETHER_TYPE_MPLS = 0x8847,
  ETHER_TYPE_MPLS_MULTICAST = 0x8848,
  ETHER_TYPE_PPPOE_SESSION = 0x8864,
  ETHER_TYPE_SERVICE_VLAN = 0x88a8,      // IEEE 802.1ad
  ETHER_TYPE_BACKBONE_SERVICE = 0x88e7,  // IEEE 802.1ah
  ETHER_TYPE_OLD_QINQ = 0x9100,          // before 802.1ad, still configured
};

enum class LinkOutcome : uint8_t { FOUND, TRUNCATED, UNSUPPORTED };

/// Where the walk through a frame stands. `wireBytes` is never less than `capturedBytes`.
struct LinkLayer {
  static constexpr uint32_t NO_LABEL = 0;

  const uint8_t* network = nullptr;
  const uint8_t* macAddresses = nullptr;  ///< destination and source of the outermost Ethernet
  uint32_t capturedBytes = 0;             ///< octets at `network`, Ethernet padding included
  uint32_t wireBytes = 0;                 ///< the same on the wire
  uint32_t mplsTopLabel = NO_LABEL;       ///< first stack entry without its TTL (RFC 3032 2.1)
  uint16_t etherType = ETHER_TYPE_NONE;   ///< of what is at `network`: IPv4, IPv6, ARP or NONE
  uint16_t vlanId = 0;                    ///< of the outermost tag
  uint16_t customerVlanId = 0;            ///< of the second
  uint8_t tags = 0;
  uint8_t headers = 0;  ///< walked through so far, without those of plain Ethernet
  bool insideMpls = false;
  bool insidePppoe = false;
  LinkOutcome outcome = LinkOutcome::FOUND;
};

/// False where all frames of `type` are UNSUPPORTED.
bool isReadable(LinkType type);

/// Any link type but Ethernet.
LinkLayer walkOtherLink(const PacketView& view);

/// Moves behind a header. False when it is not all captured, or when there were too many: then the
/// walk is over and `link` says how.
bool skipHeader(LinkLayer& link, uint32_t headerBytes);

/// Goes on at `link.network`, where IP stands if its version in the first octet says so.
LinkLayer walkIpVersion(LinkLayer link);

/// Goes on at `link.network`, where `etherType` says what stands. Tags, MPLS stacks, PPPoE, LLC and
/// provider backbone headers, in any order, up to a number that no sane frame has.
LinkLayer walkEtherType(LinkLayer link, uint16_t etherType);

/// Goes on at `link.network`, where an Ethernet header stands inside of something else.
LinkLayer walkInnerEthernet(LinkLayer link);

/// Goes on at `link.network`, where a PPP frame stands, with or without HDLC framing (RFC 1662).
LinkLayer walkPpp(LinkLayer link);

inline void takeTag(LinkLayer& link, uint32_t tagControl) {
  constexpr uint16_t VLAN_ID_MASK = 0x0fff;
  const auto vlanId = static_cast<uint16_t>(tagControl & VLAN_ID_MASK);
  if (link.tags == 0) link.vlanId = vlanId;
  if (link.tags == 1) link.customerVlanId = vlanId;
  if (link.tags < 2) ++link.tags;
}

inline bool isIp(uint16_t etherType) {
  return etherType == ETHER_TYPE_IPV4 || etherType == ETHER_TYPE_IPV6;
}

inline uint32_t wireBytesOf(const PacketView& view) {
  return std::max(view.originalLengthBytes, view.capturedLengthBytes);
}

/// The whole walk. Inline for what nearly every frame is: Ethernet, at most one tag, IP.
inline LinkLayer walkLink(const PacketView& view) {
  constexpr uint32_t HEADER_BYTES = 14;
  constexpr uint32_t TAG_BYTES = 4;
  if (view.linkType != LinkType::ETHERNET) [[unlikely]]
    return walkOtherLink(view);
  LinkLayer link;
  if (view.capturedLengthBytes < HEADER_BYTES) [[unlikely]] {
    link.outcome = LinkOutcome::TRUNCATED;
    return link;
  }
  link.macAddresses = view.data;
  if (view.strippedVlanTci != PacketView::NO_VLAN) takeTag(link, view.strippedVlanTci);
  uint32_t headerBytes = HEADER_BYTES;
  uint16_t etherType = load16Be(view.data + HEADER_BYTES - 2);
  if (etherType == ETHER_TYPE_VLAN && view.capturedLengthBytes >= HEADER_BYTES + TAG_BYTES) {
    takeTag(link, load16Be(view.data + HEADER_BYTES));
    headerBytes += TAG_BYTES;
    etherType = load16Be(view.data + headerBytes - 2);
  }
  link.network = view.data + headerBytes;
  link.capturedBytes = view.capturedLengthBytes - headerBytes;
  link.wireBytes = wireBytesOf(view) - headerBytes;
  link.etherType = etherType;
  return isIp(etherType) ? link : walkEtherType(link, etherType);
}

}  // namespace weir
