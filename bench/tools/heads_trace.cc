// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "bytes.h"
#include "frame.h"
#include "rewrite.h"
#include "trace_writer.h"
#include "traces.h"

namespace bench {
namespace {

constexpr uint32_t IP_AT = 14;
constexpr uint32_t TCP_AT = IP_AT + 20;
constexpr uint32_t PAYLOAD_AT = TCP_AT + 20;
constexpr uint32_t MAXIMUM_FLOWS = 1U << 24;
constexpr uint32_t MAXIMUM_SEGMENT = 1460;
constexpr uint32_t ALIVE_FLOWS = 64;
constexpr uint32_t BURST_SEGMENTS = 3;
constexpr std::string_view LAST_OCTETS = "weir-end";  ///< of each flow: who finds them read it all
constexpr uint8_t SYN = 0x02;
constexpr uint8_t ACK = 0x10;

struct Segment {
  uint32_t flow;
  uint32_t sequence;
  uint32_t octets;
  uint8_t flags;
  bool isLast;
};

/// The source address is the flow's number, as in the small trace.
std::vector<uint8_t> frameOf(const Segment& segment) {
  std::vector<uint8_t> frame(PAYLOAD_AT + segment.octets);
  const std::array<uint8_t, IP_AT> ethernet{0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00};
  std::copy(ethernet.begin(), ethernet.end(), frame.begin());
  const uint32_t ipOctets = static_cast<uint32_t>(frame.size()) - IP_AT;
  uint8_t* ip = frame.data() + IP_AT;
  ip[0] = 0x45;
  writeBe16(ip + 2, static_cast<uint16_t>(ipOctets));
  ip[8] = 64;
  ip[9] = TCP;
  writeBe(ip + 12, 10U << 24 | segment.flow, 4);
  writeBe(ip + 16, 172U << 24 | 16U << 16 | (scramble(segment.flow) & 0xfffff), 4);
  writeBe16(ip + 10, static_cast<uint16_t>(~foldChecksum(checksumOf({ip, 20}, 0))));
  uint8_t* tcp = frame.data() + TCP_AT;
  writeBe16(tcp, static_cast<uint16_t>(20000 + segment.flow % 40000));
  writeBe16(tcp + 2, 40001);
  writeBe(tcp + 4, segment.sequence, 4);
  tcp[12] = 5 << 4;
  tcp[13] = segment.flags;
  writeBe16(tcp + 14, 0xffff);
  for (uint32_t at = 0; at < segment.octets; ++at) {
    const uint64_t random = scramble(uint64_t{segment.flow} << 32U | (segment.sequence + at));
    frame[PAYLOAD_AT + at] = static_cast<uint8_t>(random);
  }
  if (segment.isLast) {
    std::copy(LAST_OCTETS.begin(), LAST_OCTETS.end(), frame.end() - LAST_OCTETS.size());
  }
  const uint32_t pseudoHeader = checksumOf({ip + 12, 8}, TCP + (ipOctets - 20));
  const uint16_t sum = foldChecksum(checksumOf({tcp, ipOctets - 20}, pseudoHeader));
  writeBe16(tcp + 16, static_cast<uint16_t>(~sum));
  return frame;
}

class HeadsTrace {
 public:
  explicit HeadsTrace(const HeadsTraceOptions& options)
      : options_(options), writer_(options.path) {}

  void make() {
    for (uint32_t first = 0; first < options_.flows; first += ALIVE_FLOWS) {
      const uint32_t end = std::min(first + ALIVE_FLOWS, options_.flows);
      for (uint32_t segment = 0; segment < options_.segments; segment += BURST_SEGMENTS) {
        for (uint32_t flow = first; flow < end; ++flow) writeBurst(flow, segment);
      }
    }
    writer_.close();
    std::printf("{\"packets\":%lu,\"octets\":%lu,\"flows\":%u}\n", writer_.packets(),
                writer_.octets(), options_.flows);
  }

 private:
  void writeBurst(uint32_t flow, uint32_t first) {
    if (first == 0) write({flow, 0, 0, SYN, false});
    const uint32_t end = std::min(first + BURST_SEGMENTS, options_.segments);
    for (uint32_t segment = first; segment < end; ++segment) {
      write({flow, 1 + segment * options_.segmentOctets, options_.segmentOctets, ACK,
             segment + 1 == options_.segments});
    }
  }

  void write(const Segment& segment) {
    const uint64_t timeUs = TRACE_START_US + writer_.packets() * 4;
    writer_.write(timeUs, frameOf(segment));
  }

  const HeadsTraceOptions& options_;
  TraceWriter writer_;
};

}  // namespace

void makeHeadsTrace(const HeadsTraceOptions& options) {
  const bool isPossible = options.flows > 0 && options.flows <= MAXIMUM_FLOWS &&
                          options.segments > 0 && options.segmentOctets >= LAST_OCTETS.size() &&
                          options.segmentOctets <= MAXIMUM_SEGMENT;
  if (!isPossible) {
    throw std::runtime_error("a trace of heads has 1 to 16777216 flows of segments of 8 to 1460");
  }
  HeadsTrace(options).make();
}

}  // namespace bench
