// SPDX-License-Identifier: Apache-2.0
// The identity of a biflow: both endpoints in a canonical order, so both directions give one key.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace weir {

/// 16 octets in network order; IPv4 as an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2).
using IpAddress = std::array<uint8_t, 16>;

/// The tunnel that a flow was found in: the innermost one that was entered.
enum class Tunnel : uint8_t { NONE = 0, GRE, IP_IN_IP, VXLAN, GENEVE, GTP_U };

/// Endpoint A is the smaller of the two by (address, port). Everything counts in equality.
/// ICMP and ICMPv6 have no ports: that of the endpoint that asks holds type * 256 + code of the
/// query that the message is or answers, the other's is 0. So a request and its reply are one
/// biflow, and the same question the other way round is another. Exporters never read them; they
/// take icmpTypeCode.
struct FlowKey {
  IpAddress addressA{};
  IpAddress addressB{};
  uint16_t portA = 0;  ///< host order; 0 where the protocol has none, or unknown
  uint16_t portB = 0;
  uint16_t vlanId = 0;          ///< outermost VLAN identifier of the frame, 0 without a tag
  uint16_t customerVlanId = 0;  ///< the second tag's (IEEE 802.1ad), 0 without one
  uint32_t segmentId = 0;       ///< 24 bits; of the innermost tunnel that names its network
  uint8_t protocol = 0;
  uint8_t ipVersion = 0;  ///< 4 or 6
  Tunnel tunnel = Tunnel::NONE;
  Tunnel segmentTunnel = Tunnel::NONE;  ///< whose number `segmentId` is: VXLAN, GENEVE, GRE (NVGRE)

  bool operator==(const FlowKey& other) const {
    return std::memcmp(this, &other, sizeof *this) == 0;
  }
};
static_assert(sizeof(FlowKey) == 48, "compared and hashed as six words, so no padding");

/// Which endpoint of the key sent a packet.
enum class Sender : uint8_t { A = 0, B = 1 };

}  // namespace weir
