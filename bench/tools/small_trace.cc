// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "bytes.h"
#include "frame.h"
#include "rewrite.h"
#include "trace_writer.h"
#include "traces.h"

namespace bench {
namespace {

/// 64 octets on the wire; a capture does not hold the last four, the frame check sequence.
constexpr uint32_t FRAME_BYTES = 60;
constexpr uint32_t IP_AT = 14;
constexpr uint32_t UDP_AT = IP_AT + 20;
constexpr uint32_t PAYLOAD_AT = UDP_AT + 8;
constexpr uint32_t MAXIMUM_FLOWS = 1U << 24;

using SmallFrame = std::array<uint8_t, FRAME_BYTES>;

uint16_t portFrom(uint64_t random) { return static_cast<uint16_t>(20000 + random % 40000); }

/// UDP's pseudo-header: addresses, protocol, length.
uint32_t pseudoHeaderSum(const SmallFrame& frame) {
  return checksumOf({frame.data() + IP_AT + 12, 8}, UDP + (FRAME_BYTES - UDP_AT));
}

/// The source address is the flow's number, so flows are distinct whatever the rest is.
SmallFrame frameOf(uint32_t flow, uint64_t packet) {
  SmallFrame frame{0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00};
  const uint64_t random = scramble(flow);
  uint8_t* ip = frame.data() + IP_AT;
  ip[0] = 0x45;
  writeBe16(ip + 2, FRAME_BYTES - IP_AT);
  writeBe16(ip + 4, static_cast<uint16_t>(packet));
  ip[8] = 64;
  ip[9] = UDP;
  writeBe(ip + 12, 10U << 24 | flow, 4);
  writeBe(ip + 16, 172U << 24 | 16U << 16 | (random & 0xfffff), 4);
  writeBe16(ip + 10, static_cast<uint16_t>(~foldChecksum(checksumOf({ip, 20}, 0))));
  uint8_t* udp = frame.data() + UDP_AT;
  writeBe16(udp, portFrom(random >> 20));
  writeBe16(udp + 2, portFrom(random >> 42));
  writeBe16(udp + 4, FRAME_BYTES - UDP_AT);
  writeBe(frame.data() + PAYLOAD_AT, scramble(random ^ packet), 8);
  writeBe(frame.data() + PAYLOAD_AT + 8, random, 8);
  const uint16_t sum =
      foldChecksum(checksumOf({udp, FRAME_BYTES - UDP_AT}, pseudoHeaderSum(frame)));
  writeBe16(udp + 6, sum == 0xffff ? 0xffff : static_cast<uint16_t>(~sum));
  return frame;
}

void shuffle(std::vector<uint32_t>& order, uint64_t& seed) {
  for (size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[scramble(seed++) % (i + 1)]);
  }
}

}  // namespace

void makeSmallTrace(const SmallTraceOptions& options) {
  if (options.flows == 0 || options.flows > MAXIMUM_FLOWS) {
    throw std::runtime_error("a small trace has 1 to 16777216 flows");
  }
  TraceWriter writer(options.path);
  std::vector<uint32_t> order(options.flows);
  std::iota(order.begin(), order.end(), 0);
  const uint64_t total = static_cast<uint64_t>(options.flows) * options.rounds;
  uint64_t seed = 1;
  for (uint32_t round = 0; round < options.rounds; ++round) {
    shuffle(order, seed);
    for (const uint32_t flow : order) {
      const uint64_t packet = writer.packets();
      const uint64_t timeUs = TRACE_START_US + packet * options.spanSeconds * 1000000 / total;
      writer.write(timeUs, frameOf(flow, packet));
    }
  }
  writer.close();
  std::printf("{\"packets\":%lu,\"octets\":%lu,\"flows\":%u}\n", writer.packets(), writer.octets(),
              options.flows);
}

}  // namespace bench
