// SPDX-License-Identifier: Apache-2.0
#include "classify/job_memory.h"

#include <algorithm>
#include <new>
#include <utility>

namespace weir {
namespace {

constexpr size_t PAGE_BYTES = 4096;
constexpr uint32_t NO_ROOM = UINT32_MAX;

/// Of where jobs begin: a cache line, so that none shares one with a job that is read elsewhere.
constexpr uint32_t ALIGNMENT_BYTES = 64;

/// Pieces of a stream that come together are often a few small ones.
constexpr uint32_t CAPACITY_LEAST = 256;

constexpr size_t FORGOTTEN_LEAST = 1024;

uint32_t aligned(uint32_t size) {
  return (size + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
}

uint8_t* pagesOf(size_t sizeBytes) {
  void* const pages = std::aligned_alloc(PAGE_BYTES, sizeBytes);
  if (pages == nullptr) throw std::bad_alloc();
  return static_cast<uint8_t*>(pages);
}

}  // namespace

JobMemory::JobMemory(size_t sizeBytes)
    : sizeBytes_((sizeBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES),
      ring_(pagesOf(sizeBytes_)) {}

/// A job that has grown once may grow again.
void JobMemory::makeRoom(Octets& octets, uint32_t size) {
  const uint32_t needed = aligned(size);
  if (octets.capacity_ == 0) {
    take(octets, std::max(needed, CAPACITY_LEAST));
    return;
  }
  if (growLast(octets, needed)) return;
  const Octets before = octets;
  take(octets, std::max(needed, 2 * before.capacity_));
  std::memcpy(octets.bytes_, before.bytes_, before.size_);
  release(before);
}

bool JobMemory::growLast(Octets& octets, uint32_t capacity) {
  if (octets.piece_ == 0 || octets.piece_ != forgotten_ + pieces_.size()) return false;
  Piece& last = pieces_.back();
  const uint32_t first = pieces_[first_].begin;
  const uint32_t end = last.begin + capacity;
  const size_t limit = first > last.begin ? first : sizeBytes_;
  if (end > limit) return false;
  last.end = end;
  octets.capacity_ = capacity;
  return true;
}

void JobMemory::take(Octets& octets, uint32_t capacity) {
  const uint32_t begin = roomAt(capacity);
  if (begin == NO_ROOM) {
    auto* const elsewhere = static_cast<uint8_t*>(std::malloc(capacity));
    if (elsewhere == nullptr) throw std::bad_alloc();
    octets.bytes_ = elsewhere;
    octets.piece_ = 0;
  } else {
    pieces_.push_back({begin, begin + capacity, false});
    octets.bytes_ = ring_.get() + begin;
    octets.piece_ = forgotten_ + pieces_.size();
  }
  octets.capacity_ = capacity;
}

/// Pieces fill the ring from the first to the last, around its end where that is the way.
uint32_t JobMemory::roomAt(uint32_t capacity) const {
  if (pieces_.empty()) return capacity <= sizeBytes_ ? 0 : NO_ROOM;
  const uint32_t first = pieces_[first_].begin;
  const uint32_t end = pieces_.back().end;
  const bool isAround = pieces_.back().begin < first;
  if (isAround) return end + capacity <= first ? end : NO_ROOM;
  if (end + capacity <= sizeBytes_) return end;
  return capacity <= first ? 0 : NO_ROOM;
}

void JobMemory::release(const Octets& octets) {
  if (octets.piece_ == 0) {
    std::free(octets.bytes_);
    return;
  }
  pieces_[octets.piece_ - 1 - forgotten_].isFree = true;
  while (first_ < pieces_.size() && pieces_[first_].isFree) ++first_;
  const bool isWorthIt = first_ == pieces_.size() || first_ >= FORGOTTEN_LEAST;
  if (isWorthIt && first_ >= pieces_.size() / 2) forgetFree();
}

/// As few are moved as go.
void JobMemory::forgetFree() {
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<ptrdiff_t>(first_));
  forgotten_ += std::exchange(first_, 0);
}

}  // namespace weir
