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
  IP_PROTOCOL_IPV4 = 4,
  IP_PROTOCOL_TCP = 6,
  IP_PROTOCOL_UDP = 17,
  IP_PROTOCOL_IPV6 = 41,
  IP_PROTOCOL_GRE = 47,
  IP_PROTOCOL_ICMPV6 = 58,
  IP_PROTOCOL_SCTP = 132,
};

/// Destination ports of tunnels over UDP; replies go to them too.
enum TunnelPort : uint16_t {
  TUNNEL_PORT_GTP_U = 2152,
  TUNNEL_PORT_VXLAN = 4789,
  TUNNEL_PORT_GENEVE = 6081,
  TUNNEL_PORT_OLD_VXLAN = 8472,  // Linux's default, from before the assignment
};

/// What the transport layer tells, in the packet's own direction. Like NetworkLayer it goes by
/// value.
struct TransportLayer {
  const uint8_t* payload = nullptr;
  uint32_t payloadLengthBytes = 0;
  uint32_t datagramBytes = 0;  ///< as DecodedPacket::datagramBytes
  uint32_t tcpSequence = 0;
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;
  uint16_t tcpFlags = 0;
  uint16_t icmpTypeCode = 0;
  uint8_t protocol = 0;
  bool mayBeTunnel = false;  ///< enterTunnel() knows
  Exception exception = Exception::NONE;
};

inline TransportLayer refused(TransportLayer transport, Exception exception) {
  transport.exception = exception;
  return transport;
}

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
[[gnu::noinline]] inline TransportLayer takeIncompleteHeader(NetworkLayer ip, HeaderRoom room) {
  TransportLayer transport{.protocol = ip.protocol};
  if (room == HeaderRoom::CUT_BY_CAPTURE)
    return refused(transport, Exception::TRUNCATED_TRANSPORT_HEADER);
  if (ip.fragment != FragmentKind::FIRST)
    return refused(transport, Exception::MALFORMED_TRANSPORT_HEADER);
  if (ip.capturedBytes >= 4) takePorts(ip, transport);
  return transport;
}

inline void takePayload(const NetworkLayer& ip, uint32_t from, uint32_t to,
                        TransportLayer& transport) {
  const uint32_t end = std::min(to, ip.capturedBytes);
  if (end <= from) return;  // no payload, or none captured
  transport.payload = ip.transport + from;
  transport.payloadLengthBytes = end - from;
}

/// RFC 9293 3.1.
inline TransportLayer decodeTcp(const NetworkLayer& ip) {
  constexpr uint32_t MINIMUM_BYTES = 20;
  const HeaderRoom room = roomFor(MINIMUM_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) [[unlikely]]
    return takeIncompleteHeader(ip, room);
  TransportLayer transport{.protocol = ip.protocol};
  const uint16_t offsetAndFlags = load16Be(ip.transport + 12);
  const uint32_t headerBytes = (offsetAndFlags >> 12) * 4U;
  const bool cutByFragment = ip.fragment == FragmentKind::FIRST && headerBytes >= MINIMUM_BYTES;
  if (headerBytes < MINIMUM_BYTES || (headerBytes > ip.transportBytes && !cutByFragment))
    return refused(transport, Exception::MALFORMED_TRANSPORT_HEADER);
  takePorts(ip, transport);
  transport.tcpSequence = load32Be(ip.transport + 4);
  transport.tcpFlags = offsetAndFlags & 0x01ff;
  takePayload(ip, headerBytes, ip.transportBytes, transport);
  return transport;
}

inline bool isTunnelPort(uint16_t port) {
  return port == TUNNEL_PORT_GTP_U || port == TUNNEL_PORT_VXLAN || port == TUNNEL_PORT_GENEVE ||
         port == TUNNEL_PORT_OLD_VXLAN;
}

/// RFC 768; a length of 0 stands for a jumbogram (RFC 2675 4) or for segmentation offload.
inline TransportLayer decodeUdp(const NetworkLayer& ip) {
  constexpr uint32_t HEADER_BYTES = 8;
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) [[unlikely]]
    return takeIncompleteHeader(ip, room);
  TransportLayer transport{.protocol = ip.protocol};
  const uint32_t lengthBytes = load16Be(ip.transport + 4);
  if (lengthBytes != 0 && lengthBytes < HEADER_BYTES)
    return refused(transport, Exception::MALFORMED_TRANSPORT_HEADER);
  takePorts(ip, transport);
  transport.mayBeTunnel = isTunnelPort(transport.destinationPort);
  const uint32_t toldBytes = lengthBytes == 0 ? ip.transportBytes : lengthBytes;
  takePayload(ip, HEADER_BYTES, toldBytes, transport);
  const bool isFragment = ip.fragment != FragmentKind::NONE;
  transport.datagramBytes =
      (isFragment ? toldBytes : std::min(toldBytes, ip.transportBytes)) - HEADER_BYTES;
  return transport;
}

/// RFC 9260 3.1: only the ports, the chunks are not looked into.
[[gnu::noinline]] inline TransportLayer decodeSctp(NetworkLayer ip) {
  constexpr uint32_t HEADER_BYTES = 12;
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room != HeaderRoom::COMPLETE) [[unlikely]]
    return takeIncompleteHeader(ip, room);
  TransportLayer transport{.protocol = ip.protocol};
  takePorts(ip, transport);
  return transport;
}

/// RFC 792, RFC 4443. The asker's port holds the query, so that who answers whom is in the key.
[[gnu::noinline]] inline TransportLayer decodeIcmp(NetworkLayer ip) {
  constexpr uint32_t HEADER_BYTES = 4;
  TransportLayer transport{.protocol = ip.protocol};
  const HeaderRoom room = roomFor(HEADER_BYTES, ip);
  if (room == HeaderRoom::CUT_BY_CAPTURE)
    return refused(transport, Exception::TRUNCATED_TRANSPORT_HEADER);
  if (room == HeaderRoom::CUT_BY_DATAGRAM)
    return ip.fragment == FragmentKind::FIRST
               ? transport
               : refused(transport, Exception::MALFORMED_TRANSPORT_HEADER);
  const uint8_t type = ip.transport[0];
  const uint8_t code = ip.transport[1];
  const uint16_t query =
      ip.protocol == IP_PROTOCOL_ICMP ? icmpQuery(type, code) : icmpv6Query(type, code);
  (query >> 8 == type ? transport.sourcePort : transport.destinationPort) = query;
  transport.icmpTypeCode = static_cast<uint16_t>(type << 8 | code);
  return transport;
}

/// `ip` is not a later fragment.
inline TransportLayer decodeTransport(const NetworkLayer& ip) {
  TransportLayer other{.protocol = ip.protocol};
  switch (ip.protocol) {
    case IP_PROTOCOL_TCP:
      return decodeTcp(ip);
    case IP_PROTOCOL_UDP:
      return decodeUdp(ip);
    case IP_PROTOCOL_ICMP:
      return ip.version == 4 ? decodeIcmp(ip) : other;
    case IP_PROTOCOL_ICMPV6:
      return ip.version == 6 ? decodeIcmp(ip) : other;
    case IP_PROTOCOL_SCTP:
      return decodeSctp(ip);
    case IP_PROTOCOL_IPV4:
    case IP_PROTOCOL_IPV6:
    case IP_PROTOCOL_GRE:
      other.mayBeTunnel = true;
      return other;
    default:
      return other;
  }
}

}  // namespace weir
