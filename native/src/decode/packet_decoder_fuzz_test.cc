// SPDX-License-Identifier: Apache-2.0
// Whatever the octets are, decode stays inside the frame, and the short way for plain packets gives
// what the long way gives. Each frame lies in a heap block of exactly its size, so that
// AddressSanitizer sees one octet too far.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "capture/lane_partition.h"
#include "decode/packet_decoder.h"
#include "decode/plain_packet.h"
#include "decode/test_encapsulations.h"

namespace weir {

/// The decoder without its short way.
class LayeredDecoding {
 public:
  void operator()(const PacketView& view, DecodedPacket& packet) {
    decoder_.decodeLayers(view, packet);
  }

 private:
  PacketDecoder decoder_;
};

}  // namespace weir

using namespace weir;
using namespace weir::test;

namespace {

struct Sample {
  Octets frame;
  LinkType linkType = LinkType::ETHERNET;
};

std::vector<Octets> ethernetFrames() {
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

std::vector<Sample> sampleFrames() {
  std::vector<Sample> samples;
  for (Octets& frame : ethernetFrames()) samples.push_back({std::move(frame)});
  const Octets inner = ipv4({.protocol = 6}, tcp({}, {}, text("some payload")));
  for (const Encapsulation& around : allEncapsulations())
    samples.push_back({around.wrap(IPV4_TYPE, inner, Way::FORWARD), around.linkType});
  return samples;
}

/// All that a packet is. Pointers too: both ways decode the same block.
bool samePacket(const DecodedPacket& one, const DecodedPacket& other) {
  return one.key == other.key && one.timestampNs == other.timestampNs &&
         one.payload == other.payload && one.payloadLengthBytes == other.payloadLengthBytes &&
         one.datagramBytes == other.datagramBytes && one.octets == other.octets &&
         one.outerOctets == other.outerOctets && one.tcpSequence == other.tcpSequence &&
         one.interfaceIndex == other.interfaceIndex && one.macAddresses == other.macAddresses &&
         one.mplsTopLabel == other.mplsTopLabel && one.tcpFlags == other.tcpFlags &&
         one.icmpTypeCode == other.icmpTypeCode && one.ipClassOfService == other.ipClassOfService &&
         one.ipTimeToLive == other.ipTimeToLive && one.insidePppoe == other.insidePppoe &&
         one.sender == other.sender && one.exception == other.exception;
}

/// A packet with all fields set, so that one which decode forgets is seen.
DecodedPacket spoiled() {
  DecodedPacket packet;
  std::fill_n(reinterpret_cast<uint8_t*>(&packet), sizeof packet, uint8_t{1});
  return packet;
}

/// Decodes from a block of exactly `capturedBytes` and checks what holds for every frame.
DecodedPacket decodeExact(PacketDecoder& decoder, const Sample& sample, size_t capturedBytes) {
  const auto block = std::make_unique<uint8_t[]>(capturedBytes);
  std::copy_n(sample.frame.begin(), capturedBytes, block.get());
  const PacketView view = {.data = block.get(),
                           .capturedLengthBytes = static_cast<uint32_t>(capturedBytes),
                           .originalLengthBytes = static_cast<uint32_t>(sample.frame.size()),
                           .timestampNs = 77,
                           .interfaceIndex = 3,
                           .linkType = sample.linkType};
  DecodedPacket packet = spoiled();
  decoder.decode(view, packet);
  DecodedPacket plain = spoiled();
  if (decodePlain(view, plain)) {
    DecodedPacket layered = spoiled();
    LayeredDecoding()(view, layered);
    REQUIRE(samePacket(plain, layered));
  }
  ipPairHash(view);
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
  for (const Sample& sample : sampleFrames()) {
    PacketDecoder whole;
    const DecodedPacket expected = decodeExact(whole, sample, sample.frame.size());
    for (size_t bytes = 0; bytes < sample.frame.size(); ++bytes) {
      PacketDecoder decoder;
      const DecodedPacket packet = decodeExact(decoder, sample, bytes);
      if (packet.exception != Exception::NONE) continue;
      CHECK(packet.outerOctets == expected.outerOctets);
      // What is not captured of a tunnel leaves the packet in the tunnel's own flow.
      if (packet.key.tunnel != expected.key.tunnel) continue;
      CHECK(packet.key == expected.key);
      CHECK(packet.octets == expected.octets);
      CHECK(packet.tcpFlags == expected.tcpFlags);
    }
  }
}

TEST_CASE("random changes never lead outside the frame") {
  const auto samples = sampleFrames();
  std::mt19937 random(20240917);
  PacketDecoder decoder;
  for (int round = 0; round < 120'000; ++round) {
    Sample sample = samples[random() % samples.size()];
    Octets& frame = sample.frame;
    for (uint32_t changes = random() % 6; changes > 0; --changes)
      frame[random() % std::min<size_t>(frame.size(), 120)] = static_cast<uint8_t>(random());
    decodeExact(decoder, sample, random() % 3 == 0 ? random() % frame.size() : frame.size());
  }
}

TEST_CASE("the short way takes plain packets, and only those") {
  size_t plain = 0;
  for (const Sample& sample : sampleFrames()) {
    DecodedPacket packet;
    const auto bytes = static_cast<uint32_t>(sample.frame.size());
    plain += decodePlain({.data = sample.frame.data(),
                          .capturedLengthBytes = bytes,
                          .originalLengthBytes = bytes,
                          .linkType = sample.linkType},
                         packet)
                 ? 1
                 : 0;
  }
  CHECK(plain == 4);
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
    decodeExact(decoder, {frame}, frame.size());
  }
}
