// SPDX-License-Identifier: Apache-2.0
#include "decode/packet_decoder.h"

#include <doctest/doctest.h>

#include <string>

#include "decode/test_frames.h"

using namespace weir;
using namespace weir::test;

namespace {

PacketView viewOf(const Octets& frame) {
  return {.data = frame.data(),
          .capturedLengthBytes = static_cast<uint32_t>(frame.size()),
          .originalLengthBytes = static_cast<uint32_t>(frame.size()),
          .timestampNs = 5,
          .interfaceIndex = 3};
}

/// The payload copied, because it borrows from a frame that a test has already thrown away.
struct Decoded : DecodedPacket {
  std::string payloadText;
};

Decoded decodeView(const PacketView& view) {
  Decoded packet;
  PacketDecoder().decode(view, packet);
  if (packet.payload != nullptr)
    packet.payloadText.assign(reinterpret_cast<const char*>(packet.payload),
                              packet.payloadLengthBytes);
  return packet;
}

Decoded decodeFrame(const Octets& frame) { return decodeView(viewOf(frame)); }

IpAddress mapped(const std::string& written) {
  IpAddress result{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const Octets octets = address(written);
  std::copy(octets.begin(), octets.end(), result.begin() + 12);
  return result;
}

const Octets HELLO = text("hello");

}  // namespace

TEST_CASE("TCP over IPv4: key, flags, sequence and payload") {
  const auto segment = tcp({40000, 443}, {.sequence = 0xfffffff0, .flags = 0x1c2}, HELLO);
  const Octets frame = ethernet({}, ipv4({.protocol = 6}, segment));
  const Decoded packet = decodeFrame(frame);
  CHECK(packet.exception == Exception::NONE);
  CHECK(packet.key.addressA == mapped("192.0.2.1"));
  CHECK(packet.key.addressB == mapped("198.51.100.2"));
  CHECK(packet.key.portA == 40000);
  CHECK(packet.key.portB == 443);
  CHECK(packet.key.protocol == 6);
  CHECK(packet.key.ipVersion == 4);
  CHECK(packet.key.vlanId == 0);
  CHECK(packet.sender == Sender::A);
  CHECK(packet.tcpFlags == 0x1c2);
  CHECK(packet.tcpSequence == 0xfffffff0);
  CHECK(packet.octets == 45);
  CHECK(packet.ipClassOfService == 0x2e);
  CHECK(packet.ipTimeToLive == 61);
  CHECK(packet.timestampNs == 5);
  CHECK(packet.interfaceIndex == 3);
  CHECK(packet.payloadText == "hello");
}

TEST_CASE("IP and TCP options are skipped") {
  const Octets options = {1, 1, 1, 0};
  const auto segment = tcp({}, {.options = {2, 4, 5, 0xb4, 1, 1, 4, 2}}, HELLO);
  const auto frame = ethernet({}, ipv4({.protocol = 6, .options = options}, segment));
  CHECK(decodeFrame(frame).payloadText == "hello");
}

TEST_CASE("Ethernet padding is neither payload nor octets") {
  const Decoded packet = decodeFrame(ethernet({.minimumBytes = 60}, ipv4({}, udp({}, HELLO))));
  CHECK(packet.payloadText == "hello");
  CHECK(packet.octets == 33);
  const Decoded ack =
      decodeFrame(ethernet({.minimumBytes = 60}, ipv4({.protocol = 6}, tcp({}, {}, {}))));
  CHECK(ack.payload == nullptr);
  CHECK(ack.payloadLengthBytes == 0);
}

TEST_CASE("the UDP length bounds the payload") {
  Octets datagram = udp({}, text("hello and trailing octets"));
  datagram[5] = 8 + 5;
  CHECK(decodeFrame(ethernet({}, ipv4({}, datagram))).payloadText == "hello");
  datagram[5] = 255;
  CHECK(decodeFrame(ethernet({}, ipv4({}, datagram))).payloadText == "hello and trailing octets");
}

TEST_CASE("a total length of 0 left by segmentation offload means the wire length") {
  const auto segment = tcp({}, {}, HELLO);
  const Decoded packet =
      decodeFrame(ethernet({}, ipv4({.protocol = 6, .totalLength = 0}, segment)));
  CHECK(packet.octets == 45);
  CHECK(packet.payloadText == "hello");
  const Decoded packet6 =
      decodeFrame(ethernet({0x86dd}, ipv6({.nextHeader = 6, .payloadLength = 0}, segment)));
  CHECK(packet6.octets == 65);
  CHECK(packet6.payloadText == "hello");
}

// What cuts frames before they get here leaves no other trace of how long they were.
TEST_CASE("a total length beyond the frame is believed, by the short way and by the long one") {
  constexpr uint16_t TOTAL = 1400;
  const Octets body = udp({}, HELLO);
  const Octets plain = ethernet({}, ipv4({.totalLength = TOTAL}, body));
  const Octets withOptions =
      ethernet({}, ipv4({.options = Octets(4, 1), .totalLength = TOTAL}, body));
  Octets six = ethernet({ETHER_TYPE_IPV6}, ipv6({"2001:db8::1", "2001:db8::2"}, body));
  six[14 + 4] = (TOTAL - 40) >> 8U;
  six[14 + 5] = (TOTAL - 40) & 0xffU;
  for (const Octets& frame : {plain, withOptions, six}) {
    const Decoded packet = decodeFrame(frame);
    CHECK(packet.exception == Exception::NONE);
    CHECK(packet.octets == TOTAL);
    CHECK(packet.payloadText == "hello");
  }
}

TEST_CASE("VLAN tags: the outermost names the VLAN") {
  const Octets body = ipv4({}, udp({}, HELLO));
  CHECK(decodeFrame(ethernet({0x0800, {0x8100e00a}}, body)).key.vlanId == 10);
  CHECK(decodeFrame(ethernet({0x0800, {0x88a80014, 0x8100000a}}, body)).key.vlanId == 20);
  CHECK(decodeFrame(ethernet({0x0800, {0x91000014, 0x91000015, 0x8100000a}}, body)).key.vlanId ==
        20);
  const Octets inner = ethernet({0x0800, {0x8100000a}}, body);
  PacketView view = viewOf(inner);
  view.strippedVlanTci = 0xe01e;
  const Decoded packet = decodeView(view);
  CHECK(packet.key.vlanId == 30);
  CHECK(packet.payloadText == "hello");
}

TEST_CASE("IPv6 with a chain of extension headers") {
  const auto chain = extension(43, extension(60, extension(135, extension(17, udp({}, HELLO)))));
  const Decoded packet = decodeFrame(ethernet({0x86dd}, ipv6({.nextHeader = 0}, chain)));
  CHECK(packet.exception == Exception::NONE);
  CHECK(packet.key.protocol == 17);
  CHECK(packet.key.ipVersion == 6);
  CHECK(packet.key.portA == 40000);
  CHECK(packet.octets == 40 + chain.size());
  CHECK(packet.ipClassOfService == 0x2e);
  CHECK(packet.ipTimeToLive == 61);
  CHECK(packet.payloadText == "hello");
  // The authentication header counts its length in 4 octets: 6 + 2 words here.
  Octets authentication(24);
  authentication[0] = 17;
  authentication[1] = 4;
  append(authentication, udp({}, HELLO));
  const auto frame = ethernet({0x86dd}, ipv6({.nextHeader = 51}, authentication));
  CHECK(decodeFrame(frame).payloadText == "hello");
}

TEST_CASE("IPv6 without a next header is a flow of its own") {
  const Decoded packet = decodeFrame(ethernet({0x86dd, {}, 60}, ipv6({.nextHeader = 59}, {})));
  CHECK(packet.exception == Exception::NONE);
  CHECK(packet.octets == 40);
  CHECK(packet.key.protocol == 59);
}

TEST_CASE("SCTP has ports, other protocols have none") {
  const auto sctp = tcp({2905, 2906}, {}, {});  // the ports stand at the same place
  CHECK(decodeFrame(ethernet({}, ipv4({.protocol = 132}, sctp))).key.portB == 2906);
  const Decoded gre = decodeFrame(ethernet({}, ipv4({.protocol = 47}, sctp)));
  CHECK(gre.exception == Exception::NONE);
  CHECK(gre.key.portA == 0);
  CHECK(gre.payload == nullptr);
}

TEST_CASE("both directions give one key and opposite senders") {
  struct Case {
    Octets forward, backward;
  };
  const auto udp4 = [](const std::string& from, const std::string& to, Ports ports) {
    return ethernet({}, ipv4({.source = from, .destination = to}, udp(ports, HELLO)));
  };
  const auto tcp6 = [](const std::string& from, const std::string& to, Ports ports) {
    return ethernet({0x86dd}, ipv6({from, to, 6}, tcp(ports, {}, HELLO)));
  };
  const auto icmp4 = [](const std::string& from, const std::string& to, uint8_t type) {
    return ethernet({}, ipv4({.source = from, .destination = to, .protocol = 1}, icmp(type, 0)));
  };
  const auto icmp6 = [](const std::string& from, const std::string& to, uint8_t type) {
    return ethernet({0x86dd}, ipv6({from, to, 58}, icmp(type, 0)));
  };
  const Case cases[] = {
      {udp4("10.0.0.1", "10.0.0.2", {1, 2}), udp4("10.0.0.2", "10.0.0.1", {2, 1})},
      {udp4("200.0.0.1", "10.0.0.2", {1, 2}), udp4("10.0.0.2", "200.0.0.1", {2, 1})},
      {udp4("10.0.0.1", "10.0.0.1", {9, 2}), udp4("10.0.0.1", "10.0.0.1", {2, 9})},
      {tcp6("fe80::1", "2001:db8::1", {1, 2}), tcp6("2001:db8::1", "fe80::1", {2, 1})},
      {tcp6("::1", "::1", {1, 2}), tcp6("::1", "::1", {2, 1})},
      {icmp4("10.0.0.1", "10.0.0.2", 8), icmp4("10.0.0.2", "10.0.0.1", 0)},
      {icmp4("10.0.0.2", "10.0.0.1", 13), icmp4("10.0.0.1", "10.0.0.2", 14)},
      {icmp6("fe80::1", "fe80::2", 128), icmp6("fe80::2", "fe80::1", 129)},
      {icmp4("127.0.0.1", "127.0.0.1", 8), icmp4("127.0.0.1", "127.0.0.1", 0)},
  };
  for (const Case& one : cases) {
    const Decoded forward = decodeFrame(one.forward);
    const Decoded backward = decodeFrame(one.backward);
    CHECK(forward.exception == Exception::NONE);
    CHECK(forward.key == backward.key);
    CHECK(forward.sender != backward.sender);
  }
}

TEST_CASE("ICMP: the same question in both directions is two flows, each with its own answer") {
  const auto frame = [](const std::string& from, const std::string& to, uint8_t type) {
    const auto decoded = decodeFrame(
        ethernet({}, ipv4({.source = from, .destination = to, .protocol = 1}, icmp(type, 0))));
    return decoded.key;
  };
  CHECK_FALSE(frame("10.0.0.1", "10.0.0.2", 8) == frame("10.0.0.2", "10.0.0.1", 8));
  CHECK(frame("10.0.0.1", "10.0.0.2", 8) == frame("10.0.0.2", "10.0.0.1", 0));
  CHECK(frame("10.0.0.2", "10.0.0.1", 8) == frame("10.0.0.1", "10.0.0.2", 0));
}

TEST_CASE("ICMP: type and code are the packet's own, other types are other flows") {
  const auto frame = [](uint8_t type, uint8_t code) {
    return decodeFrame(ethernet({}, ipv4({.protocol = 1}, icmp(type, code))));
  };
  CHECK(frame(0, 0).icmpTypeCode == 0);
  CHECK(frame(8, 0).icmpTypeCode == 0x0800);
  CHECK(frame(3, 4).icmpTypeCode == 0x0304);
  CHECK(frame(3, 4).key.portA == 0x0304);
  CHECK_FALSE(frame(3, 4).key == frame(3, 3).key);
  CHECK_FALSE(frame(3, 4).key == frame(8, 0).key);
  CHECK(frame(8, 0).payload == nullptr);
}

TEST_CASE("exceptions, and the octets they are counted with") {
  struct Case {
    const char* name;
    Octets frame;
    Exception exception;
    uint32_t octets;
  };
  const Octets whole = ethernet({}, ipv4({.protocol = 6}, tcp({}, {}, HELLO)));
  const auto cut = [](Octets frame, size_t bytes) {
    frame.resize(bytes);
    return frame;
  };
  const auto changed = [](Octets frame, size_t at, uint8_t to) {
    frame[at] = to;
    return frame;
  };
  const Octets udp8 = ethernet({}, ipv4({}, udp({}, {})));
  const Case cases[] = {
      {"no frame", {}, Exception::TRUNCATED_LINK_HEADER, 0},
      {"short link header", cut(whole, 13), Exception::TRUNCATED_LINK_HEADER, 13},
      {"short tag", cut(ethernet({0x0800, {0x81000001}}, {}), 17), Exception::TRUNCATED_LINK_HEADER,
       17},
      {"ARP", ethernet({0x0806, {0x81000001}}, Octets(28)), Exception::ARP, 46},
      {"802.3", ethernet({0x0026}, Octets(46)), Exception::NON_IP, 60},
      {"LLDP", ethernet({0x88cc}, Octets(46)), Exception::NON_IP, 60},
      {"short IPv4", cut(whole, 33), Exception::TRUNCATED_IP_HEADER, 33},
      {"short IPv6", ethernet({0x86dd}, Octets(39, 0x60)), Exception::TRUNCATED_IP_HEADER, 53},
      {"version", changed(whole, 14, 0x55), Exception::MALFORMED_IP_HEADER, 59},
      {"header length", changed(whole, 14, 0x44), Exception::MALFORMED_IP_HEADER, 59},
      {"total length", changed(whole, 17, 19), Exception::MALFORMED_IP_HEADER, 59},
      {"data offset", changed(whole, 46, 0x40), Exception::MALFORMED_TRANSPORT_HEADER, 45},
      {"data offset", changed(whole, 46, 0x70), Exception::MALFORMED_TRANSPORT_HEADER, 45},
      {"captured TCP", cut(whole, 53), Exception::TRUNCATED_TRANSPORT_HEADER, 45},
      {"short TCP", ethernet({}, ipv4({.protocol = 6}, Octets(19))),
       Exception::MALFORMED_TRANSPORT_HEADER, 39},
      {"UDP length", changed(udp8, 39, 7), Exception::MALFORMED_TRANSPORT_HEADER, 28},
      {"captured UDP", cut(udp8, 41), Exception::TRUNCATED_TRANSPORT_HEADER, 28},
      {"endless chain", ethernet({0x86dd}, ipv6({.nextHeader = 0}, Octets(8 * 40))),
       Exception::MALFORMED_IP_HEADER, 360},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const Decoded packet = decodeFrame(one.frame);
    CHECK(exceptionName(packet.exception) == std::string(exceptionName(one.exception)));
    CHECK(packet.octets == one.octets);
  }
}

TEST_CASE("a link type that Weir does not read is an exception") {
  const Octets frame = ethernet({}, ipv4({}, udp({}, HELLO)));
  PacketView view = viewOf(frame);
  view.linkType = static_cast<LinkType>(127);
  const Decoded packet = decodeView(view);
  CHECK(packet.exception == Exception::UNSUPPORTED_LINK_TYPE);
  CHECK(packet.octets == frame.size());
}

TEST_CASE("a snap length leaves the flow and takes the payload") {
  const Octets frame = ethernet({}, ipv4({}, udp({}, text("a long payload"))));
  PacketView view = viewOf(frame);
  view.capturedLengthBytes = 14 + 20 + 8 + 3;
  const Decoded packet = decodeView(view);
  CHECK(packet.exception == Exception::NONE);
  CHECK(packet.octets == 42);
  CHECK(packet.payloadText == "a l");
  CHECK(packet.datagramBytes == 14);
}

TEST_CASE("a datagram's size is what its headers say, in its first fragment too") {
  const Octets datagram = udp({}, Octets(1000, 'x'));
  const Octets first(datagram.begin(), datagram.begin() + 88);
  CHECK(decodeFrame(ethernet({}, ipv4({}, datagram))).datagramBytes == 1000);
  const Decoded fragment = decodeFrame(ethernet({}, ipv4({.fragment = 0x2000}, first)));
  CHECK(fragment.payloadText.size() == 80);
  CHECK(fragment.datagramBytes == 1000);
  CHECK(decodeFrame(ethernet({}, ipv4({}, first))).datagramBytes == 80);  // it lies
  CHECK(decodeFrame(ethernet({}, ipv4({.protocol = 6}, tcp({}, {}, HELLO)))).datagramBytes == 0);
}
