// SPDX-License-Identifier: Apache-2.0
// Where the addresses of an Ethernet frame's IP packet are, as far as the trace maker must know.
#pragma once

#include <cstdint>
#include <span>

namespace bench {

enum class FrameKind : uint8_t {
  IP,
  ARP,
  TUNNEL,       ///< its inner addresses would be the same in all copies
  UNSUPPORTED,  ///< not IP, or what cannot be rewritten: a routing header
  MALFORMED,
};

enum class FragmentKind : uint8_t { WHOLE, FIRST, LATER };

struct Frame {
  FrameKind kind = FrameKind::MALFORMED;
  FragmentKind fragment = FragmentKind::WHOLE;
  uint8_t addressLength = 0;  ///< 4 or 16
  uint8_t protocol = 0;
  uint32_t ipOffset = 0;
  uint32_t sourceOffset = 0;     ///< the destination follows at once
  uint32_t transportOffset = 0;  ///< behind all IP headers
  uint32_t ipEnd = 0;            ///< behind the last octet of the IP packet
  uint32_t fragmentId = 0;

  [[nodiscard]] uint32_t destinationOffset() const { return sourceOffset + addressLength; }
};

constexpr uint8_t ICMP = 1;
constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;
constexpr uint8_t ICMPV6 = 58;
constexpr uint8_t SCTP = 132;

Frame parseFrame(std::span<const uint8_t> octets);

}  // namespace bench
