// SPDX-License-Identifier: Apache-2.0
// DHCP messages (RFC 2131, options of RFC 2132): what a host calls itself, and what made it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

struct DhcpMessage {
  static constexpr size_t VENDOR_CLASS_OCTETS_MAX = 128;

  uint8_t messageType = 0;  ///< 1 DISCOVER … 8 INFORM; 0 in a BOOTP message
  std::string hostName;     ///< lower case; "" when there is none or it is no host name
  std::string vendorClass;  ///< printable ASCII, at most VENDOR_CLASS_OCTETS_MAX
};

/// COMPLETE at the options' end. On NEEDS_MORE `message` holds what came before the cut. Options
/// that continue in the fields `sname` and `file` (RFC 2131 4.1) are not followed there.
Reading readDhcpMessage(std::span<const uint8_t> datagram, DhcpMessage& message);

}  // namespace weir
