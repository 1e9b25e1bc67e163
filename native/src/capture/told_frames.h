// SPDX-License-Identifier: Apache-2.0
// How the lanes of a live capture overhear each other: frames that tell of other flows are copied
// by the lane that received them, and read by all the others. Nobody waits for anybody.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "capture/packet_view.h"

namespace weir {

/// A frame's place in ToldFrames. All of it is atomic words, since a reader may be copying what the
/// writer begins to overwrite; `version` tells the reader that it was so.
class ToldFrame {
 public:
  static constexpr uint32_t FRAME_BYTES = 2048;  ///< what is longer is cut

  /// By the one writer; `number`: of the frame, from 0.
  void write(uint64_t number, const PacketView& view);

  /// By any reader: copies frame `number`. `view` borrows from `octets`. False when it is not, or
  /// no longer, there.
  bool read(uint64_t number, std::span<uint64_t, FRAME_BYTES / 8> octets, PacketView& view) const;

 private:
  static constexpr size_t HEADER_WORDS = 4;

  /// 2n + 1 while frame n is being written, 2n + 2 after that. Words are stored with release and
  /// loaded with acquire: who has seen a word of a later frame also sees that frame's version.
  std::atomic<uint64_t> version_ = 0;
  std::array<std::atomic<uint64_t>, HEADER_WORDS> header_{};
  std::array<std::atomic<uint64_t>, FRAME_BYTES / 8> words_{};
};

/// The last frames that one lane has told: one writer, any number of readers, no read-modify-write.
class ToldFrames {
 public:
  /// A reader may be so many frames behind before it loses the oldest. Answers of DNS come by the
  /// thousand a second where there are many hosts, and a lane without traffic looks ten times a
  /// second.
  static constexpr uint64_t FRAMES = 1024;

  ToldFrames() : frames_(FRAMES) {}

  void tell(const PacketView& view);

  /// Frames told until now.
  [[nodiscard]] uint64_t told() const { return told_.load(std::memory_order_acquire); }
  [[nodiscard]] const ToldFrame& frame(uint64_t number) const { return frames_[number % FRAMES]; }

 private:
  std::vector<ToldFrame> frames_;  ///< 2 MiB; pages are touched when frames are told
  alignas(64) std::atomic<uint64_t> told_ = 0;
};

/// Of all lanes of one capture; shared by their sources.
class FrameExchange {
 public:
  explicit FrameExchange(uint32_t lanes) : lanes_(lanes) {}

  [[nodiscard]] ToldFrames& of(uint32_t lane) { return lanes_[lane]; }
  [[nodiscard]] uint32_t lanes() const { return static_cast<uint32_t>(lanes_.size()); }

 private:
  std::vector<ToldFrames> lanes_;
};

/// A lane's ear for the others. Owned and used by exactly one lane thread.
class FrameListener {
 public:
  /// Frames given at a time.
  static constexpr size_t FRAMES_AT_ONCE = 16;

  FrameListener(std::shared_ptr<FrameExchange> exchange, uint32_t lane)
      : exchange_(std::move(exchange)),
        heard_(exchange_->lanes(), 0),
        octets_(FRAMES_AT_ONCE),
        lane_(lane) {}

  void tell(const PacketView& view) { exchange_->of(lane_).tell(view); }

  /// Fills `batch` with frames that other lanes told and this one has not heard yet, marked as
  /// overheard, and gives their number. Valid until the next call.
  size_t hear(std::span<PacketView> batch);

  [[nodiscard]] uint64_t lostFrames() const { return lostFrames_; }

 private:
  bool hearFrom(uint32_t lane, std::span<uint64_t, ToldFrame::FRAME_BYTES / 8> octets,
                PacketView& view);

  using Octets = std::array<uint64_t, ToldFrame::FRAME_BYTES / 8>;

  std::shared_ptr<FrameExchange> exchange_;
  std::vector<uint64_t> heard_;  ///< by lane: frames heard or lost
  std::vector<Octets> octets_;   ///< what the given views borrow
  uint32_t lane_;
  uint32_t next_ = 0;  ///< lane to listen to first, so that none is always last
  uint64_t lostFrames_ = 0;
};

}  // namespace weir
