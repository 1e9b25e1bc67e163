// SPDX-License-Identifier: Apache-2.0
// Puts the segments of one TCP direction into stream order. Of overlapping octets the first to
// arrive win, so a later rewrite of what has been scanned changes nothing. Retransmissions and
// keep-alives (one octet before the next expected) add nothing and so never get out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "classify/segment_pool.h"

namespace weir {

/// Octets in stream order. `block` is to be given back to the pool once they are scanned; NO_BLOCK
/// when they are borrowed from the packet.
struct StreamChunk {
  std::span<const uint8_t> bytes;
  uint32_t block = SegmentPool::NO_BLOCK;
};

enum class SegmentOutcome : uint8_t {
  STALE,      ///< nothing that was not there already
  DELIVERED,  ///< gave chunks
  HELD,       ///< some octets wait for others before them
  BEYOND,     ///< new, but only past the octets that are wanted
  OVERFLOWED  ///< too much would have to wait; the stream is of no more use
};

class StreamAssembler {
 public:
  /// A sender whose segments are more disordered than this is given up.
  static constexpr uint8_t HELD_MAX = 8;

  [[nodiscard]] bool isStarted() const { return isStarted_; }

  /// `sequence` is that of the stream's first octet. Harmless when repeated before data came.
  void start(uint32_t sequence) {
    if (next_ != 0 || heldCount_ != 0) return;
    startSequence_ = sequence;
    isStarted_ = true;
  }

  /// Appends to `chunks` what is in order now. Octets from `limit` on are not wanted.
  SegmentOutcome add(uint32_t sequence, std::span<const uint8_t> payload, uint32_t limit,
                     SegmentPool& pool, std::vector<StreamChunk>& chunks);

  [[nodiscard]] bool holds() const { return heldCount_ != 0; }

  /// Octets delivered so far.
  [[nodiscard]] uint32_t deliveredBytes() const { return next_; }

  /// Gives back what is held.
  void clear(SegmentPool& pool);

 private:
  void deliver(std::span<const uint8_t> piece, SegmentPool& pool, std::vector<StreamChunk>& chunks);
  size_t append(const uint32_t* link, uint32_t offset, std::span<const uint8_t> piece,
                SegmentPool& pool) const;
  bool hold(uint32_t*& link, uint32_t offset, std::span<const uint8_t> piece, SegmentPool& pool);

  uint32_t startSequence_ = 0;
  uint32_t next_ = 0;                           ///< offset of the next octet expected
  uint32_t firstHeld_ = SegmentPool::NO_BLOCK;  ///< list by offset, without overlaps
  uint8_t heldCount_ = 0;
  bool isStarted_ = false;
};

}  // namespace weir
