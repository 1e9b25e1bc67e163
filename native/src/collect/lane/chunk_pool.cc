// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/chunk_pool.h"

#include <algorithm>
#include <utility>

namespace weir::collect {

namespace {

/// A quiet network needs no more; decoders make a chunk grow.
constexpr size_t FIRST_ROWS = 1024;

}  // namespace

size_t octetsOfRow() {
  size_t octets = 0;
#define WEIR_SIZE(Type, name) octets += sizeof(Type);
  WEIR_FLOW_COLUMNS(WEIR_SIZE)
#undef WEIR_SIZE
  return octets;
}

ChunkPool::ChunkPool(uint64_t mostBytes, size_t leastChunks)
    : mostChunks_(std::max<size_t>(mostBytes / (CHUNK_ROWS * octetsOfRow()), leastChunks)) {}

Chunk ChunkPool::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (!free_.empty()) {
      Chunk chunk = std::move(free_.back());
      free_.pop_back();
      return chunk;
    }
    if (made_ >= mostChunks_) {
      somebodyWaits_ = true;
      return nullptr;
    }
    ++made_;
  }
  return std::make_unique<FlowColumns>(FIRST_ROWS);
}

void ChunkPool::give(Chunk chunk) {
  // One that had to take a very large datagram would keep that memory for ever.
  if (chunk->capacity() > CHUNK_ROWS)
    chunk = std::make_unique<FlowColumns>(FIRST_ROWS);
  else
    chunk->clear();
  bool somebodyWaited = false;
  {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(chunk));
    somebodyWaited = std::exchange(somebodyWaits_, false);
  }
  if (somebodyWaited && wake_) wake_();
}

size_t ChunkPool::chunksInUse() const {
  const std::scoped_lock lock(mutex_);
  return made_ - free_.size();
}

ChunkPool::Pressure ChunkPool::pressure() const {
  const size_t used = chunksInUse();
  if (used * 4 > mostChunks_ * 3) return Pressure::HIGH;
  return used * 2 > mostChunks_ ? Pressure::MEDIUM : Pressure::LOW;
}

}  // namespace weir::collect
