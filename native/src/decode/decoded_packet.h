// SPDX-License-Identifier: Apache-2.0
// What decode hands on: a packet's flow key, its layer 4 facts and its payload, or why it has none.
#pragma once

#include <cstdint>

#include "capture/telling_ports.h"
#include "decode/flow_key.h"

namespace weir {

/// Why a packet belongs to no flow. NONE: it does. Names are what `--stats` shows.
enum class Exception : uint8_t {
  NONE = 0,
  UNSUPPORTED_LINK_TYPE,
  TRUNCATED_LINK_HEADER,
  ARP,
  NON_IP,
  TRUNCATED_IP_HEADER,
  MALFORMED_IP_HEADER,
  TRUNCATED_TRANSPORT_HEADER,
  MALFORMED_TRANSPORT_HEADER,
  COUNT,
  OVERHEARD = COUNT,  ///< another lane counts it, so it is in none of this one's books
};

/// camelCase name for statistics, e.g. "truncatedIpHeader".
const char* exceptionName(Exception exception);

/// TCP header flags in wire order, 9 bits: NS CWR ECE URG ACK PSH RST SYN FIN (RFC 9293, RFC 3540).
enum TcpFlag : uint16_t {
  TCP_FIN = 0x001,
  TCP_SYN = 0x002,
  TCP_RST = 0x004,
  TCP_PSH = 0x008,
  TCP_ACK = 0x010,
};

/// `payload` borrows from the PacketView: it never outlives the batch.
struct DecodedPacket {
  static constexpr uint32_t NO_LABEL = 0;  ///< an IPv4 explicit null label has its S bit set

  FlowKey key;
  int64_t timestampNs = 0;
  const uint8_t* payload = nullptr;  ///< after the TCP or UDP header, without Ethernet padding;
                                     ///< null for other protocols and later fragments
  uint32_t payloadLengthBytes = 0;   ///< captured octets at `payload`
  uint32_t datagramBytes = 0;        ///< of UDP: octets of payload by the headers, in a first
                                     ///< fragment of the whole datagram; else 0
  uint32_t octets = 0;               ///< IP total length (IPv6: 40 + payload length), in a tunnel
                                     ///< that was entered the inner packet's;
                                     ///< with an exception and no valid IP header: wire length
  uint32_t outerOctets = 0;          ///< IP total length of the outermost IP header
  uint32_t tcpSequence = 0;          ///< host order
  uint32_t interfaceIndex = 0;
  /// Destination and source MAC address, 6 octets each as in the frame; null where there are none.
  const uint8_t* macAddresses = nullptr;
  uint32_t mplsTopLabel = NO_LABEL;  ///< label stack entry without its TTL: 24 bits (RFC 3032 2.1)
  uint16_t tcpFlags = 0;             ///< TcpFlag bits; 0 unless TCP
  uint16_t icmpTypeCode = 0;         ///< type * 256 + code of ICMP and ICMPv6, else 0
  uint8_t ipClassOfService = 0;
  uint8_t ipTimeToLive = 0;
  bool insidePppoe = false;  ///< in a tunnel: inside of the innermost
  Sender sender = Sender::A;
  Exception exception = Exception::NONE;

  [[nodiscard]] uint16_t sourcePort() const { return sender == Sender::A ? key.portA : key.portB; }
  [[nodiscard]] uint16_t destinationPort() const {
    return sender == Sender::A ? key.portB : key.portA;
  }
};

/// Whether all lanes hear what the packet tells of other flows. What is told inside of a tunnel
/// stays in its lane: capture does not look into tunnels.
inline bool isHeardByAllLanes(const DecodedPacket& packet) {
  return tellsOfOtherFlows(packet.key.protocol, packet.sourcePort(), packet.destinationPort()) &&
         packet.key.tunnel == Tunnel::NONE && packet.payloadLengthBytes != 0;
}

}  // namespace weir
