// SPDX-License-Identifier: Apache-2.0
// IPv4 and IPv6 headers. Inline because decode runs it on every frame; pure.
#pragma once

#include <algorithm>

#include "capture/byte_order.h"
#include "capture/ipv6_extensions.h"
#include "capture/link_layer.h"
#include "decode/decoded_packet.h"
#include "decode/fragment.h"

namespace weir {

/// What the network layer hands on. `octets` is set as soon as the IP header itself is sound. It
/// goes to functions out of line by value, so that it lives in registers where none is called.
struct NetworkLayer {
  const uint8_t* source = nullptr;
  const uint8_t* destination = nullptr;
  const uint8_t* transport = nullptr;
  uint32_t capturedBytes = 0;   ///< of the datagram at `transport`, without Ethernet padding
  uint32_t transportBytes = 0;  ///< the same as the IP header tells; the capture may hold less
  uint32_t octets = 0;          ///< IP total length
  uint32_t identification = 0;  ///< of a fragment
  FragmentShare share;          ///< of a fragment
  FragmentKind fragment = FragmentKind::NONE;
  uint8_t fragmentProtocol = 0;  ///< as each of the fragments carries it
  uint8_t protocol = 0;          ///< behind the extension headers
  uint8_t version = 0;
  uint8_t classOfService = 0;
  uint8_t timeToLive = 0;
  Exception exception = Exception::NONE;
};

inline NetworkLayer refused(NetworkLayer ip, Exception exception) {
  ip.exception = exception;
  return ip;
}

/// Whether more fragments follow behind one.
enum class FragmentEnd : uint8_t { OPEN, LAST };

/// The fragment is what is at `ip.transport` now, from `offsetBytes` of its datagram.
inline void takeFragment(uint32_t offsetBytes, FragmentEnd end, NetworkLayer& ip) {
  ip.fragment = offsetBytes == 0 ? FragmentKind::FIRST : FragmentKind::LATER;
  ip.share = {.octets = ip.transportBytes,
              .datagramOctets = end == FragmentEnd::LAST ? offsetBytes + ip.transportBytes : 0};
}

/// RFC 791 3.1.
inline NetworkLayer decodeIpv4(const LinkLayer& link) {
  constexpr uint32_t MINIMUM_BYTES = 20;
  constexpr uint16_t MORE_FRAGMENTS = 0x2000;
  constexpr uint16_t OFFSET_MASK = 0x1fff;
  NetworkLayer ip;
  const uint8_t* const header = link.network;
  if (link.capturedBytes < MINIMUM_BYTES) return refused(ip, Exception::TRUNCATED_IP_HEADER);
  const uint32_t headerBytes = (header[0] & 0x0fU) * 4;
  // Segmentation offload leaves 0 in what the stack hands to its own taps: the wire length stands.
  uint32_t totalBytes = load16Be(header + 2);
  if (totalBytes == 0) totalBytes = link.wireBytes;
  if (header[0] >> 4 != 4 || headerBytes < MINIMUM_BYTES || totalBytes < headerBytes)
    return refused(ip, Exception::MALFORMED_IP_HEADER);
  if (link.capturedBytes < headerBytes) return refused(ip, Exception::TRUNCATED_IP_HEADER);
  ip.version = 4;
  ip.source = header + 12;
  ip.destination = header + 16;
  ip.octets = totalBytes;
  ip.transport = header + headerBytes;
  ip.transportBytes = totalBytes - headerBytes;
  ip.capturedBytes = std::min(link.capturedBytes, totalBytes) - headerBytes;
  ip.classOfService = header[1];
  ip.timeToLive = header[8];
  ip.protocol = ip.fragmentProtocol = header[9];
  const uint16_t fragmentation = load16Be(header + 6);
  if ((fragmentation & (MORE_FRAGMENTS | OFFSET_MASK)) != 0) {
    ip.identification = load16Be(header + 4);
    takeFragment((fragmentation & OFFSET_MASK) * 8U,
                 (fragmentation & MORE_FRAGMENTS) != 0 ? FragmentEnd::OPEN : FragmentEnd::LAST, ip);
  }
  return ip;
}

/// RFC 8200 4, RFC 4302 2.2 (which alone counts its length in 4 octets).
inline uint32_t ipv6ExtensionBytes(uint8_t type, const uint8_t* header) {
  if (type == FRAGMENT) return 8;
  return type == AUTHENTICATION ? (header[1] + 2U) * 4 : (header[1] + 1U) * 8;
}

/// RFC 8200 4.5; `ip.transport` is behind the header. A packet that is one whole fragment
/// (RFC 6946) counts as unfragmented.
inline void takeFragmentHeader(const uint8_t* header, NetworkLayer& ip) {
  constexpr uint16_t MORE_FRAGMENTS = 1;
  constexpr uint16_t OFFSET_MASK = 0xfff8;
  const uint16_t offsetAndMore = load16Be(header + 2);
  if ((offsetAndMore & (OFFSET_MASK | MORE_FRAGMENTS)) == 0) return;
  ip.identification = load32Be(header + 4);
  ip.fragmentProtocol = header[0];
  takeFragment(offsetAndMore & OFFSET_MASK,
               (offsetAndMore & MORE_FRAGMENTS) != 0 ? FragmentEnd::OPEN : FragmentEnd::LAST, ip);
}

/// Moves `ip` to the transport header. Out of line: few packets have extension headers.
[[gnu::noinline]] inline NetworkLayer skipIpv6Extensions(NetworkLayer ip) {
  constexpr int LONGEST_CHAIN = 16;
  constexpr uint32_t SHORTEST_BYTES = 8;
  for (int count = 0; isIpv6Extension(ip.protocol); ++count) {
    if (count == LONGEST_CHAIN) return refused(ip, Exception::MALFORMED_IP_HEADER);
    // A chain cut by fragmentation (RFC 7112 forbids it) still is a flow, without ports.
    const auto chainEnds =
        ip.fragment == FragmentKind::FIRST ? Exception::NONE : Exception::MALFORMED_IP_HEADER;
    if (ip.transportBytes < SHORTEST_BYTES) return refused(ip, chainEnds);
    if (ip.capturedBytes < SHORTEST_BYTES)
      return refused(ip, Exception::TRUNCATED_TRANSPORT_HEADER);
    const uint8_t type = ip.protocol;
    const uint32_t headerBytes = ipv6ExtensionBytes(type, ip.transport);
    if (ip.transportBytes < headerBytes) return refused(ip, chainEnds);
    if (ip.capturedBytes < headerBytes) return refused(ip, Exception::TRUNCATED_TRANSPORT_HEADER);
    const uint8_t* const header = ip.transport;
    ip.protocol = header[0];
    ip.transport += headerBytes;
    ip.transportBytes -= headerBytes;
    ip.capturedBytes -= headerBytes;
    if (type == FRAGMENT) takeFragmentHeader(header, ip);
    if (ip.fragment == FragmentKind::LATER) break;  // what follows is no header any more
  }
  return ip;
}

/// RFC 8200 3.
inline NetworkLayer decodeIpv6(const LinkLayer& link) {
  constexpr uint32_t HEADER_BYTES = 40;
  NetworkLayer ip;
  const uint8_t* const header = link.network;
  if (link.capturedBytes < HEADER_BYTES) return refused(ip, Exception::TRUNCATED_IP_HEADER);
  if (header[0] >> 4 != 6) return refused(ip, Exception::MALFORMED_IP_HEADER);
  uint32_t payloadBytes = load16Be(header + 4);
  // Jumbograms (RFC 2675) and segmentation offload have 0 here; so has a packet that ends here.
  if (payloadBytes == 0 && header[6] != NO_NEXT_HEADER)
    payloadBytes = link.wireBytes - HEADER_BYTES;
  ip.version = 6;
  ip.source = header + 8;
  ip.destination = header + 24;
  ip.octets = HEADER_BYTES + payloadBytes;
  ip.transport = header + HEADER_BYTES;
  ip.transportBytes = payloadBytes;
  ip.capturedBytes = std::min(link.capturedBytes - HEADER_BYTES, payloadBytes);
  ip.classOfService = static_cast<uint8_t>(load16Be(header) >> 4);
  ip.timeToLive = header[7];
  ip.protocol = header[6];
  return isIpv6Extension(ip.protocol) ? skipIpv6Extensions(ip) : ip;
}

inline NetworkLayer decodeNetwork(const LinkLayer& link) {
  switch (link.etherType) {
    case ETHER_TYPE_IPV4:
      return decodeIpv4(link);
    case ETHER_TYPE_IPV6:
      return decodeIpv6(link);
    case ETHER_TYPE_ARP:
      return refused({}, Exception::ARP);
    default:
      return refused({}, Exception::NON_IP);
  }
}

}  // namespace weir
