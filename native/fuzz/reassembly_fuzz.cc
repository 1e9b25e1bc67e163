// SPDX-License-Identifier: Apache-2.0
// TCP reassembly against a model that keeps every octet of a stream by its offset: the first to
// arrive wins, and what is contiguous from the start comes out.
#include <optional>
#include <string>
#include <vector>

#include "classify/stream_assembler.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr uint32_t LIMIT_BYTES = 4096;
constexpr size_t STREAMS = 12;
constexpr uint32_t POOL_BLOCKS = 64;  // fewer than all streams may hold: the pool runs dry

class Model {
 public:
  /// False when nothing of it was new.
  bool add(int64_t offset, std::span<const uint8_t> payload) {
    bool isNew = false;
    if (octets_.empty()) octets_.resize(LIMIT_BYTES);
    for (size_t i = 0; i < payload.size(); ++i) {
      const int64_t at = offset + static_cast<int64_t>(i);
      if (at < 0 || at >= LIMIT_BYTES || octets_[static_cast<size_t>(at)]) continue;
      octets_[static_cast<size_t>(at)] = payload[i];
      isNew = true;
    }
    return isNew;
  }

  /// What is contiguous now and was not at the last call.
  std::string takeContiguous() {
    std::string text;
    for (; taken_ < octets_.size() && octets_[taken_]; ++taken_)
      text.push_back(static_cast<char>(*octets_[taken_]));
    return text;
  }

 private:
  std::vector<std::optional<uint8_t>> octets_;
  size_t taken_ = 0;
};

struct Stream {
  uint32_t start = 0;
  StreamAssembler assembler;
  Model model;
  uint32_t receivedBytes = 0;
  bool givenUp = false;
};

/// A segment of the input: where, how long, and octets that tell segments apart.
struct Segment {
  int32_t offset;
  std::vector<uint8_t> payload;
};

Segment readSegment(FuzzInput& input, uint8_t serial) {
  const int32_t offset = input.integer<int16_t>();
  const size_t length = input.integer<uint16_t>() % 3000;  // more than a block of the pool
  Segment segment{offset, std::vector<uint8_t>(length)};
  for (size_t i = 0; i < length; ++i) segment.payload[i] = static_cast<uint8_t>(serial + i * 7);
  return segment;
}

std::string takeChunks(SegmentPool& pool, const std::vector<StreamChunk>& chunks) {
  std::string received;
  for (const StreamChunk& chunk : chunks) {
    received.append(chunk.bytes.begin(), chunk.bytes.end());
    if (chunk.block != SegmentPool::NO_BLOCK) pool.giveBack(chunk.block);
  }
  return received;
}

void checkOutcome(SegmentOutcome outcome, bool isNew, bool isDelivered) {
  require((outcome == SegmentOutcome::DELIVERED) == isDelivered, "DELIVERED tells of chunks");
  if (outcome == SegmentOutcome::HELD) require(isNew, "HELD tells of new octets");
  if (outcome == SegmentOutcome::STALE || outcome == SegmentOutcome::BEYOND)
    require(!isNew, "what adds nothing is called so");
}

void addSegment(Stream& stream, const Segment& segment, SegmentPool& pool) {
  const ExactBlock payload(segment.payload);
  std::vector<StreamChunk> chunks;
  const auto sequence = stream.start + static_cast<uint32_t>(segment.offset);
  const SegmentOutcome outcome =
      stream.assembler.add(sequence, payload.view(), LIMIT_BYTES, pool, chunks);
  const std::string received = takeChunks(pool, chunks);
  if (outcome == SegmentOutcome::OVERFLOWED) {
    stream.assembler.clear(pool);
    stream.givenUp = true;
    return;
  }
  const bool isNew = stream.model.add(segment.offset, payload.view());
  require(received == stream.model.takeContiguous(), "what comes out is the stream");
  stream.receivedBytes += static_cast<uint32_t>(received.size());
  require(stream.assembler.deliveredBytes() == stream.receivedBytes, "its length is counted");
  checkOutcome(outcome, isNew, !chunks.empty());
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  SegmentPool pool(POOL_BLOCKS);
  std::vector<Stream> streams(STREAMS);
  for (Stream& stream : streams) {
    stream.start = input.integer<uint32_t>();
    stream.assembler.start(stream.start);
  }
  for (uint8_t serial = 1; !input.empty() && serial != 0; ++serial) {
    Stream& stream = streams[input.integer<uint8_t>() % STREAMS];
    const Segment segment = readSegment(input, serial);
    if (!stream.givenUp) addSegment(stream, segment, pool);
  }
  for (Stream& stream : streams) stream.assembler.clear(pool);
  require(pool.used() == 0, "every block of the pool comes back");
  return 0;
}
