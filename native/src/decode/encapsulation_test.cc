// SPDX-License-Identifier: Apache-2.0
// What surrounds an IP packet changes neither its flow nor its octets, and never its lane.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "capture/lane_partition.h"
#include "decode/packet_decoder.h"
#include "decode/test_encapsulations.h"

using namespace weir;
using namespace weir::test;

namespace {

struct InnerPacket {
  std::string name;
  uint16_t etherType;
  Octets forward;
  Octets backward;
};

std::vector<InnerPacket> innerPackets() {
  const Octets payload = text("the payload of the inner packet");
  const auto from = [](const std::string& one, const std::string& two, uint8_t protocol,
                       const Octets& body) {
    return ipv4({.source = one, .destination = two, .protocol = protocol}, body);
  };
  return {
      {"TCP", IPV4_TYPE, from("10.0.0.1", "10.0.0.9", 6, tcp({40000, 443}, {}, payload)),
       from("10.0.0.9", "10.0.0.1", 6, tcp({443, 40000}, {}, payload))},
      {"UDP, the higher address first", IPV4_TYPE,
       from("200.0.0.1", "10.0.0.9", 17, udp({5, 9}, payload)),
       from("10.0.0.9", "200.0.0.1", 17, udp({9, 5}, payload))},
      {"ICMP", IPV4_TYPE, from("10.0.0.1", "10.0.0.9", 1, icmp(8, 0)),
       from("10.0.0.9", "10.0.0.1", 1, icmp(0, 0))},
      {"TCP over IPv6", IPV6_TYPE,
       ipv6({"fe80::1", "2001:db8::9", 6}, tcp({40000, 443}, {}, payload)),
       ipv6({"2001:db8::9", "fe80::1", 6}, tcp({443, 40000}, {}, payload))},
      {"UDP behind IPv6 options", IPV6_TYPE,
       ipv6({"fe80::1", "fe80::2", 60}, extension(17, udp({5, 9}, payload))),
       ipv6({"fe80::2", "fe80::1", 0}, extension(17, udp({9, 5}, payload)))},
      {"another protocol", IPV4_TYPE, from("10.0.0.1", "10.0.0.9", 89, payload),
       from("10.0.0.9", "10.0.0.1", 89, payload)},
  };
}

PacketView viewOf(const Octets& frame, LinkType linkType) {
  const auto bytes = static_cast<uint32_t>(frame.size());
  return {.data = frame.data(),
          .capturedLengthBytes = bytes,
          .originalLengthBytes = bytes,
          .timestampNs = 5,
          .linkType = linkType};
}

DecodedPacket decodeWith(PacketDecoder& decoder, const Octets& frame,
                         LinkType linkType = LinkType::ETHERNET) {
  DecodedPacket packet;
  decoder.decode(viewOf(frame, linkType), packet);
  return packet;
}

std::string payloadOf(const DecodedPacket& packet) {
  return {reinterpret_cast<const char*>(packet.payload), packet.payloadLengthBytes};
}

/// What the packet alone tells, without that which its envelope adds.
FlowKey bareKey(FlowKey key) {
  key.vlanId = key.customerVlanId = 0;
  key.segmentId = 0;
  key.tunnel = key.segmentTunnel = Tunnel::NONE;
  return key;
}

uint64_t count(const PacketDecoder& decoder, TunnelOutcome outcome) {
  return decoder.tunnels()[static_cast<size_t>(outcome)];
}

const Octets INNER = ipv4({.source = "10.0.0.1", .destination = "10.0.0.9", .protocol = 6},
                          tcp({40000, 443}, {}, text("hello")));

}  // namespace

