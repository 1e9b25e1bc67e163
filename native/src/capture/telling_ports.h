// SPDX-License-Identifier: Apache-2.0
// Which packets tell of flows between other hosts, by their ports: answers of DNS and the queries
// that make them believed, and the control channels of FTP and SIP. All lanes hear these, whichever
// counts them. Pure.
#pragma once

#include <cstdint>

namespace weir {

inline constexpr uint16_t PORT_FTP = 21;
inline constexpr uint16_t PORT_DNS = 53;
inline constexpr uint16_t PORT_SIP = 5060;

/// Without a branch: nearly every packet is asked, and nearly none tells.
inline bool tellsOfOtherFlows(uint8_t protocol, uint16_t sourcePort, uint16_t destinationPort) {
  constexpr uint8_t TCP = 6;
  constexpr uint8_t UDP = 17;
  const bool isSip = static_cast<bool>((sourcePort == PORT_SIP) | (destinationPort == PORT_SIP));
  const bool isFtp = static_cast<bool>((sourcePort == PORT_FTP) | (destinationPort == PORT_FTP));
  const bool isDnsAnswer = sourcePort == PORT_DNS;
  const bool isDnsQuery = destinationPort == PORT_DNS;
  return static_cast<bool>(((protocol == UDP) & (isDnsAnswer | isDnsQuery | isSip)) |
                           ((protocol == TCP) & (isDnsAnswer | isFtp | isSip)));
}

}  // namespace weir
