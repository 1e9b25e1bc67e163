// SPDX-License-Identifier: Apache-2.0
// Packet decode: whatever the frames, it stays inside them, tells one thing and always the same.
#include <string_view>

#include "capture/capture_clock.h"
#include "capture/lane_partition.h"
#include "decode/packet_decoder.h"
#include "frame_input.h"

namespace weir::fuzz {
namespace {

constexpr int64_t MINUTE_NS = 60'000'000'000;
constexpr uint8_t MAPPED_PREFIX[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool isMapped(const IpAddress& address) {
  return std::equal(std::begin(MAPPED_PREFIX), std::end(MAPPED_PREFIX), address.begin());
}

void checkKey(const FlowKey& key) {
  require(key.ipVersion == 4 || key.ipVersion == 6, "the IP version is 4 or 6");
  if (key.ipVersion == 4)
    require(isMapped(key.addressA) && isMapped(key.addressB), "IPv4 addresses are mapped");
  const int order = std::memcmp(key.addressA.data(), key.addressB.data(), sizeof(IpAddress));
  require(order < 0 || (order == 0 && key.portA <= key.portB), "endpoint A is the smaller one");
}

void checkPacket(const DecodedPacket& packet, const ExactBlock& frame) {
  constexpr uint32_t MAC_ADDRESSES_BYTES = 12;
  require(packet.exception < Exception::COUNT, "the exception is a known one");
  require(std::string_view(exceptionName(packet.exception)) != "" ||
              packet.exception == Exception::NONE,
          "the exception has a name");
  if (packet.macAddresses != nullptr)
    require(frame.holds(packet.macAddresses, MAC_ADDRESSES_BYTES), "MAC addresses lie inside");
  if (packet.exception != Exception::NONE) {
    require(packet.payload == nullptr, "what is in no flow has no payload");
    return;
  }
  require((packet.payload == nullptr) == (packet.payloadLengthBytes == 0),
          "payload has a place and a length, or neither");
  if (packet.payload != nullptr)
    require(frame.holds(packet.payload, packet.payloadLengthBytes), "payload lies inside");
  // A later fragment of a tunnel's envelope counts what it carries, which may be nothing.
  const bool isEmpty = packet.payload == nullptr && packet.octets == 0;
  require(isEmpty || packet.payloadLengthBytes < packet.octets,
          "payload is less than the IP packet");
  require(packet.tcpFlags < 0x200, "TCP has 9 flags");
  checkKey(packet.key);
}

bool sameFacts(const DecodedPacket& one, const DecodedPacket& other) {
  return one.key == other.key && one.exception == other.exception && one.sender == other.sender &&
         one.octets == other.octets && one.outerOctets == other.outerOctets &&
         one.payloadLengthBytes == other.payloadLengthBytes &&
         one.datagramBytes == other.datagramBytes && one.tcpFlags == other.tcpFlags &&
         one.tcpSequence == other.tcpSequence && one.icmpTypeCode == other.icmpTypeCode &&
         one.ipClassOfService == other.ipClassOfService && one.ipTimeToLive == other.ipTimeToLive &&
         one.mplsTopLabel == other.mplsTopLabel && one.timestampNs == other.timestampNs;
}

/// Fragments that waited for their first.
void takeReleased(PacketDecoder& decoder, PacketDecoder& again) {
  std::span<const PacketView> none;
  DecodedPacket packet;
  DecodedPacket repeated;
  while (decoder.next(none, packet)) {
    require(again.next(none, repeated), "the same fragments are released");
    require(sameFacts(packet, repeated), "the same fragments give the same packets");
    require(packet.exception == Exception::NONE, "what was held belongs to a flow");
    require(packet.payload == nullptr, "what was held has no payload");
    checkKey(packet.key);
  }
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  // Kept, since a decoder's memory of fragments is large; a minute later it has forgotten all.
  static PacketDecoder decoder;
  static PacketDecoder again;
  static int64_t startNs = FIRST_FRAME_NS;
  startNs = startNs < CaptureClock::LATEST_NS ? startNs + MINUTE_NS : FIRST_FRAME_NS;
  const FrameSequence frames = readFrames(input, startNs);
  for (size_t i = 0; i < frames.views.size(); ++i) {
    // What was there before must not show through.
    DecodedPacket packet;
    DecodedPacket repeated;
    std::memset(static_cast<void*>(&repeated), 0x5a, sizeof repeated);
    decoder.decode(frames.views[i], packet);
    again.decode(frames.views[i], repeated);
    checkPacket(packet, frames.blocks[i]);
    require(sameFacts(packet, repeated), "the same frames give the same packets");
    ipPairHash(frames.views[i]);
  }
  takeReleased(decoder, again);
  decoder.flush();
  again.flush();
  takeReleased(decoder, again);
  return 0;
}
