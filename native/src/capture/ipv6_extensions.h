// SPDX-License-Identifier: Apache-2.0
// The headers that may stand between IPv6 and its transport (IANA, IPv6 Extension Header Types).
#pragma once

#include <cstdint>

namespace weir {

enum Ipv6Extension : uint8_t {
  HOP_BY_HOP = 0,
  ROUTING = 43,
  FRAGMENT = 44,
  AUTHENTICATION = 51,
  NO_NEXT_HEADER = 59,
  DESTINATION_OPTIONS = 60,
  MOBILITY = 135,
  HOST_IDENTITY = 139,
  SHIM6 = 140,
};

inline bool isIpv6Extension(uint8_t nextHeader) {
  switch (nextHeader) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

}  // namespace weir
