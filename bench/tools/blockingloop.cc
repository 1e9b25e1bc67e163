// SPDX-License-Identifier: Apache-2.0
// blockingloop INTERFACE PATTERNS DEVICE SETTINGS PACKETS: a model of the first probe that was
// built on the card. One thread takes frames from a ring, writes the payload of each packet to the
// device as a job of its own, and sleeps until the device has done it; only then it looks at the
// next frame. Of each direction of a flow, the first PACKETS packets with payload are written; 0:
// all. The ring has 2 MiB, as libpcap's has by default: a larger one only delays the loss. Prints
// what it counted when it is ended, as JSON; frames that wait in the ring then were lost.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.h"
#include "frame.h"
#include "frame_ring.h"
#include "speed_device.h"

namespace {

using bench::Frame;
using Octets = std::span<const uint8_t>;

constexpr uint32_t SLOTS = 1U << 17;
constexpr bench::RingSize RING{.blockBytes = 128U << 10, .blocks = 16};
constexpr uint32_t UDP_HEADER_BYTES = 8;
constexpr uint32_t TCP_HEADER_BYTES = 20;

/// Behind the transport header; empty where there is none of it.
Octets payloadOf(Octets octets, const Frame& frame) {
  const bool isTcp = frame.protocol == bench::TCP;
  if (frame.kind != bench::FrameKind::IP || frame.fragment == bench::FragmentKind::LATER) return {};
  if (!isTcp && frame.protocol != bench::UDP) return {};
  const uint32_t least = isTcp ? TCP_HEADER_BYTES : UDP_HEADER_BYTES;
  if (frame.transportOffset + least > frame.ipEnd) return {};
  const uint32_t header =
      isTcp ? (octets[frame.transportOffset + 12] >> 4U) * 4U : UDP_HEADER_BYTES;
  const uint32_t start = frame.transportOffset + header;
  return start < frame.ipEnd ? octets.subspan(start, frame.ipEnd - start) : Octets();
}

/// Of the direction: addresses, ports and protocol.
uint64_t hashOf(Octets octets, const Frame& frame) {
  const auto text = [octets](uint32_t at, uint32_t length) {
    return std::string_view(reinterpret_cast<const char*>(octets.data()) + at, length);
  };
  const std::hash<std::string_view> hash;
  const uint64_t addresses = hash(text(frame.sourceOffset, 2U * frame.addressLength));
  return bench::scramble(addresses ^ bench::readBe32(&octets[frame.transportOffset]) ^
                         uint64_t{frame.protocol} << 32U);
}

class BlockingProbe {
 public:
  BlockingProbe(std::unique_ptr<bench::SpeedDevice> device, uint32_t packetsMax)
      : device_(std::move(device)), packetsMax_(packetsMax), directions_(SLOTS) {}

  void take(Octets octets) {
    if (bench::FrameRing::isStopping()) return;
    ++packets_;
    const Frame frame = bench::parseFrame(octets);
    const Octets payload = payloadOf(octets, frame);
    if (!payload.empty()) scan(hashOf(octets, frame), payload);
  }

  void print(uint32_t kernelDrops) const {
    std::printf("{\"packets\":%lu,\"kernelDrops\":%u,\"writes\":%lu,\"events\":%lu}\n", packets_,
                kernelDrops, writes_, device_->events());
  }

 private:
  /// Two directions of one slot take it from each other.
  struct Direction {
    uint64_t hash = 0;
    uint32_t generation = 0;
    uint32_t packets = 0;
  };

  void scan(uint64_t hash, Octets payload) {
    const auto slot = static_cast<uint32_t>(hash % SLOTS);
    Direction& direction = directions_[slot];
    const bool isNew = direction.hash != hash;
    if (isNew) direction = {hash, direction.generation + 1, 0};
    if (packetsMax_ != 0 && direction.packets == packetsMax_) return;
    ++direction.packets;
    write({.bytes = payload.data(),
           .lengthBytes = static_cast<uint32_t>(payload.size()),
           .flags = isNew ? NCORE_JOB_OPEN : 0U,
           .slot = slot,
           .generation = direction.generation});
  }

  void write(const NcoreJob& job) {
    ++writes_;
    while (device_->submit({&job, 1}) == 0) device_->wait();
    while (device_->poll() == 0) device_->wait();
  }

  const std::unique_ptr<bench::SpeedDevice> device_;
  const uint32_t packetsMax_;
  std::vector<Direction> directions_;
  uint64_t packets_ = 0;
  uint64_t writes_ = 0;
};

void run(char** words) {
  BlockingProbe probe(bench::openSpeedDevice(
                          {.device = words[3], .settings = words[4], .streams = SLOTS, .depth = 1},
                          bench::readPatterns(words[2])),
                      static_cast<uint32_t>(std::stoul(words[5])));
  bench::FrameRing ring(words[1], RING);
  std::puts("ready");
  std::fflush(stdout);
  ring.run([&probe](Octets frame, uint32_t /*wireLength*/) { probe.take(frame); });
  probe.print(ring.kernelDrops());
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::fputs("usage: blockingloop INTERFACE PATTERNS DEVICE SETTINGS PACKETS\n", stderr);
    return 2;
  }
  try {
    run(words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "blockingloop: %s\n", error.what());
    return 1;
  }
  return 0;
}
