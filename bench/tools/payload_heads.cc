// SPDX-License-Identifier: Apache-2.0
#include "payload_heads.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "capture/capture_file.h"
#include "classify/flow_watch.h"
#include "classify/stream_assembler.h"
#include "decode/packet_decoder.h"

namespace bench {
namespace {

using namespace weir;

constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;
constexpr DirectionBudget BUDGET = DatagramWatch::BUDGET_MAX;  // TCP's default has an octet more
constexpr uint32_t SEGMENT_BLOCKS_MAX = 1U << 16U;

struct KeyHash {
  size_t operator()(const FlowKey& key) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&key), sizeof key});
  }
};

struct Direction {
  StreamAssembler stream;
  DatagramWatch datagrams;
  uint32_t packets = 0;
};

class HeadReader {
 public:
  PayloadHeads read(const std::string& capture) {
    CaptureFile file(capture);
    file.open();
    std::array<PacketView, 32> batch;
    PacketDecoder decoder;
    while (const size_t count = file.read(batch)) {
      for (size_t i = 0; i < count; ++i) {
        DecodedPacket packet;
        decoder.decode(batch[i], packet);
        take(packet);
      }
    }
    markEnds();
    return std::move(heads_);
  }

 private:
  void take(const DecodedPacket& packet) {
    const uint8_t protocol = packet.key.protocol;
    if (packet.exception != Exception::NONE || (protocol != TCP && protocol != UDP)) return;
    const auto next = static_cast<uint32_t>(heads_.flows.size());
    const auto [found, isNew] = known_.try_emplace(packet.key, next);
    if (isNew) {
      heads_.flows.push_back({packet.key, packet.sender});
      directions_.emplace_back();
    }
    const uint32_t flow = found->second;
    const bool byClient = packet.sender == heads_.flows[flow].initiator;
    const StreamSide side = byClient ? StreamSide::CLIENT : StreamSide::SERVER;
    Direction& direction = directions_[flow][static_cast<size_t>(side)];
    if (protocol == TCP) {
      takeSegment(packet, flow, side, direction);
    } else {
      takeDatagram(packet, flow, side, direction);
    }
  }

  void takeSegment(const DecodedPacket& packet, uint32_t flow, StreamSide side,
                   Direction& direction) {
    const bool isSyn = (packet.tcpFlags & TCP_SYN) != 0;
    const uint32_t sequence = packet.tcpSequence + (isSyn ? 1 : 0);
    if (isSyn) direction.stream.start(sequence);
    if (packet.payloadLengthBytes == 0 || direction.packets == BUDGET.packets) return;
    if (!direction.stream.isStarted()) direction.stream.start(sequence);
    chunks_.clear();
    const uint32_t before = direction.stream.deliveredBytes();
    const SegmentOutcome outcome = direction.stream.add(
        sequence, {packet.payload, packet.payloadLengthBytes}, BUDGET.octets, segments_, chunks_);
    if (outcome != SegmentOutcome::STALE) ++direction.packets;
    uint32_t at = before;
    for (const StreamChunk& chunk : chunks_) {
      const auto length = static_cast<uint32_t>(chunk.bytes.size());
      add(packet, {.octets = chunk.bytes.data(),
                   .payloadLengthBytes = length,
                   .headBytes = length,
                   .sequence = at,
                   .flow = flow,
                   .side = side,
                   .startsDirection = at == 0});
      at += length;
      if (chunk.block != SegmentPool::NO_BLOCK) segments_.giveBack(chunk.block);
    }
  }

  void takeDatagram(const DecodedPacket& packet, uint32_t flow, StreamSide side,
                    Direction& direction) {
    if (packet.payloadLengthBytes == 0) return;
    const uint32_t wanted = direction.datagrams.allowance(packet.payloadLengthBytes, BUDGET);
    direction.datagrams.count(wanted, BUDGET);
    if (wanted == 0) return;
    add(packet, {.octets = packet.payload,
                 .payloadLengthBytes = packet.payloadLengthBytes,
                 .headBytes = wanted,
                 .flow = flow,
                 .side = side,
                 .startsDirection = direction.datagrams.packets() == 1});
  }

  void add(const DecodedPacket& packet, HeadPiece piece) {
    piece.octets = heads_.arena.keep(piece.octets, piece.payloadLengthBytes);
    piece.timestampNs = packet.timestampNs;
    piece.sender = packet.sender;
    heads_.octets += piece.headBytes;
    heads_.pieces.push_back(piece);
  }

  void markEnds() {
    std::vector<uint8_t> seen(heads_.flows.size());  // a bit for each side
    for (size_t i = heads_.pieces.size(); i-- > 0;) {
      HeadPiece& piece = heads_.pieces[i];
      const auto bit = static_cast<uint8_t>(1U << static_cast<unsigned>(piece.side));
      piece.endsFlow = seen[piece.flow] == 0;
      piece.endsDirection = (seen[piece.flow] & bit) == 0;
      seen[piece.flow] |= bit;
    }
  }

  PayloadHeads heads_;
  std::unordered_map<FlowKey, uint32_t, KeyHash> known_;
  std::vector<std::array<Direction, 2>> directions_;  ///< by flow and StreamSide
  SegmentPool segments_{SEGMENT_BLOCKS_MAX};
  std::vector<StreamChunk> chunks_;
};

}  // namespace

const uint8_t* Arena::keep(const uint8_t* octets, size_t length) {
  if (used_ + length > BLOCK_BYTES) {
    blocks_.push_back(std::make_unique<uint8_t[]>(BLOCK_BYTES));
    used_ = 0;
  }
  uint8_t* const at = blocks_.back().get() + used_;
  std::memcpy(at, octets, length);
  used_ += length;
  return at;
}

PayloadHeads readPayloadHeads(const std::string& capture) { return HeadReader().read(capture); }

}  // namespace bench
