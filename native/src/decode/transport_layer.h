// SPDX-License-Identifier: Apache-2.0
// TCP, UDP, SCTP and ICMP headers. Inline because decode runs it on every frame; pure.
#pragma once

#include <algorithm>

#include "capture/byte_order.h"
#include "decode/decoded_packet.h"
#include "decode/icmp_pairing.h"
#include "decode/network_layer.h"

namespace weir {

enum IpProtocol : uint8_t {
  IP_PROTOCOL_ICMP = 1,
  IP_PROTOCOL_TCP = 6,
  IP_PROTOCOL_UDP = 17,
  IP_PROTOCOL_ICMPV6 = 58,
  IP_PROTOCOL_SCTP = 132,
};

/// What the transport layer tells, in the packet's own direction.
struct TransportLayer {
  const uint8_t* payload = nullptr;
  uint32_t payloadLengthBytes = 0;
  uint32_t tcpSequence = 0;
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;
  uint16_t tcpFlags = 0;
  uint16_t icmpTypeCode = 0;
  uint8_t protocol = 0;
};

enum class HeaderRoom : uint8_t { COMPLETE, CUT_BY_CAPTURE, CUT_BY_DATAGRAM };

inline HeaderRoom roomFor(uint32_t headerBytes, const NetworkLayer& ip) {
  if (ip.capturedBytes >= headerBytes) return HeaderRoom::COMPLETE;
  return ip.transportBytes >= headerBytes ? HeaderRoom::CUT_BY_CAPTURE
                                          : HeaderRoom::CUT_BY_DATAGRAM;
}

inline void takePorts(const NetworkLayer& ip, TransportLayer& transport) {
  transport.sourcePort = load16Be(ip.transport);
  transport.destinationPort = load16Be(ip.transport + 2);
}

/// A first fragment that ends inside the transport header (RFC 1858 3): its packets are counted in
/// the flow of the ports when it has them, else in one with ports 0; flags and payload stay unread.
inline Exception takeIncompleteHeader(const NetworkLayer& ip, HeaderRoom room,
                                      TransportLayer& transport) {
  if (room == HeaderRoom::CUT_BY_CAPTURE) return Exception::TRUNCATED_TRANSPORT_HEADER;
  if (ip.fragment != FragmentKind::FIRST) return Exception::MALFORMED_TRANSPORT_HEADER;
  if (ip.capturedBytes >= 4) takePorts(ip, transport);
  return Exception::NONE;
}

inline void takePayload(const NetworkLayer& ip, uint32_t from, uint32_t to,
                        TransportLayer& transport) {
  const uint32_t end = std::min(to, ip.capturedBytes);
  if (end <= from) return;  // no payload, or none captured
  transport.payload = ip.transport + from;
  transport.payloadLengthBytes = end - from;
}

/// RFC 9293 3.1.
inline Exception decodeTcp(const NetworkLayer& ip, TransportLayer& transport) {
  constexpr uint32_t MINIMUM_BYTES = 20;
  const HeaderRoom room = roomFor(MINIMUM_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) return takeIncompleteHeader(ip, room, transport);
  const uint16_t offsetAndFlags = load16Be(ip.transport + 12);
  const uint32_t headerBytes = (offsetAndFlags >> 12) * 4U;
  const bool cutByFragment = ip.fragment == FragmentKind::FIRST && headerBytes >= MINIMUM_BYTES;
  if (headerBytes < MINIMUM_BYTES || (headerBytes > ip.transportBytes && !cutByFragment))
    return Exception::MALFORMED_TRANSPORT_HEADER;
  takePorts(ip, transport);
  transport.tcpSequence = load32Be(ip.transport + 4);
  transport.tcpFlags = offsetAndFlags & 0x01ff;
  takePayload(ip, headerBytes, ip.transportBytes, transport);
  return Exception::NONE;
}

/// RFC 768; a length of 0 stands for a jumbogram (RFC 2675 4) or for segmentation offload.
inline Exception decodeUdp(const NetworkLayer& ip, TransportLayer& transport) {
  constexpr uint32_t HEADER_BYTES = 8;
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) return takeIncompleteHeader(ip, room, transport);
  const uint32_t lengthBytes = load16Be(ip.transport + 4);
  if (lengthBytes != 0 && lengthBytes < HEADER_BYTES) return Exception::MALFORMED_TRANSPORT_HEADER;
  takePorts(ip, transport);
  takePayload(ip, HEADER_BYTES, lengthBytes == 0 ? ip.transportBytes : lengthBytes, transport);
  return Exception::NONE;
}

/// RFC 9260 3.1: only the ports, the chunks are not looked into.
inline Exception decodeSctp(const NetworkLayer& ip, TransportLayer& transport) {
  constexpr uint32_t HEADER_BYTES = 12;
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) return takeIncompleteHeader(ip, room, transport);
  takePorts(ip, transport);
  return Exception::NONE;
}

/// RFC 792, RFC 4443. The asker's port holds the query, so that who answers whom is in the key.
inline Exception decodeIcmp(const NetworkLayer& ip, TransportLayer& transport) {
  constexpr uint32_t HEADER_BYTES = 4;
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room == HeaderRoom::CUT_BY_CAPTURE) return Exception::TRUNCATED_TRANSPORT_HEADER;
  if (room == HeaderRoom::CUT_BY_DATAGRAM)
    return ip.fragment == FragmentKind::FIRST ? Exception::NONE
                                              : Exception::MALFORMED_TRANSPORT_HEADER;
  const uint8_t type = ip.transport[0];
  const uint8_t code = ip.transport[1];
  const uint16_t query =
      ip.protocol == IP_PROTOCOL_ICMP ? icmpQuery(type, code) : icmpv6Query(type, code);
  (query >> 8 == type ? transport.sourcePort : transport.destinationPort) = query;
  transport.icmpTypeCode = static_cast<uint16_t>(type << 8 | code);
  return Exception::NONE;
}

/// `ip` is not a later fragment.
inline Exception decodeTransport(const NetworkLayer& ip, TransportLayer& transport) {
  switch (ip.protocol) {
    case IP_PROTOCOL_TCP:
      return decodeTcp(ip, transport);
    case IP_PROTOCOL_UDP:
      return decodeUdp(ip, transport);
    case IP_PROTOCOL_ICMP:
      return ip.version == 4 ? decodeIcmp(ip, transport) : Exception::NONE;
    case IP_PROTOCOL_ICMPV6:
      return ip.version == 6 ? decodeIcmp(ip, transport) : Exception::NONE;
    case IP_PROTOCOL_SCTP:
      return decodeSctp(ip, transport);
    default:
      return Exception::NONE;
  }
}

}  // namespace weir
