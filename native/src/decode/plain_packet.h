// SPDX-License-Identifier: Apache-2.0
// The short way for what nearly every packet is: Ethernet with at most one tag, IPv4 or IPv6
// without options, fragmentation or extension headers, TCP or UDP to no tunnel's port, all headers
// captured. Written for speed: each octet is read once, each field stored once, nothing waits in
// between. It refuses what it does not know, and the layers' own functions say what that is; a test
// holds that both ways give the same packet. Pure.
#pragma once

#include <algorithm>
#include <bit>

#include "capture/byte_order.h"
#include "capture/link_layer.h"
#include "capture/packet_view.h"
#include "decode/decoded_packet.h"
#include "decode/transport_layer.h"

namespace weir {
namespace plain {

/// Constants as they look in memory, so that nothing has to be swapped to be compared.
constexpr uint16_t wire16(uint16_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap16(value);
}

/// Two words of the machine: a key takes few stores.
struct AddressWords {
  uint64_t high;
  uint64_t low;

  void putInto(IpAddress& address) const {
    std::memcpy(address.data(), &high, sizeof high);
    std::memcpy(address.data() + sizeof high, &low, sizeof low);
  }
};

/// RFC 4291 2.5.5.2.
inline AddressWords mappedIpv4(const uint8_t* address) {
  const uint64_t octets = loadNative<uint32_t>(address);
  constexpr bool BIG = std::endian::native == std::endian::big;
  return {0, BIG ? uint64_t{0xffff} << 32 | octets : octets << 32 | 0xffff0000U};
}

inline AddressWords ipv6Words(const uint8_t* address) {
  return {loadNative<uint64_t>(address), loadNative<uint64_t>(address + 8)};
}

/// Endpoints are in order as numbers, which is their order as octets, then by port.
inline bool isAboveIpv4(const uint8_t* addresses, uint16_t sourcePort, uint16_t destinationPort) {
  return (uint64_t{load32Be(addresses)} << 16 | sourcePort) >
         (uint64_t{load32Be(addresses + 4)} << 16 | destinationPort);
}

inline bool isAboveIpv6(const uint8_t* addresses, uint16_t sourcePort, uint16_t destinationPort) {
  const uint64_t sourceHigh = load64Be(addresses);
  const uint64_t destinationHigh = load64Be(addresses + 16);
  if (sourceHigh != destinationHigh) return sourceHigh > destinationHigh;
  const uint64_t sourceLow = load64Be(addresses + 8);
  const uint64_t destinationLow = load64Be(addresses + 24);
  if (sourceLow != destinationLow) return sourceLow > destinationLow;
  return sourcePort > destinationPort;
}

struct Ports {
  uint16_t source;
  uint16_t destination;
};

inline void putPorts(Ports ports, bool fromB, DecodedPacket& packet) {
  packet.sender = fromB ? Sender::B : Sender::A;
  packet.key.portA = fromB ? ports.destination : ports.source;
  packet.key.portB = fromB ? ports.source : ports.destination;
}

inline void putAddresses(const AddressWords& source, const AddressWords& destination, bool fromB,
                         FlowKey& key) {
  (fromB ? destination : source).putInto(key.addressA);
  (fromB ? source : destination).putInto(key.addressB);
}

/// `endBytes`: where the payload ends by the length fields, at most what was captured.
inline void putPayload(const uint8_t* transport, uint32_t headerBytes, uint32_t endBytes,
                       DecodedPacket& packet) {
  const bool empty = endBytes <= headerBytes;
  packet.payload = empty ? nullptr : transport + headerBytes;
  packet.payloadLengthBytes = empty ? 0 : endBytes - headerBytes;
}

/// RFC 9293 3.1. `datagramBytes` by the IP header, of which `capturedBytes` are there.
inline bool putTcp(const uint8_t* transport, uint32_t datagramBytes, uint32_t capturedBytes,
                   DecodedPacket& packet) {
  constexpr uint32_t MINIMUM_BYTES = 20;
  if (capturedBytes < MINIMUM_BYTES) return false;
  const uint16_t offsetAndFlags = load16Be(transport + 12);
  const uint32_t headerBytes = (offsetAndFlags >> 12) * 4U;
  if (headerBytes < MINIMUM_BYTES || headerBytes > datagramBytes) return false;
  packet.tcpSequence = load32Be(transport + 4);
  packet.tcpFlags = offsetAndFlags & 0x01ff;
  packet.datagramBytes = 0;
  putPayload(transport, headerBytes, capturedBytes, packet);
  return true;
}

/// RFC 768.
inline bool putUdp(const uint8_t* transport, uint32_t datagramBytes, uint32_t capturedBytes,
                   DecodedPacket& packet) {
  constexpr uint32_t HEADER_BYTES = 8;
  if (capturedBytes < HEADER_BYTES) return false;
  const uint32_t lengthBytes = load16Be(transport + 4);
  if (lengthBytes < HEADER_BYTES || isTunnelPort(load16Be(transport + 2))) return false;
  packet.tcpSequence = 0;
  packet.tcpFlags = 0;
  packet.datagramBytes = std::min(lengthBytes, datagramBytes) - HEADER_BYTES;
  putPayload(transport, HEADER_BYTES, std::min(lengthBytes, capturedBytes), packet);
  return true;
}

inline bool putTransport(uint8_t protocol, const uint8_t* transport, uint32_t datagramBytes,
                         uint32_t capturedBytes, DecodedPacket& packet) {
  packet.key.protocol = protocol;
  if (protocol == IP_PROTOCOL_TCP) return putTcp(transport, datagramBytes, capturedBytes, packet);
  return protocol == IP_PROTOCOL_UDP && putUdp(transport, datagramBytes, capturedBytes, packet);
}

/// RFC 791 3.1.
inline bool putIpv4(const uint8_t* header, uint32_t leftBytes, DecodedPacket& packet) {
  constexpr uint32_t HEADER_BYTES = 20;
  constexpr uint8_t VERSION_AND_LENGTH = 0x45;
  constexpr uint16_t FRAGMENT_MASK = 0x3fff;
  if (leftBytes < HEADER_BYTES || header[0] != VERSION_AND_LENGTH) return false;
  if ((loadNative<uint16_t>(header + 6) & wire16(FRAGMENT_MASK)) != 0) return false;
  const uint32_t totalBytes = load16Be(header + 2);
  if (totalBytes < HEADER_BYTES) return false;
  const uint8_t* const transport = header + HEADER_BYTES;
  if (!putTransport(header[9], transport, totalBytes - HEADER_BYTES,
                    std::min(leftBytes, totalBytes) - HEADER_BYTES, packet))
    return false;
  packet.octets = totalBytes;
  packet.outerOctets = totalBytes;
  packet.ipClassOfService = header[1];
  packet.ipTimeToLive = header[8];
  packet.key.ipVersion = 4;
  const Ports ports{load16Be(transport), load16Be(transport + 2)};
  const bool fromB = isAboveIpv4(header + 12, ports.source, ports.destination);
  putPorts(ports, fromB, packet);
  putAddresses(mappedIpv4(header + 12), mappedIpv4(header + 16), fromB, packet.key);
  return true;
}

/// RFC 8200 3.
inline bool putIpv6(const uint8_t* header, uint32_t leftBytes, DecodedPacket& packet) {
  constexpr uint32_t HEADER_BYTES = 40;
  if (leftBytes < HEADER_BYTES || header[0] >> 4 != 6) return false;
  const uint32_t payloadBytes = load16Be(header + 4);
  if (payloadBytes == 0) return false;
  const uint8_t* const transport = header + HEADER_BYTES;
  if (!putTransport(header[6], transport, payloadBytes,
                    std::min(leftBytes - HEADER_BYTES, payloadBytes), packet))
    return false;
  packet.octets = HEADER_BYTES + payloadBytes;
  packet.outerOctets = HEADER_BYTES + payloadBytes;
  packet.ipClassOfService = static_cast<uint8_t>(load16Be(header) >> 4);
  packet.ipTimeToLive = header[7];
  packet.key.ipVersion = 6;
  const Ports ports{load16Be(transport), load16Be(transport + 2)};
  const bool fromB = isAboveIpv6(header + 8, ports.source, ports.destination);
  putPorts(ports, fromB, packet);
  putAddresses(ipv6Words(header + 8), ipv6Words(header + 24), fromB, packet.key);
  return true;
}

}  // namespace plain

/// Fills all fields of `packet`, or gives false and leaves some of them changed.
inline bool decodePlain(const PacketView& view, DecodedPacket& packet) {
  constexpr uint32_t HEADER_BYTES = 14;
  constexpr uint32_t TAG_BYTES = 4;
  constexpr uint16_t VLAN_ID_MASK = 0x0fff;
  if (view.linkType != LinkType::ETHERNET || view.capturedLengthBytes < HEADER_BYTES + TAG_BYTES)
    return false;
  const uint8_t* network = view.data + HEADER_BYTES;
  auto etherType = loadNative<uint16_t>(network - 2);
  uint32_t tagControl = view.strippedVlanTci;
  if (etherType == plain::wire16(ETHER_TYPE_VLAN)) {
    if (tagControl != PacketView::NO_VLAN) return false;
    tagControl = load16Be(network);
    network += TAG_BYTES;
    etherType = loadNative<uint16_t>(network - 2);
  }
  const auto leftBytes = static_cast<uint32_t>(view.data + view.capturedLengthBytes - network);
  const bool done = etherType == plain::wire16(ETHER_TYPE_IPV4)
                        ? plain::putIpv4(network, leftBytes, packet)
                        : etherType == plain::wire16(ETHER_TYPE_IPV6) &&
                              plain::putIpv6(network, leftBytes, packet);
  if (!done) return false;
  packet.key.vlanId = tagControl == PacketView::NO_VLAN ? 0 : tagControl & VLAN_ID_MASK;
  packet.key.customerVlanId = 0;
  packet.key.segmentId = 0;
  packet.key.tunnel = Tunnel::NONE;
  packet.key.segmentTunnel = Tunnel::NONE;
  packet.timestampNs = view.timestampNs;
  packet.interfaceIndex = view.interfaceIndex;
  packet.macAddresses = view.data;
  packet.mplsTopLabel = DecodedPacket::NO_LABEL;
  packet.icmpTypeCode = 0;
  packet.insidePppoe = false;
  packet.exception = Exception::NONE;
  return true;
}

}  // namespace weir