TEST_CASE("every encapsulation gives the flow, the octets and the payload of the bare packet") {
  for (const Encapsulation& around : allEncapsulations()) {
    for (const InnerPacket& inner : innerPackets()) {
      CAPTURE(around.name);
      CAPTURE(inner.name);
      PacketDecoder decoder;
      const Octets bare = ethernet({inner.etherType}, inner.forward);
      const DecodedPacket expected = decodeWith(decoder, bare);
      const Octets frame = around.wrap(inner.etherType, inner.forward, Way::FORWARD);
      const DecodedPacket packet = decodeWith(decoder, frame, around.linkType);
      REQUIRE(packet.exception == Exception::NONE);
      CHECK(bareKey(packet.key) == expected.key);
      CHECK(packet.sender == expected.sender);
      CHECK(packet.octets == inner.forward.size());
      CHECK(packet.tcpFlags == expected.tcpFlags);
      CHECK(packet.icmpTypeCode == expected.icmpTypeCode);
      CHECK(packet.ipTimeToLive == expected.ipTimeToLive);
      CHECK(payloadOf(packet) == payloadOf(expected));
      CHECK(packet.key.tunnel == around.tunnel);
      CHECK(packet.key.segmentId == around.segmentId);
      CHECK(packet.key.vlanId == around.vlanId);
      CHECK(packet.key.customerVlanId == around.customerVlanId);
      CHECK(packet.insidePppoe == around.name.starts_with("PPPoE"));
      CHECK(packet.mplsTopLabel == around.mplsTopLabel);
      CHECK((packet.outerOctets > packet.octets) == (around.tunnel != Tunnel::NONE));
      CHECK((packet.macAddresses != nullptr) == (around.linkType == LinkType::ETHERNET));
    }
  }
}

TEST_CASE("both directions are one flow and one lane in every encapsulation") {
  for (const Encapsulation& around : allEncapsulations()) {
    for (const InnerPacket& inner : innerPackets()) {
      CAPTURE(around.name);
      CAPTURE(inner.name);
      PacketDecoder decoder;
      const Octets there = around.wrap(inner.etherType, inner.forward, Way::FORWARD);
      const Octets back = around.wrap(inner.etherType, inner.backward, Way::BACKWARD);
      const auto forward = decodeWith(decoder, there, around.linkType);
      const auto backward = decodeWith(decoder, back, around.linkType);
      CHECK(forward.key == backward.key);
      CHECK(forward.sender != backward.sender);
      const uint32_t hash = ipPairHash(viewOf(there, around.linkType));
      CHECK(hash != 0);
      CHECK(hash == ipPairHash(viewOf(back, around.linkType)));
    }
  }
}

TEST_CASE("outer octets are the IP total length of the outermost packet") {
  PacketDecoder decoder;
  const Octets frame = ethernet({.minimumBytes = 200}, outer4(Way::FORWARD, 4, INNER));
  const DecodedPacket packet = decodeWith(decoder, frame);
  CHECK(packet.octets == INNER.size());
  CHECK(packet.outerOctets == INNER.size() + 20);
  CHECK(std::equal(packet.macAddresses, packet.macAddresses + 12, frame.begin()));
}

TEST_CASE("a tunnel that is not to be entered is a flow of its own") {
  for (const Encapsulation& around : tunnels()) {
    CAPTURE(around.name);
    PacketDecoder decoder({.tunnels = TunnelSet::none()});
    const Octets frame = around.wrap(IPV4_TYPE, INNER, Way::FORWARD);
    const DecodedPacket packet = decodeWith(decoder, frame);
    CHECK(packet.exception == Exception::NONE);
    CHECK(packet.key.tunnel == Tunnel::NONE);
    CHECK(packet.octets == packet.outerOctets);
    CHECK(count(decoder, TunnelOutcome::ENTERED) == 0);
  }
  TunnelSet some = TunnelSet::none();
  some.add(Tunnel::VXLAN);
  PacketDecoder decoder({.tunnels = some});
  for (const Encapsulation& around : tunnels())
    decodeWith(decoder, around.wrap(IPV4_TYPE, INNER, Way::FORWARD));
  CHECK(count(decoder, TunnelOutcome::ENTERED) == 3);  // GRE inside of the third is left alone
}

