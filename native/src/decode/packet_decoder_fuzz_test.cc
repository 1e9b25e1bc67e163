// SPDX-License-Identifier: Apache-2.0
// Whatever the octets are, decode stays inside the frame. Each frame lies in a heap block of
// exactly its size, so that AddressSanitizer sees one octet too far.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "decode/packet_decoder.h"
#include "decode/test_frames.h"

using namespace weir;
using namespace weir::test;

namespace {

std::vector<Octets> sampleFrames() {
  const Octets payload = text("some payload of a packet");
  const Octets segment = tcp({40000, 80}, {.options = {1, 1, 1, 0}}, payload);
  return {
      ethernet({.minimumBytes = 60}, ipv4({}, udp({}, text("x")))),
      ethernet({}, ipv4({.protocol = 6, .options = {1, 1, 1, 0}}, segment)),
      ethernet({0x0800, {0x88a80014, 0x8100000a}}, ipv4({.protocol = 6}, segment)),
      ethernet({}, ipv4({.protocol = 1}, icmp(8, 0))),
      ethernet({}, ipv4({.protocol = 132}, segment)),
      ethernet({}, ipv4({.identification = 9, .fragment = 0x2000}, udp({}, payload))),
      ethernet({}, ipv4({.identification = 9, .fragment = 3}, payload)),
      ethernet({0x86dd}, ipv6({}, udp({}, payload))),
      ethernet({0x86dd, {0x81000003}},
               ipv6({.nextHeader = 0}, extension(43, extension(60, extension(6, segment))))),
      ethernet({0x86dd},
               ipv6({.nextHeader = 44}, fragmentHeader(60, 1, 5, extension(17, udp({}, payload))))),
      ethernet({0x86dd}, ipv6({.nextHeader = 58}, icmp(129, 0))),
      ethernet({0x0806}, Octets(28)),
  };
}

/// Decodes from a block of exactly `capturedBytes` and checks what holds for every frame.
DecodedPacket decodeExact(PacketDecoder& decoder, const Octets& frame, size_t capturedBytes) {
  const auto block = std::make_unique<uint8_t[]>(capturedBytes);
  std::copy_n(frame.begin(), capturedBytes, block.get());
  DecodedPacket packet;
  decoder.decode({.data = block.get(),
                  .capturedLengthBytes = static_cast<uint32_t>(capturedBytes),
                  .originalLengthBytes = static_cast<uint32_t>(frame.size())},
                 packet);
  REQUIRE(packet.exception < Exception::COUNT);
  REQUIRE((packet.payload == nullptr) == (packet.payloadLengthBytes == 0));
  if (packet.payload != nullptr) {
    REQUIRE(packet.payload >= block.get());
    REQUIRE(packet.payload + packet.payloadLengthBytes <= block.get() + capturedBytes);
  }
  return packet;
}

}  // namespace

TEST_CASE("a frame cut anywhere gives an exception or the same flow") {
  for (const Octets& frame : sampleFrames()) {
    PacketDecoder whole;
    const DecodedPacket expected = decodeExact(whole, frame, frame.size());
    for (size_t bytes = 0; bytes < frame.size(); ++bytes) {
      PacketDecoder decoder;
      const DecodedPacket packet = decodeExact(decoder, frame, bytes);
      if (packet.exception != Exception::NONE) continue;
      CHECK(packet.key == expected.key);
      CHECK(packet.octets == expected.octets);
      CHECK(packet.tcpFlags == expected.tcpFlags);
    }
  }
}

TEST_CASE("random changes never lead outside the frame") {
  const auto frames = sampleFrames();
  std::mt19937 random(20240917);
  PacketDecoder decoder;
  for (int round = 0; round < 60'000; ++round) {
    Octets frame = frames[random() % frames.size()];
    for (uint32_t changes = random() % 6; changes > 0; --changes)
      frame[random() % std::min<size_t>(frame.size(), 80)] = static_cast<uint8_t>(random());
    decodeExact(decoder, frame, random() % 3 == 0 ? random() % frame.size() : frame.size());
  }
}

TEST_CASE("random octets never lead outside the frame") {
  std::mt19937 random(7);
  PacketDecoder decoder;
  for (int round = 0; round < 20'000; ++round) {
    Octets frame(random() % 120);
    for (uint8_t& octet : frame) octet = static_cast<uint8_t>(random());
    if (frame.size() > 14) {
      frame[12] = round % 2 == 0 ? 0x08 : 0x86;
      frame[13] = round % 2 == 0 ? 0x00 : 0xdd;
      frame[14] = round % 2 == 0 ? 0x45 : 0x60;
    }
    decodeExact(decoder, frame, frame.size());
  }
}
