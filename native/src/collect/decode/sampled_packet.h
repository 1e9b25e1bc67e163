// SPDX-License-Identifier: Apache-2.0
// The beginning of a packet that an sFlow agent sampled: Ethernet, VLAN tags, MPLS labels, PPPoE,
// IPv4 or IPv6, and the ports.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

struct SampledPacket {
  Address sourceAddress{};
  Address destinationAddress{};
  /// Of the IP packet, its header included.
  uint32_t octets = 0;
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;
  uint16_t tcpFlags = 0;
  uint16_t icmpTypeCode = 0;
  uint16_t vlanId = 0;
  uint8_t protocol = 0;
  uint8_t classOfService = 0;
};

/// sFlow v5 header_protocol.
enum class HeaderProtocol : uint32_t { ETHERNET = 1, IPV4 = 11, IPV6 = 12 };

/// Nothing when there is no IP packet in it that we can read.
std::optional<SampledPacket> readSampledPacket(HeaderProtocol protocol,
                                               std::span<const uint8_t> header);

}  // namespace weir::collect
