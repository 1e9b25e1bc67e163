// SPDX-License-Identifier: Apache-2.0
// The memory that records lie in on their way from the lanes to the store: room for so many rows
// and no more. Who finds none waits, and the kernel counts what it has no room for. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

using Chunk = std::unique_ptr<FlowColumns>;

class ChunkPool {
 public:
  /// Rows that a chunk has room for, unless one datagram needs more.
  static constexpr size_t CHUNK_ROWS = 16'384;

  /// How much of the pool is out of the lanes' reach.
  enum class Pressure : uint8_t { LOW, MEDIUM, HIGH };

  /// `mostBytes` is what all chunks take when they are full; at least `leastChunks` there are.
  ChunkPool(uint64_t mostBytes, size_t leastChunks);

  /// An empty chunk; null when there is no room for one that becomes full.
  Chunk take();

  /// A chunk that was taken grows no more: from now on it counts for the room that it has.
  void settle(const FlowColumns& chunk);

  /// Empties a settled chunk, which takes time, then wakes who waits for one.
  void give(Chunk chunk);

  [[nodiscard]] Pressure pressure() const;

  /// Called by the thread that gives, after somebody found nothing; before the lanes start.
  void onFree(std::function<void()> wake) { wake_ = std::move(wake); }

  /// Full ones; of chunks with few rows there may be more.
  [[nodiscard]] size_t mostChunks() const noexcept { return mostRows_ / CHUNK_ROWS; }
  [[nodiscard]] size_t chunksInUse() const;

 private:
  size_t mostRows_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::vector<Chunk> free_;
  size_t freeRows_ = 0;  ///< that free chunks have room for
  size_t usedRows_ = 0;  ///< that chunks in use have room for, or may come to have
  size_t chunksInUse_ = 0;
  bool somebodyWaits_ = false;
};

/// Octets of one row in all columns.
size_t octetsOfRow();

}  // namespace weir::collect
