// SPDX-License-Identifier: Apache-2.0
// ringloop INTERFACE: counts frames in a bare TPACKET_V3 loop until SIGTERM or SIGINT, the limit
// for who captures by AF_PACKET; then prints what it counted and what the kernel dropped, as JSON.
// The ring is as large as the probe's.
#include <cstdint>
#include <cstdio>

#include "frame_ring.h"

namespace {

constexpr size_t ETHERTYPE_OFFSET = 12;

struct Sum {
  uint64_t packets = 0;
  uint64_t octets = 0;
  uint64_t touched = 0;
};

}  // namespace

int main(int count, char** values) {
  if (count != 2) {
    std::fputs("usage: ringloop INTERFACE\n", stderr);
    return 2;
  }
  bench::FrameRing ring(values[1], {});
  std::puts("ready");
  std::fflush(stdout);
  Sum sum;
  ring.run([&sum](std::span<const uint8_t> frame, uint32_t wireLength) {
    ++sum.packets;
    sum.octets += wireLength;
    sum.touched += frame[ETHERTYPE_OFFSET];
  });
  // What was touched is printed, or the compiler would leave the frames' memory alone.
  std::printf("{\"packets\":%lu,\"octets\":%lu,\"kernelDrops\":%u,\"touched\":%lu}\n", sum.packets,
              sum.octets, ring.kernelDrops(), sum.touched);
  return 0;
}
