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
    : mostRows_(CHUNK_ROWS *
                std::max<size_t>(mostBytes / (CHUNK_ROWS * octetsOfRow()), leastChunks)) {}

Chunk ChunkPool::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (usedRows_ + CHUNK_ROWS > mostRows_) {
      somebodyWaits_ = true;
      return nullptr;
    }
    usedRows_ += CHUNK_ROWS;
    ++chunksInUse_;
    if (!free_.empty()) {
      Chunk chunk = std::move(free_.back());
      free_.pop_back();
      freeRows_ -= chunk->capacity();
      return chunk;
    }
  }
  return std::make_unique<FlowColumns>(FIRST_ROWS);
}

void ChunkPool::settle(const FlowColumns& chunk) {
  const std::scoped_lock lock(mutex_);
  usedRows_ = usedRows_ - CHUNK_ROWS + chunk.capacity();
}

void ChunkPool::give(Chunk chunk) {
  const size_t settledRows = chunk->capacity();
  // One that had to take a very large datagram would keep that memory for ever; and where few rows
  // come at a time, many chunks are out: then each has to be small.
  if (settledRows > CHUNK_ROWS || (settledRows > FIRST_ROWS && chunk->rows < settledRows / 8))
    chunk = std::make_unique<FlowColumns>(FIRST_ROWS);
  else
    chunk->clear();
  bool somebodyWaited = false;
  {
    const std::scoped_lock lock(mutex_);
    usedRows_ -= settledRows;
    --chunksInUse_;
    somebodyWaited = std::exchange(somebodyWaits_, false);
    if (usedRows_ + freeRows_ + chunk->capacity() <= mostRows_) {
      freeRows_ += chunk->capacity();
      free_.push_back(std::move(chunk));
    }
  }
  if (somebodyWaited && wake_) wake_();
}

size_t ChunkPool::chunksInUse() const {
  const std::scoped_lock lock(mutex_);
  return chunksInUse_;
}

ChunkPool::Pressure ChunkPool::pressure() const {
  const std::scoped_lock lock(mutex_);
  if (usedRows_ * 4 > mostRows_ * 3) return Pressure::HIGH;
  return usedRows_ * 2 > mostRows_ ? Pressure::MEDIUM : Pressure::LOW;
}

}  // namespace weir::collect
