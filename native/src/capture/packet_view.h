// SPDX-License-Identifier: Apache-2.0
// What capture hands to decode: one captured frame, borrowed from its source.
#pragma once

#include <cstdint>

namespace weir {

/// Link types that decode understands (LINKTYPE_ values of the pcap registry).
enum class LinkType : uint16_t {
  ETHERNET = 1,
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
};

}  // namespace weir
