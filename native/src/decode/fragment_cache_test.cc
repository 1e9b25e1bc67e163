// SPDX-License-Identifier: Apache-2.0
// The cache alone, and the decoder's use of it.
#include "decode/fragment_cache.h"

#include <doctest/doctest.h>

#include "decode/packet_decoder.h"
#include "decode/test_frames.h"

using namespace weir;
using namespace weir::test;

namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr uint16_t MORE = 0x2000;

/// Decodes frames in order with one decoder.
class Decoder {
 public:
  DecodedPacket operator()(const Octets& frame, int64_t timestampNs = 0) {
    const auto bytes = static_cast<uint32_t>(frame.size());
    DecodedPacket packet;
    decoder_.decode({.data = frame.data(),
                     .capturedLengthBytes = bytes,
                     .originalLengthBytes = bytes,
                     .timestampNs = timestampNs},
                    packet);
    return packet;
  }

 private:
  PacketDecoder decoder_;
};

Octets piece4(uint16_t fragment, const Octets& body, uint8_t protocol = 17) {
  return ethernet({},
                  ipv4({.protocol = protocol, .identification = 7, .fragment = fragment}, body));
}

Octets piece6(uint16_t offsetAndMore, uint8_t nextHeader, const Octets& body) {
  return ethernet({0x86dd},
                  ipv6({.nextHeader = 44}, fragmentHeader(nextHeader, offsetAndMore, 7, body)));
}

/// Would be ports 0x3132 and 0x3334 if anyone read them.
const Octets CONTINUED = text("12345678 more octets");

}  // namespace

TEST_CASE("later fragments join the flow of the first") {
  Decoder decode;
  const auto first = decode(piece4(MORE, udp({1000, 2000}, text("12345678"))));
  const auto middle = decode(piece4(MORE | 2, CONTINUED), SECOND_NS);
  const auto last = decode(piece4(4, CONTINUED), 2 * SECOND_NS);
  CHECK(first.key.portA == 1000);
  CHECK(middle.key == first.key);
  CHECK(last.key == first.key);
  CHECK(last.sender == first.sender);
  CHECK(last.octets == 40);
  CHECK(first.payloadLengthBytes == 8);
  CHECK(last.payload == nullptr);
  CHECK(last.payloadLengthBytes == 0);
}

TEST_CASE("ports are never read from a later fragment") {
  Decoder decode;
  const auto unknown = decode(piece4(3, CONTINUED));
  CHECK(unknown.exception == Exception::NONE);
  CHECK(unknown.key.portA == 0);
  CHECK(unknown.key.portB == 0);
  CHECK(unknown.tcpFlags == 0);
  const auto tooShort = decode(piece4(3, {1, 2, 3}, 6));
  CHECK(tooShort.exception == Exception::NONE);
  // Another identification, VLAN or direction is another datagram.
  decode(piece4(MORE, udp({1000, 2000}, text("12345678"))));
  const Ipv4Fields other = {.identification = 8, .fragment = 3};
  CHECK(decode(ethernet({}, ipv4(other, CONTINUED))).key.portA == 0);
  const Ipv4Fields same = {.identification = 7, .fragment = 3};
  CHECK(decode(ethernet({0x0800, {0x81000005}}, ipv4(same, CONTINUED))).key.portA == 0);
}

TEST_CASE("IPv6 fragments, also when the fragmentable part begins with an extension header") {
  Decoder decode;
  const auto first = decode(piece6(1, 60, extension(17, udp({1000, 2000}, text("12345678")))));
  const auto last = decode(piece6(24, 60, CONTINUED));
  CHECK(first.key.protocol == 17);
  CHECK(last.exception == Exception::NONE);
  CHECK(last.key == first.key);
  CHECK(last.payload == nullptr);
}

TEST_CASE("an atomic IPv6 fragment is a whole packet") {
  Decoder decode;
  CHECK(decode(piece6(0, 17, udp({1000, 2000}, {}))).key.portA == 1000);
  CHECK(decode(piece6(8, 17, CONTINUED)).key.portA == 0);
}

TEST_CASE("ICMP fragments stay with their query") {
  Decoder decode;
  const auto first = decode(piece4(MORE, icmp(8, 0), 1));
  const auto last = decode(piece4(2, CONTINUED, 1));
  CHECK(last.key == first.key);
  CHECK(last.icmpTypeCode == 0x0800);
}

TEST_CASE("a first fragment that ends inside the transport header") {
  Decoder decode;
  auto tiny = tcp({1000, 2000}, {.flags = 0x002}, {});
  tiny.resize(8);
  const auto first = decode(piece4(MORE, tiny, 6));
  CHECK(first.exception == Exception::NONE);
  CHECK(first.key.portA == 1000);
  CHECK(first.tcpFlags == 0);
  CHECK(decode(piece4(1, CONTINUED, 6)).key == first.key);
  Decoder other;
  const auto portless = other(piece4(MORE, {1, 2}, 6));
  CHECK(portless.exception == Exception::NONE);
  CHECK(portless.key.portA == 0);
}

TEST_CASE("the newest of first fragments decides for what follows, until the timeout") {
  Decoder decode;
  decode(piece4(MORE, udp({1000, 2000}, {})));
  CHECK(decode(piece4(MORE | 1, CONTINUED), SECOND_NS).key.portA == 1000);
  decode(piece4(MORE, udp({3000, 4000}, {})), SECOND_NS);
  CHECK(decode(piece4(MORE | 1, CONTINUED), 2 * SECOND_NS).key.portA == 3000);
  CHECK(decode(piece4(MORE | 1, CONTINUED), 6 * SECOND_NS).key.portA == 3000);
  CHECK(decode(piece4(MORE | 1, CONTINUED), 6 * SECOND_NS + 1).key.portA == 0);
}

TEST_CASE("a flood of first fragments forgets the oldest and keeps the newest") {
  FragmentCache cache{SeededHash(SeededHash::randomSeed())};
  const auto keyOf = [](uint32_t identification) {
    FragmentKey key;
    key.identification = identification;
    key.ipVersion = 6;
    return key;
  };
  constexpr uint32_t FLOOD = 100'000;
  for (uint32_t id = 0; id < FLOOD; ++id)
    cache.remember(keyOf(id), FragmentFacts{.icmpTypeCode = static_cast<uint16_t>(id)}, id);
  size_t remembered = 0;
  for (uint32_t id = 0; id < FLOOD; ++id) remembered += cache.find(keyOf(id), FLOOD) != nullptr;
  CHECK(remembered == 4096);
  const FragmentedDatagram* const newest = cache.find(keyOf(FLOOD - 1), FLOOD);
  REQUIRE(newest != nullptr);
  CHECK(newest->facts.icmpTypeCode == static_cast<uint16_t>(FLOOD - 1));
  CHECK(cache.find(keyOf(0), FLOOD) == nullptr);
}
