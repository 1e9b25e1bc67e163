// SPDX-License-Identifier: Apache-2.0
#include "decode/packet_decoder.h"

#include <algorithm>

#include "decode/link_layer.h"
#include "decode/network_layer.h"
#include "decode/transport_layer.h"

namespace weir {
namespace {

constexpr uint8_t IP_VERSION_4 = 4;

void putIpv4(const uint8_t* address, IpAddress& into) {
  into = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::memcpy(into.data() + 12, address, 4);
}

/// Three-way comparison of two addresses as numbers, which is their order as octets.
int compareAddresses(const NetworkLayer& ip) {
  if (ip.version == IP_VERSION_4) {
    const uint32_t source = load32Be(ip.source);
    const uint32_t destination = load32Be(ip.destination);
    return source < destination ? -1 : source > destination;
  }
  return std::memcmp(ip.source, ip.destination, sizeof(IpAddress));
}

void putEndpoints(const NetworkLayer& ip, const TransportLayer& transport, DecodedPacket& packet) {
  const int order = compareAddresses(ip);
  const bool fromB = order > 0 || (order == 0 && transport.sourcePort > transport.destinationPort);
  FlowKey& key = packet.key;
  packet.sender = fromB ? Sender::B : Sender::A;
  key.portA = fromB ? transport.destinationPort : transport.sourcePort;
  key.portB = fromB ? transport.sourcePort : transport.destinationPort;
  key.protocol = transport.protocol;
  key.ipVersion = ip.version;
  const uint8_t* const first = fromB ? ip.destination : ip.source;
  const uint8_t* const second = fromB ? ip.source : ip.destination;
  if (ip.version == IP_VERSION_4) {
    putIpv4(first, key.addressA);
    putIpv4(second, key.addressB);
  } else {
    std::memcpy(key.addressA.data(), first, sizeof(IpAddress));
    std::memcpy(key.addressB.data(), second, sizeof(IpAddress));
  }
}

FragmentKey fragmentKeyOf(const NetworkLayer& ip, uint16_t vlanId) {
  FragmentKey key;
  const size_t addressBytes = ip.version == IP_VERSION_4 ? 4 : sizeof(IpAddress);
  std::memcpy(key.source.data(), ip.source, addressBytes);
  std::memcpy(key.destination.data(), ip.destination, addressBytes);
  key.identification = ip.identification;
  key.vlanId = vlanId;
  key.protocol = ip.fragmentProtocol;
  key.ipVersion = ip.version;
  return key;
}

/// The first fragment teaches, later ones learn: they have no transport header, whatever their
/// first octets look like.
void joinFragments(FragmentCache& cache, const NetworkLayer& ip, TransportLayer& transport,
                   const DecodedPacket& packet) {
  const FragmentKey key = fragmentKeyOf(ip, packet.key.vlanId);
  if (ip.fragment == FragmentKind::FIRST) {
    cache.remember(key,
                   {.sourcePort = transport.sourcePort,
                    .destinationPort = transport.destinationPort,
                    .icmpTypeCode = transport.icmpTypeCode,
                    .protocol = transport.protocol},
                   packet.timestampNs);
  } else if (const FragmentFacts* const facts = cache.find(key, packet.timestampNs)) {
    transport.sourcePort = facts->sourcePort;
    transport.destinationPort = facts->destinationPort;
    transport.icmpTypeCode = facts->icmpTypeCode;
    transport.protocol = facts->protocol;
  }
}

}  // namespace

void PacketDecoder::decode(const PacketView& view, DecodedPacket& packet) {
  packet = DecodedPacket{.timestampNs = view.timestampNs,
                         .octets = view.originalLengthBytes,
                         .interfaceIndex = view.interfaceIndex};
  LinkLayer link;
  packet.exception = decodeLink(view, link);
  packet.key.vlanId = link.vlanId;
  if (packet.exception != Exception::NONE) return;

  NetworkLayer ip;
  packet.exception = decodeNetwork(link, ip);
  if (ip.octets != 0) packet.octets = ip.octets;
  if (packet.exception != Exception::NONE) return;
  packet.ipClassOfService = ip.classOfService;
  packet.ipTimeToLive = ip.timeToLive;

  TransportLayer transport{.protocol = ip.protocol};
  if (ip.fragment != FragmentKind::LATER) packet.exception = decodeTransport(ip, transport);
  if (packet.exception != Exception::NONE) return;
  if (ip.fragment != FragmentKind::NONE) joinFragments(fragments_, ip, transport, packet);

  putEndpoints(ip, transport, packet);
  packet.payload = transport.payload;
  packet.payloadLengthBytes = transport.payloadLengthBytes;
  packet.tcpSequence = transport.tcpSequence;
  packet.tcpFlags = transport.tcpFlags;
  packet.icmpTypeCode = transport.icmpTypeCode;
}

}  // namespace weir
