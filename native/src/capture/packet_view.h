// SPDX-License-Identifier: Apache-2.0
// What capture hands to decode: one captured frame, borrowed from its source.
#pragma once

#include <cstdint>

namespace weir {

/// Link types that Weir reads (LINKTYPE_ values of the pcap registry; 12 and 14 are old files').
enum class LinkType : uint16_t {
  BSD_LOOPBACK = 0,  ///< address family in the byte order of the machine that captured
  ETHERNET = 1,
  PPP = 9,
  RAW_IP_12 = 12,
  RAW_IP_14 = 14,
  PPP_SERIAL = 50,  ///< in HDLC-like framing, or Cisco's
  RAW_IP = 101,
  CISCO_HDLC = 104,
  IEEE_802_11 = 105,  ///< without a radio header in front
  OPENBSD_LOOPBACK = 108,
  LINUX_COOKED = 113,
  IPV4 = 228,
  IPV6 = 229,
  LINUX_COOKED_2 = 276,
};

/// A frame as captured. Borrowed: valid until the next `PacketSource::receive`.
struct PacketView {
  static constexpr uint32_t NO_VLAN = UINT32_MAX;

  const uint8_t* data = nullptr;
  uint32_t capturedLengthBytes = 0;    ///< octets available at `data`
  uint32_t originalLengthBytes = 0;    ///< octets on the wire
  int64_t timestampNs = 0;             ///< since the Unix epoch, the packet's own time
  uint32_t interfaceIndex = 0;         ///< ifIndex of the live interface, 0 from a file
  uint32_t strippedVlanTci = NO_VLAN;  ///< 802.1Q tag that the kernel took off the frame
  LinkType linkType = LinkType::ETHERNET;
  /// Another lane counts it; this one only learns from it what it tells of other flows.
  bool isOverheard = false;
};
static_assert(sizeof(PacketView) == 40, "batches of views go through the first-level cache");

}  // namespace weir
