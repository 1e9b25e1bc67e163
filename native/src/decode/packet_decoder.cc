// SPDX-License-Identifier: Apache-2.0
#include "decode/packet_decoder.h"

#include <algorithm>
#include <array>

#include "capture/link_layer.h"
#include "decode/network_layer.h"
#include "decode/plain_packet.h"
#include "decode/transport_layer.h"
#include "decode/tunnel.h"

namespace weir {
namespace {

constexpr uint8_t IP_VERSION_4 = 4;
/// Tunnels in tunnels; a forged packet would go on for ever.
constexpr size_t DEEPEST_TUNNEL = 4;

void putEndpoints(const NetworkLayer& ip, const TransportLayer& transport, DecodedPacket& packet) {
  const plain::Ports ports{transport.sourcePort, transport.destinationPort};
  const bool version4 = ip.version == IP_VERSION_4;
  const bool fromB = version4 ? plain::isAboveIpv4(ip.source, ports.source, ports.destination)
                              : plain::isAboveIpv6(ip.source, ports.source, ports.destination);
  plain::putPorts(ports, fromB, packet);
  const auto words = version4 ? plain::mappedIpv4 : plain::ipv6Words;
  plain::putAddresses(words(ip.source), words(ip.destination), fromB, packet.key);
}

/// All fields of a packet without an exception that is in no tunnel.
void fill(const PacketView& view, const LinkLayer& link, const NetworkLayer& ip,
          const TransportLayer& transport, DecodedPacket& packet) {
  putEndpoints(ip, transport, packet);
  packet.key.vlanId = link.vlanId;
  packet.key.customerVlanId = link.customerVlanId;
  packet.key.segmentId = 0;
  packet.key.protocol = transport.protocol;
  packet.key.ipVersion = ip.version;
  packet.key.tunnel = Tunnel::NONE;
  packet.key.segmentTunnel = Tunnel::NONE;
  packet.timestampNs = view.timestampNs;
  packet.payload = transport.payload;
  packet.payloadLengthBytes = transport.payloadLengthBytes;
  packet.datagramBytes = transport.datagramBytes;
  packet.octets = ip.octets;
  packet.outerOctets = ip.octets;
  packet.tcpSequence = transport.tcpSequence;
  packet.interfaceIndex = view.interfaceIndex;
  packet.macAddresses = link.macAddresses;
  packet.mplsTopLabel = link.mplsTopLabel;
  packet.tcpFlags = transport.tcpFlags;
  packet.icmpTypeCode = transport.icmpTypeCode;
  packet.ipClassOfService = ip.classOfService;
  packet.ipTimeToLive = ip.timeToLive;
  packet.insidePppoe = link.insidePppoe;
  packet.exception = Exception::NONE;
}

/// `ipOctets` 0: there is no valid IP header.
Decoding refuse(const PacketView& view, Exception exception, uint32_t ipOctets,
                DecodedPacket& packet) {
  packet = DecodedPacket{.timestampNs = view.timestampNs,
                         .octets = ipOctets != 0 ? ipOctets : view.originalLengthBytes,
                         .interfaceIndex = view.interfaceIndex,
                         .exception = exception};
  return Decoding::DONE;
}

Exception exceptionOf(LinkOutcome outcome) {
  return outcome == LinkOutcome::UNSUPPORTED ? Exception::UNSUPPORTED_LINK_TYPE
                                             : Exception::TRUNCATED_LINK_HEADER;
}

FragmentKey fragmentKeyOf(const Layers& layers) {
  const NetworkLayer& ip = layers.ip;
  FragmentKey key;
  const size_t addressBytes = ip.version == IP_VERSION_4 ? 4 : sizeof(IpAddress);
  std::memcpy(key.source.data(), ip.source, addressBytes);
  std::memcpy(key.destination.data(), ip.destination, addressBytes);
  key.identification = ip.identification;
  key.segmentId = layers.segment.id;
  key.segmentTunnel = layers.segment.tunnel;
  key.vlanId = layers.link.vlanId;
  key.customerVlanId = layers.link.customerVlanId;
  key.protocol = ip.fragmentProtocol;
  key.ipVersion = ip.version;
  key.tunnel = layers.tunnel;
  return key;
}

/// All fields, in a tunnel or not. What an outer fragment cuts off comes in the later ones, so each
/// counts what it carries.
void fill(const PacketView& view, const Layers& layers, uint32_t outerOctets,
          DecodedPacket& packet) {
  fill(view, layers.link, layers.ip, layers.transport, packet);
  packet.key.segmentId = layers.segment.id;
  packet.key.segmentTunnel = layers.segment.tunnel;
  packet.key.tunnel = layers.tunnel;
  packet.outerOctets = outerOctets;
  if (layers.insideFragment) packet.octets = std::min(layers.ip.octets, layers.link.wireBytes);
}

}  // namespace

Decoding PacketDecoder::decode(const PacketView& view, DecodedPacket& packet) {
  if (decodePlain(view, packet)) [[likely]]
    return Decoding::DONE;
  return decodeLayers(view, packet);
}

bool PacketDecoder::overhear(const PacketView& view, DecodedPacket& packet) const {
  if (!decodePlain(view, packet)) {
    const LinkLayer link = walkLink(view);
    if (link.outcome != LinkOutcome::FOUND) return false;
    const NetworkLayer ip = decodeNetwork(link);
    if (ip.exception != Exception::NONE || ip.fragment == FragmentKind::LATER) return false;
    const TransportLayer transport = decodeTransport(ip);
    if (transport.exception != Exception::NONE) return false;
    Layers inner;
    const bool isTunnel =
        transport.mayBeTunnel && enterTunnel({.link = link, .ip = ip, .transport = transport},
                                             options_.tunnels, inner) == TunnelOutcome::ENTERED;
    if (isTunnel) return false;
    fill(view, link, ip, transport, packet);
  }
  packet.exception = Exception::OVERHEARD;
  return isHeardByAllLanes(packet);
}

Decoding PacketDecoder::decodeLayers(const PacketView& view, DecodedPacket& packet) {
  const LinkLayer link = walkLink(view);
  if (link.outcome != LinkOutcome::FOUND) return refuse(view, exceptionOf(link.outcome), 0, packet);
  const NetworkLayer ip = decodeNetwork(link);
  if (ip.exception != Exception::NONE) return refuse(view, ip.exception, ip.octets, packet);
  if (ip.fragment == FragmentKind::LATER) return decodeLaterFragment(view, link, ip, packet);
  const TransportLayer transport = decodeTransport(ip);
  if (transport.exception != Exception::NONE)
    return refuse(view, transport.exception, ip.octets, packet);
  if (transport.mayBeTunnel || ip.fragment != FragmentKind::NONE)
    return decodeInwards(view, {.link = link, .ip = ip, .transport = transport}, packet);
  fill(view, link, ip, transport, packet);
  return Decoding::DONE;
}

/// Goes inwards while there is a tunnel to enter, and remembers the fragments met on the way.
Decoding PacketDecoder::decodeInwards(const PacketView& view, const Layers& outermost,
                                      DecodedPacket& packet) {
  Layers layers = outermost;
  std::array<FirstFragment, DEEPEST_TUNNEL + 1> firsts;
  size_t fragmented = 0;
  size_t envelopes = 0;  ///< those of the fragmented packets that hold the innermost one
  for (size_t depth = 0; layers.ip.fragment != FragmentKind::LATER; ++depth) {
    if (layers.ip.fragment == FragmentKind::FIRST)
      firsts[fragmented++] = {fragmentKeyOf(layers), layers.ip.share};
    Layers inner;
    TunnelOutcome outcome = enterTunnel(layers, options_.tunnels, inner);
    if (outcome == TunnelOutcome::ENTERED && depth == DEEPEST_TUNNEL)
      outcome = TunnelOutcome::TOO_DEEP;
    ++tunnels_[static_cast<size_t>(outcome)];
    if (outcome != TunnelOutcome::ENTERED) break;
    layers = inner;
    envelopes = fragmented;
  }
  fill(view, layers, outermost.ip.octets, packet);
  const Decoding decoding =
      layers.ip.fragment == FragmentKind::LATER ? joinFlow(layers, packet) : Decoding::DONE;
  for (size_t i = 0; i < fragmented; ++i)
    teach(firsts[i], i < envelopes ? FragmentRole::ENVELOPE : FragmentRole::PACKET, packet);
  return decoding;
}

Decoding PacketDecoder::decodeLaterFragment(const PacketView& view, const LinkLayer& link,
                                            const NetworkLayer& ip, DecodedPacket& packet) {
  const Layers layers{.link = link, .ip = ip, .transport = {.protocol = ip.protocol}};
  fill(view, layers, ip.octets, packet);
  return joinFlow(layers, packet);
}

/// A later fragment has no transport header, whatever its first octets look like: `packet` has the
/// ports 0 until its first fragment tells its flow. Where the datagram was whole already, this is
/// another one of the same identification, or a fragment that came again: it waits for a first.
Decoding PacketDecoder::joinFlow(const Layers& layers, DecodedPacket& packet) {
  const FragmentKey key = fragmentKeyOf(layers);
  const FragmentShare& share = layers.ip.share;
  FragmentedDatagram* const datagram = fragments_.find(key, packet.timestampNs);
  if (datagram == nullptr || datagram->seen.isWhole()) {
    early_.hold({key, share, packet}, datagram);
    return Decoding::HELD;
  }
  datagram->seen.add(share);
  joinDatagram(datagram->facts, share, packet);
  return Decoding::DONE;
}

void PacketDecoder::teach(const FirstFragment& first, FragmentRole role,
                          const DecodedPacket& packet) {
  const FragmentFacts facts{packet.key, packet.icmpTypeCode, packet.sender, role};
  FragmentedDatagram& datagram = fragments_.remember(first.key, facts, packet.timestampNs);
  datagram.seen = first.share;
  datagram.seen.add(early_.join(first.key, facts, packet.timestampNs));
}

}  // namespace weir
