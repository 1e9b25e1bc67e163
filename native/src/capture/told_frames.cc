// SPDX-License-Identifier: Apache-2.0
#include "capture/told_frames.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

uint64_t join(uint32_t high, uint32_t low) { return uint64_t{high} << 32 | low; }

}  // namespace

void ToldFrame::write(uint64_t number, const PacketView& view) {
  const uint32_t bytes = std::min(view.capturedLengthBytes, FRAME_BYTES);
  version_.store(2 * number + 1, std::memory_order_relaxed);
  const std::array<uint64_t, HEADER_WORDS> header = {
      static_cast<uint64_t>(view.timestampNs), join(bytes, view.originalLengthBytes),
      join(view.interfaceIndex, view.strippedVlanTci), static_cast<uint64_t>(view.linkType)};
  for (size_t i = 0; i < HEADER_WORDS; ++i) header_[i].store(header[i], std::memory_order_release);
  for (uint32_t at = 0; at < bytes; at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, view.data + at, std::min(bytes - at, 8U));
    words_[at / 8].store(word, std::memory_order_release);
  }
  version_.store(2 * number + 2, std::memory_order_release);
}

bool ToldFrame::read(uint64_t number, std::span<uint64_t, FRAME_BYTES / 8> octets,
                     PacketView& view) const {
  const uint64_t wanted = 2 * number + 2;
  if (version_.load(std::memory_order_acquire) != wanted) return false;
  std::array<uint64_t, HEADER_WORDS> header;
  for (size_t i = 0; i < HEADER_WORDS; ++i) header[i] = header_[i].load(std::memory_order_acquire);
  const auto bytes = std::min(static_cast<uint32_t>(header[1] >> 32), FRAME_BYTES);
  for (uint32_t at = 0; at < bytes; at += 8)
    octets[at / 8] = words_[at / 8].load(std::memory_order_acquire);
  if (version_.load(std::memory_order_relaxed) != wanted) return false;
  view = {.data = reinterpret_cast<const uint8_t*>(octets.data()),
          .capturedLengthBytes = bytes,
          .originalLengthBytes = static_cast<uint32_t>(header[1]),
          .timestampNs = static_cast<int64_t>(header[0]),
          .interfaceIndex = static_cast<uint32_t>(header[2] >> 32),
          .strippedVlanTci = static_cast<uint32_t>(header[2]),
          .linkType = static_cast<LinkType>(header[3]),
          .isOverheard = true};
  return true;
}

void ToldFrames::tell(const PacketView& view) {
  const uint64_t number = told_.load(std::memory_order_relaxed);
  frames_[number % FRAMES].write(number, view);
  told_.store(number + 1, std::memory_order_release);
}

size_t FrameListener::hear(std::span<PacketView> batch) {
  const uint32_t lanes = exchange_->lanes();
  const size_t most = std::min(batch.size(), FRAMES_AT_ONCE);
  size_t count = 0;
  for (uint32_t i = 0; i < lanes; ++i) {
    const uint32_t lane = (next_ + i) % lanes;
    if (lane == lane_) continue;
    while (count < most && hearFrom(lane, octets_[count], batch[count])) ++count;
  }
  next_ = (next_ + 1) % lanes;
  return count;
}

/// The next frame of `lane`; false when there is none.
bool FrameListener::hearFrom(uint32_t lane, std::span<uint64_t, ToldFrame::FRAME_BYTES / 8> octets,
                             PacketView& view) {
  const ToldFrames& frames = exchange_->of(lane);
  for (;;) {
    const uint64_t told = frames.told();
    uint64_t& heard = heard_[lane];
    if (told == heard) return false;
    if (told - heard > ToldFrames::FRAMES) {
      lostFrames_ += told - ToldFrames::FRAMES - heard;
      heard = told - ToldFrames::FRAMES;
    }
    if (frames.frame(heard).read(heard, octets, view)) {
      ++heard;
      return true;
    }
    // It was overwritten meanwhile.
    ++heard;
    ++lostFrames_;
  }
}

}  // namespace weir
