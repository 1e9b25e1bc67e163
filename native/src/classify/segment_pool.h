// SPDX-License-Identifier: Apache-2.0
// Fixed blocks in which out-of-order TCP payload waits. One pool per lane, grown in steps and never
// shrunk; when it is exhausted the caller gives the stream up.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weir {

struct SegmentBlock {
  static constexpr uint32_t CAPACITY_BYTES = 2032;  ///< a block is 2 KiB

  uint32_t next = UINT32_MAX;
  uint32_t offset = 0;  ///< in the stream
  uint32_t length = 0;
  uint32_t owner = 0;  ///< the pool's user's own
  uint8_t bytes[CAPACITY_BYTES];

  [[nodiscard]] uint32_t end() const { return offset + length; }
  [[nodiscard]] std::span<const uint8_t> view() const { return {bytes, length}; }
};
static_assert(sizeof(SegmentBlock) == 2048);

class SegmentPool {
 public:
  static constexpr uint32_t NO_BLOCK = UINT32_MAX;

  explicit SegmentPool(uint32_t blocksMax) : blocksMax_(blocksMax) {}

  /// Of the blocks that are allocated from now on.
  void setOwner(uint32_t owner) { owner_ = owner; }

  /// The owners of blocks in turn, which may have given them back; 0 while there are none.
  uint32_t nextOwner() {
    if (chunks_.empty()) return 0;
    turn_ = turn_ + 1 < chunks_.size() * CHUNK_BLOCKS ? turn_ + 1 : 0;
    return (*this)[turn_].owner;
  }

  [[nodiscard]] bool isNearlyFull() const { return used_ + STREAM_BLOCKS_MAX > blocksMax_; }

  /// NO_BLOCK when all are taken.
  uint32_t allocate() {
    if (free_ == NO_BLOCK && !grow()) return NO_BLOCK;
    const uint32_t block = free_;
    free_ = (*this)[block].next;
    (*this)[block].owner = owner_;
    ++used_;
    return block;
  }

  void giveBack(uint32_t block) {
    (*this)[block].next = free_;
    free_ = block;
    --used_;
  }

  /// The reference stays valid while the pool grows.
  SegmentBlock& operator[](uint32_t block) {
    return chunks_[block / CHUNK_BLOCKS][block % CHUNK_BLOCKS];
  }

  [[nodiscard]] uint32_t used() const { return used_; }

 private:
  static constexpr uint32_t CHUNK_BLOCKS = 64;
  static constexpr uint32_t STREAM_BLOCKS_MAX = 8;

  bool grow() {
    const auto first = static_cast<uint32_t>(chunks_.size() * CHUNK_BLOCKS);
    if (first + CHUNK_BLOCKS > blocksMax_) return false;
    chunks_.push_back(std::make_unique<SegmentBlock[]>(CHUNK_BLOCKS));
    for (uint32_t i = CHUNK_BLOCKS; i-- > 0;) {
      (*this)[first + i].next = free_;
      free_ = first + i;
    }
    return true;
  }

  std::vector<std::unique_ptr<SegmentBlock[]>> chunks_;
  uint32_t blocksMax_;
  uint32_t owner_ = 0;
  uint32_t turn_ = 0;
  uint32_t free_ = NO_BLOCK;
  uint32_t used_ = 0;
};

}  // namespace weir
