// SPDX-License-Identifier: Apache-2.0
// A lane's share of a capture file that several lanes read together.
#pragma once

#include <memory>

#include "capture/file_feed.h"
#include "capture/packet_source.h"

namespace weir {

/// Owned and used by exactly one lane thread. `clockNs()` counts the frames of all lanes, so idle
/// timeouts run on also in a lane whose own flows have fallen silent.
class SharedFileSource final : public PacketSource {
 public:
  SharedFileSource(std::shared_ptr<FileFeed> feed, uint32_t lane)
      : feed_(std::move(feed)), lane_(lane) {}
  ~SharedFileSource() override { feed_->leave(lane_); }
  SharedFileSource(const SharedFileSource&) = delete;
  SharedFileSource& operator=(const SharedFileSource&) = delete;

  void open() override { feed_->open(); }
  size_t receive(std::span<PacketView> batch) override;
  void stop() override { finish(); }
  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] int64_t clockNs() const override { return clockNs_; }
  [[nodiscard]] int64_t settledNs() const override;

  /// Defects of the file are lane 0's, so that the sum over the lanes counts each of them once.
  [[nodiscard]] CaptureCounters counters() override {
    return lane_ == 0 ? feed_->counters() : CaptureCounters{};
  }

 private:
  bool nextBlock();
  void finish();

  std::shared_ptr<FileFeed> feed_;
  uint32_t lane_;
  const FeedBlock* block_ = nullptr;
  uint64_t blocksDone_ = 0;
  size_t portion_ = 0;
  size_t given_ = 0;  ///< of the portion
  int64_t clockNs_ = NO_TIME;
  bool finished_ = false;
};

}  // namespace weir