TEST_CASE("what cannot be entered is counted by reason and belongs to the tunnel's own flow") {
  struct Case {
    const char* name;
    Octets body;  ///< of a UDP datagram to `port`, or of GRE
    uint16_t port;
    TunnelOutcome outcome;
  };
  const Octets frame = ethernet({}, INNER);
  Octets longer = INNER;
  longer[3] = 200;
  const Case cases[] = {
      {"ARP in VXLAN", vxlan(1, ethernet({0x0806}, Octets(28))), 4789, TunnelOutcome::NON_IP},
      {"VXLAN without a network", joined({Octets(8), frame}), 4789, TunnelOutcome::UNKNOWN_HEADER},
      {"DNS to port 4789", text("not a tunnel at all, but longer than its header"), 4789,
       TunnelOutcome::UNKNOWN_HEADER},
      {"short VXLAN", {8, 0, 0, 0}, 4789, TunnelOutcome::TRUNCATED},
      {"inner packet longer than its envelope", vxlan(1, ethernet({}, longer)), 4789,
       TunnelOutcome::MALFORMED},
      {"inner IP header", vxlan(1, ethernet({}, Octets(40, 0x11))), 4789, TunnelOutcome::MALFORMED},
      {"inner transport header", vxlan(1, ethernet({}, ipv4({.protocol = 6}, Octets(19)))), 4789,
       TunnelOutcome::MALFORMED},
      {"GENEVE version", joined({{0x40, 0, 8, 0}, Octets(4), INNER}), 6081,
       TunnelOutcome::UNKNOWN_HEADER},
      {"GENEVE control", joined({{0, 0x80, 8, 0}, Octets(4), INNER}), 6081, TunnelOutcome::NON_IP},
      {"GENEVE options", joined({{0x3f, 0, 8, 0}, Octets(4), INNER}), 6081,
       TunnelOutcome::TRUNCATED},
      {"GTP echo", gtpU(0x32, 1, Octets(4), {}), 2152, TunnelOutcome::NON_IP},
      {"GTP prime", gtpU(0x20, 0xff, {}, INNER), 2152, TunnelOutcome::UNKNOWN_HEADER},
      {"GTP extension of length 0", gtpU(0x34, 0xff, {0, 0, 0, 0x85, 0, 0}, INNER), 2152,
       TunnelOutcome::TRUNCATED},
      {"GRE keepalive", {0, 0, 0, 0}, 0, TunnelOutcome::NON_IP},
      {"GRE with routing", joined({{0x40, 0, 8, 0}, Octets(4), INNER}), 0,
       TunnelOutcome::UNKNOWN_HEADER},
      {"GRE version", joined({{0, 2, 8, 0}, INNER}), 0, TunnelOutcome::UNKNOWN_HEADER},
      {"PPTP acknowledgment",
       {0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 3},
       0,
       TunnelOutcome::NON_IP},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    PacketDecoder decoder;
    const bool isGre = one.port == 0;
    const Octets body = isGre ? one.body : udp({50000, one.port}, one.body);
    const auto packet =
        decodeWith(decoder, ethernet({}, outer4(Way::FORWARD, isGre ? 47 : 17, body)));
    CHECK(packet.exception == Exception::NONE);
    CHECK(packet.key.tunnel == Tunnel::NONE);
    CHECK(packet.octets == 20 + body.size());
    CHECK(std::max(packet.key.portA, packet.key.portB) == (isGre ? 0 : 50000));
    CHECK(count(decoder, one.outcome) == 1);
    CHECK(count(decoder, TunnelOutcome::ENTERED) == 0);
  }
}

TEST_CASE("tunnels in tunnels are entered down to a fixed depth") {
  Octets packet = INNER;
  for (size_t depth = 1; depth <= 6; ++depth) {
    packet = outer4(Way::FORWARD, 4, packet);
    PacketDecoder decoder;
    const DecodedPacket decoded = decodeWith(decoder, ethernet({}, packet));
    CHECK(decoded.exception == Exception::NONE);
    CHECK(count(decoder, TunnelOutcome::ENTERED) == std::min<size_t>(depth, 4));
    CHECK(count(decoder, TunnelOutcome::TOO_DEEP) == (depth > 4 ? 1 : 0));
    CHECK(decoded.octets == packet.size() - 20 * std::min<size_t>(depth, 4));
  }
}

TEST_CASE("segments keep equal inner flows apart") {
  PacketDecoder decoder;
  const auto inNetwork = [&](uint32_t network) {
    const Octets datagram = udp({50000, 4789}, vxlan(network, ethernet({}, INNER)));
    return decodeWith(decoder, ethernet({}, outer4(Way::FORWARD, 17, datagram))).key;
  };
  CHECK(inNetwork(1) == inNetwork(1));
  CHECK_FALSE(inNetwork(1) == inNetwork(2));
}

