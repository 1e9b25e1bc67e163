// SPDX-License-Identifier: Apache-2.0
// DNS messages (RFC 1035), also those of multicast DNS (RFC 6762) and LLMNR (RFC 4795).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "decode/flow_key.h"
#include "dissect/reading.h"

namespace weir {

struct DnsAnswer {
  IpAddress address;
  uint32_t ttlSeconds;
  bool operator==(const DnsAnswer&) const = default;
};

/// Of several questions the first counts.
struct DnsMessage {
  static constexpr size_t ANSWERS_MAX = 32;

  bool isResponse = false;
  uint16_t queryType = 0;
  std::string queryName;           ///< lower case; "" when there is none or it is no host name
  std::vector<DnsAnswer> answers;  ///< addresses of the queried name, through its CNAME chain
};

/// Reads one message, over TCP without the two octets of its length before it. COMPLETE once the
/// answers are read; what is behind them is not looked at, and of more than 64 answers only the
/// first. NEEDS_MORE: the message is cut, and `out` holds what comes before the cut. The time taken
/// is bounded, whatever the message says: a name is followed through 16 pointers, which only lead
/// backwards, and through 16 CNAME records.
Reading readDnsMessage(std::span<const uint8_t> message, DnsMessage& out);

}  // namespace weir
