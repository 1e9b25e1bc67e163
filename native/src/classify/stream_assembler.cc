// SPDX-License-Identifier: Apache-2.0
#include "classify/stream_assembler.h"

#include <algorithm>
#include <cstring>

namespace weir {

SegmentOutcome StreamAssembler::add(uint32_t sequence, std::span<const uint8_t> payload,
                                    uint32_t limit, SegmentPool& pool,
                                    std::vector<StreamChunk>& chunks) {
  // Sequence numbers wrap: their signed distance is what counts (RFC 9293 3.4).
  const int64_t offset = static_cast<int32_t>(sequence - startSequence_);
  const int64_t segmentEnd = offset + static_cast<int64_t>(payload.size());
  if (segmentEnd <= next_) return SegmentOutcome::STALE;
  if (offset >= limit) return SegmentOutcome::BEYOND;
  const auto end = static_cast<uint32_t>(std::min<int64_t>(segmentEnd, limit));
  auto cursor = static_cast<uint32_t>(std::max<int64_t>(offset, next_));

  SegmentOutcome outcome = SegmentOutcome::STALE;
  uint32_t* link = &firstHeld_;
  while (cursor < end) {
    while (*link != SegmentPool::NO_BLOCK && pool[*link].end() <= cursor) link = &pool[*link].next;
    const bool isGap = *link == SegmentPool::NO_BLOCK || pool[*link].offset > cursor;
    if (!isGap) {
      cursor = std::min(end, pool[*link].end());
      continue;
    }
    const uint32_t gapEnd =
        *link == SegmentPool::NO_BLOCK ? end : std::min(end, pool[*link].offset);
    const auto piece = payload.subspan(static_cast<size_t>(cursor - offset), gapEnd - cursor);
    if (cursor == next_) {
      deliver(piece, pool, chunks);
      link = &firstHeld_;
      outcome = SegmentOutcome::DELIVERED;
    } else {
      if (!hold(link, cursor, piece, pool)) return SegmentOutcome::OVERFLOWED;
      outcome = SegmentOutcome::HELD;
    }
    cursor = std::max(gapEnd, next_);  // what waited behind the gap is out as well
  }
  return outcome;
}

void StreamAssembler::deliver(std::span<const uint8_t> piece, SegmentPool& pool,
                              std::vector<StreamChunk>& chunks) {
  chunks.push_back({piece, SegmentPool::NO_BLOCK});
  next_ += static_cast<uint32_t>(piece.size());
  while (firstHeld_ != SegmentPool::NO_BLOCK && pool[firstHeld_].offset == next_) {
    const SegmentBlock& block = pool[firstHeld_];
    chunks.push_back({block.view(), firstHeld_});
    next_ = block.end();
    firstHeld_ = block.next;
    --heldCount_;
  }
}

/// To the block that ends at `offset`, if there is one with room: small pieces take no block each.
size_t StreamAssembler::append(const uint32_t* link, uint32_t offset,
                               std::span<const uint8_t> piece, SegmentPool& pool) const {
  for (uint32_t index = firstHeld_; index != SegmentPool::NO_BLOCK; index = pool[index].next) {
    SegmentBlock& block = pool[index];
    if (&block.next != link || block.end() != offset) continue;
    const size_t room = SegmentBlock::CAPACITY_BYTES - block.length;
    const size_t taken = std::min(piece.size(), room);
    std::memcpy(block.bytes + block.length, piece.data(), taken);
    block.length += static_cast<uint32_t>(taken);
    return taken;
  }
  return 0;
}

/// Inserts in front of `*link` and moves `link` behind what it inserted.
bool StreamAssembler::hold(uint32_t*& link, uint32_t offset, std::span<const uint8_t> piece,
                           SegmentPool& pool) {
  const size_t appended = append(link, offset, piece, pool);
  offset += static_cast<uint32_t>(appended);
  piece = piece.subspan(appended);
  while (!piece.empty()) {
    if (heldCount_ == HELD_MAX) return false;
    const uint32_t index = pool.allocate();
    if (index == SegmentPool::NO_BLOCK) return false;
    SegmentBlock& block = pool[index];
    block.offset = offset;
    block.length =
        static_cast<uint32_t>(std::min<size_t>(piece.size(), SegmentBlock::CAPACITY_BYTES));
    std::memcpy(block.bytes, piece.data(), block.length);
    block.next = *link;
    *link = index;
    link = &block.next;
    ++heldCount_;
    offset += block.length;
    piece = piece.subspan(block.length);
  }
  return true;
}

void StreamAssembler::clear(SegmentPool& pool) {
  while (firstHeld_ != SegmentPool::NO_BLOCK) {
    const uint32_t next = pool[firstHeld_].next;
    pool.giveBack(firstHeld_);
    firstHeld_ = next;
  }
  heldCount_ = 0;
}

}  // namespace weir
