// SPDX-License-Identifier: Apache-2.0
#include "capture/shared_file_source.h"

#include <algorithm>

#include "capture/file_source.h"

namespace weir {
namespace {

constexpr size_t CACHE_LINE_BYTES = 64;

/// The headers of frames that another core may have read.
[[gnu::always_inline]] inline void prefetch(std::span<const PacketView> frames) {
  for (const PacketView& frame : frames) {
    __builtin_prefetch(frame.data);
    __builtin_prefetch(frame.data + CACHE_LINE_BYTES);
  }
}

}  // namespace

size_t SharedFileSource::receive(std::span<PacketView> batch) {
  if (finished_ || !nextBlock()) return 0;
  size_t count = 0;
  while (count == 0 && portion_ < block_->portions()) {
    const auto frames = block_->portion(portion_, lane_).subspan(given_);
    count = std::min(frames.size(), batch.size());
    std::copy_n(frames.begin(), count, batch.begin());
    given_ += count;
    if (count < frames.size()) break;
    clockNs_ = block_->clockNs(portion_);
    given_ = 0;
    ++portion_;
  }
  if (given_ == 0 && portion_ < block_->portions()) prefetch(block_->portion(portion_, lane_));
  return count;
}

int64_t SharedFileSource::settledNs() const {
  return clockNs_ == NO_TIME ? NO_TIME : clockNs_ - FILE_DISORDER_NS;
}

/// Whether there are portions to take.
bool SharedFileSource::nextBlock() {
  if (block_ != nullptr && portion_ < block_->portions()) return true;
  if (block_ != nullptr) ++blocksDone_;
  portion_ = 0;
  block_ = feed_->take(lane_, blocksDone_);
  if (block_ == nullptr && feed_->isPastEnd(blocksDone_)) finish();
  return block_ != nullptr;
}

void SharedFileSource::finish() {
  finished_ = true;
  block_ = nullptr;
  feed_->leave(lane_);
}

}  // namespace weir
