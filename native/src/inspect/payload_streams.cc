// SPDX-License-Identifier: Apache-2.0
#include "inspect/payload_streams.h"

#include <algorithm>
#include <array>

#include "classify/flow_budgets.h"
#include "classify/stream_assembler.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;
constexpr uint32_t SEGMENT_BLOCKS = 64;

const FlowBudgets& budgets() {
  static const FlowBudgets BUDGETS{ClassifierOptions{}};
  return BUDGETS;
}

class TcpDirection {
 public:
  explicit TcpDirection(StreamSide side) : segments_(SEGMENT_BLOCKS) {
    stream_.side = side;
    stream_.startWasSeen = false;
  }
  ~TcpDirection() { assembler_.clear(segments_); }
  TcpDirection(const TcpDirection&) = delete;
  TcpDirection& operator=(const TcpDirection&) = delete;

  void add(const KeptPacket& packet) {
    if (packet.isStart) {
      assembler_.start(packet.sequence);
      stream_.startWasSeen = assembler_.isStarted() && assembler_.deliveredBytes() == 0;
    }
    if (packet.payload.empty() || isSpent()) return;
    const bool isKeepAlive = packet.payload.size() == 1 && packet.payload[0] == 0;
    if (!assembler_.isStarted() && isKeepAlive) return;
    if (!assembler_.isStarted()) assembler_.start(packet.sequence);
    take(packet);
  }

  [[nodiscard]] const PayloadStream& stream() const { return stream_; }

 private:
  [[nodiscard]] bool isSpent() const {
    return isGivenUp_ || newPackets_ >= budgets().stream.packets ||
           assembler_.deliveredBytes() >= budgets().stream.octets;
  }

  void take(const KeptPacket& packet) {
    std::vector<StreamChunk> chunks;
    const SegmentOutcome outcome =
        assembler_.add(packet.sequence, packet.payload, budgets().stream.octets, segments_, chunks);
    if (outcome != SegmentOutcome::STALE) ++newPackets_;
    isGivenUp_ = outcome == SegmentOutcome::OVERFLOWED;
    for (const StreamChunk& chunk : chunks) {
      stream_.pieces.push_back(
          {packet.number, stream_.octets.size(), static_cast<uint32_t>(chunk.bytes.size())});
      stream_.octets.insert(stream_.octets.end(), chunk.bytes.begin(), chunk.bytes.end());
      if (chunk.block != SegmentPool::NO_BLOCK) segments_.giveBack(chunk.block);
    }
  }

  SegmentPool segments_;
  StreamAssembler assembler_;
  PayloadStream stream_;
  uint32_t newPackets_ = 0;
  bool isGivenUp_ = false;
};

std::vector<PayloadStream> tcpStreams(const KeptFlow& flow) {
  std::array<TcpDirection, 2> directions{TcpDirection(StreamSide::CLIENT),
                                         TcpDirection(StreamSide::SERVER)};
  for (const KeptPacket& packet : flow.kept) {
    directions[static_cast<size_t>(packet.side)].add(packet);
  }
  return {directions[0].stream(), directions[1].stream()};
}

std::vector<PayloadStream> datagrams(const KeptFlow& flow) {
  std::array<DatagramWatch, 2> watches;
  std::vector<PayloadStream> streams;
  for (const KeptPacket& packet : flow.kept) {
    if (packet.payload.empty()) continue;
    DatagramWatch& watch = watches[static_cast<size_t>(packet.side)];
    const auto length = static_cast<uint32_t>(packet.payload.size());
    const uint32_t taken = watch.allowance(length, budgets().datagrams);
    watch.count(taken, budgets().datagrams);
    if (taken == 0) continue;
    PayloadStream& stream = streams.emplace_back();
    stream.transport = Transport::UDP;
    stream.side = packet.side;
    stream.datagramBytes = packet.datagramBytes;
    stream.octets.assign(packet.payload.begin(), packet.payload.begin() + taken);
    stream.pieces.push_back({packet.number, 0, taken});
  }
  return streams;
}

}  // namespace

std::vector<PayloadStream> payloadStreams(const KeptFlow& flow) {
  if (flow.key.protocol == PROTOCOL_TCP) return tcpStreams(flow);
  return flow.key.protocol == PROTOCOL_UDP ? datagrams(flow) : std::vector<PayloadStream>();
}

}  // namespace weir