TEST_CASE("the innermost tunnel that names a network names it for all that is inside") {
  PacketDecoder decoder;
  const auto decoded = [&](const Octets& datagram) {
    return decodeWith(decoder, ethernet({}, outer4(Way::FORWARD, 17, datagram)));
  };
  const Octets ipInIp = ipv4({.protocol = 4}, INNER);
  const auto inVxlan = [](uint32_t network, const Octets& ip) {
    return udp({50000, 4789}, vxlan(network, ethernet({}, ip)));
  };
  const auto inGeneve = [](uint32_t network, const Octets& ip) {
    return udp({50000, 6081}, geneve(IPV4_TYPE, network, {}, ip));
  };
  const DecodedPacket one = decoded(inVxlan(1, ipInIp));
  CHECK(one.key.tunnel == Tunnel::IP_IN_IP);
  CHECK(one.key.segmentId == 1);
  CHECK(one.key == decoded(inVxlan(1, ipInIp)).key);
  CHECK_FALSE(one.key == decoded(inVxlan(2, ipInIp)).key);
  CHECK_FALSE(one.key == decoded(inGeneve(1, ipInIp)).key);
  const Octets twice = ipv4({.protocol = 17}, inGeneve(7, INNER));
  CHECK(decoded(inVxlan(1, twice)).key.segmentId == 7);
  CHECK(decoded(inVxlan(1, ipv4({.protocol = 17}, inGeneve(0, INNER)))).key.segmentId == 0);
}

TEST_CASE("fragments of equal packets in two networks are kept apart") {
  PacketDecoder decoder;
  const auto piece = [&](uint32_t network, uint16_t port, uint16_t fragment) {
    const Octets body = fragment == 0x2000 ? udp({port, 2000}, Octets(16, 1)) : Octets(20, 1);
    const Octets inner = ipv4({.identification = 7, .fragment = fragment}, body);
    const Octets envelope = ipv4({.protocol = 4}, inner);
    return decodeWith(
        decoder, ethernet({}, outer4(Way::FORWARD, 17,
                                     udp({50000, 4789}, vxlan(network, ethernet({}, envelope))))));
  };
  const FlowKey one = piece(1, 1000, 0x2000).key;
  const FlowKey two = piece(2, 3000, 0x2000).key;
  CHECK(piece(1, 0, 3).key == one);
  CHECK(piece(2, 0, 3).key == two);
}

TEST_CASE("reserved bits are ignored where what is inside is sound, and make no tunnel of others") {
  const Octets frame = ethernet({}, INNER);
  const Octets arp = ethernet({0x0806}, Octets(28));
  const auto vxlanOf = [](uint8_t flags, uint8_t reserved, uint8_t last, const Octets& inside) {
    return udp({50000, 4789}, joined({{flags, reserved, 0, 0, 0, 0, 5, last}, inside}));
  };
  const auto geneveOf = [](uint8_t flags, uint8_t last, const Octets& inside) {
    return udp({50000, 6081}, joined({{0, flags, 0x65, 0x58, 0, 0, 5, last}, inside}));
  };
  struct Case {
    const char* name;
    uint8_t protocol;
    Octets body;
    TunnelOutcome outcome;
  };
  const Case cases[] = {
      {"VXLAN, last octet", 17, vxlanOf(8, 0, 1, frame), TunnelOutcome::ENTERED},
      {"VXLAN, group policy", 17, vxlanOf(0x88, 0x48, 0, frame), TunnelOutcome::ENTERED},
      {"VXLAN, all flags", 17, vxlanOf(0xff, 0xff, 0xff, frame), TunnelOutcome::ENTERED},
      {"VXLAN without its flag", 17, vxlanOf(0xf7, 0, 0, frame), TunnelOutcome::UNKNOWN_HEADER},
      {"VXLAN, reserved bits before ARP", 17, vxlanOf(0x18, 0, 0, arp),
       TunnelOutcome::UNKNOWN_HEADER},
      {"VXLAN, reserved bits before anything", 17, vxlanOf(8, 0, 1, Octets(80, 0x45)),
       TunnelOutcome::UNKNOWN_HEADER},
      {"GENEVE, reserved bits", 17, geneveOf(0x3f, 0xff, frame), TunnelOutcome::ENTERED},
      {"GENEVE, critical options", 17, geneveOf(0x40, 0, frame), TunnelOutcome::ENTERED},
      {"GENEVE, reserved bits before ARP", 17, geneveOf(1, 0, arp), TunnelOutcome::UNKNOWN_HEADER},
      {"GTP-U, spare bit", 17, udp({50000, 2152}, gtpU(0x38, 0xff, {}, INNER)),
       TunnelOutcome::ENTERED},
      {"GRE, reserved bits", 47, joined({{0, 0xf8, 8, 0}, INNER}), TunnelOutcome::ENTERED},
      {"GRE with routing", 47, joined({{0x40, 0, 8, 0}, Octets(4), INNER}),
       TunnelOutcome::UNKNOWN_HEADER},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    PacketDecoder decoder;
    decodeWith(decoder, ethernet({}, outer4(Way::FORWARD, one.protocol, one.body)));
    CHECK(count(decoder, one.outcome) == 1);
    CHECK(count(decoder, TunnelOutcome::ENTERED) ==
          (one.outcome == TunnelOutcome::ENTERED ? 1 : 0));
  }
}

