// SPDX-License-Identifier: Apache-2.0
// Which ICMP messages belong to one exchange. Pure.
#pragma once

#include <cstdint>

namespace weir {

/// type * 256 + code of the query that an ICMP message is or answers; of the message itself when it
/// is neither (RFC 792, 950, 8335).
constexpr uint16_t icmpQuery(uint8_t type, uint8_t code) {
  switch (type) {
    case 0:  // echo reply
      return 8 << 8 | code;
    case 14:  // timestamp reply
    case 16:  // information reply
    case 18:  // address mask reply
      return static_cast<uint16_t>((type - 1) << 8 | code);
    case 43:  // extended echo reply: its code tells what was found, so it names no exchange
      return 42 << 8;
    default:
      return static_cast<uint16_t>(type << 8 | code);
  }
}

/// The same of ICMPv6 (RFC 4443, 4620, 6275, 8335). A neighbour advertisement is a
/// flow of its own: it often comes unasked, and what is asked goes to a multicast address.
constexpr uint16_t icmpv6Query(uint8_t type, uint8_t code) {
  switch (type) {
    case 129:  // echo reply
    case 145:  // home agent address discovery reply
    case 147:  // mobile prefix advertisement
      return static_cast<uint16_t>((type - 1) << 8 | code);
    case 140:  // node information reply: here too the code is a result
      return 139 << 8;
    case 161:  // extended echo reply
      return 160 << 8;
    case 139:  // node information query: its code tells the kind of subject
      return 139 << 8;
    default:
      return static_cast<uint16_t>(type << 8 | code);
  }
}

}  // namespace weir