TEST_CASE("frames without IP in them are counted as such") {
  struct Case {
    const char* name;
    Octets frame;
    LinkType linkType;
    Exception exception;
  };
  const Octets snapCdp = joined({{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0}, Octets(40)});
  const Octets encrypted =
      joined({{0x08, 0x41}, Octets(22), {0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, INNER});
  const Case cases[] = {
      {"spanning tree", ethernet({38}, joined({{0x42, 0x42, 3}, Octets(35)})), LinkType::ETHERNET,
       Exception::NON_IP},
      {"CDP", ethernet({48}, snapCdp), LinkType::ETHERNET, Exception::NON_IP},
      {"PPPoE discovery", ethernet({0x8863}, Octets(46)), LinkType::ETHERNET, Exception::NON_IP},
      {"PPP control", ethernet({0x8864}, pppoe({0xc0, 0x21, 1, 1, 0, 4})), LinkType::ETHERNET,
       Exception::NON_IP},
      {"MACsec", ethernet({0x88e5}, Octets(60)), LinkType::ETHERNET, Exception::NON_IP},
      {"MPLS with something else", ethernet({0x8847}, mpls({16}, Octets(46, 0x1f))),
       LinkType::ETHERNET, Exception::NON_IP},
      {"tags without an end", ethernet({0x0800, std::vector<uint32_t>(40, 0x81000001)}, INNER),
       LinkType::ETHERNET, Exception::NON_IP},
      {"labels without an end", ethernet({0x8847}, mpls(std::vector<uint32_t>(40, 9), INNER)),
       LinkType::ETHERNET, Exception::NON_IP},
      {"a label stack that is cut", ethernet({0x8847}, {0, 1, 0, 64}), LinkType::ETHERNET,
       Exception::TRUNCATED_LINK_HEADER},
      {"ARP in cooked", joined({Octets(14), be16(0x0806), Octets(28)}), LinkType::LINUX_COOKED,
       Exception::ARP},
      {"802.2 in cooked", joined({Octets(14), be16(1), Octets(28)}), LinkType::LINUX_COOKED,
       Exception::NON_IP},
      {"a beacon", Octets(60, 0x80), LinkType::IEEE_802_11, Exception::NON_IP},
      {"encrypted 802.11", encrypted, LinkType::IEEE_802_11, Exception::NON_IP},
      {"raw, but not IP", Octets(40, 0x12), LinkType::RAW_IP, Exception::NON_IP},
      {"radiotap", Octets(60), static_cast<LinkType>(127), Exception::UNSUPPORTED_LINK_TYPE},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    PacketDecoder decoder;
    const DecodedPacket packet = decodeWith(decoder, one.frame, one.linkType);
    CHECK(exceptionName(packet.exception) == std::string(exceptionName(one.exception)));
    CHECK(packet.octets == one.frame.size());
    CHECK(ipPairHash(viewOf(one.frame, one.linkType)) == 0);
  }
}
