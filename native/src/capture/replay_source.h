// SPDX-License-Identifier: Apache-2.0
// Plays a capture file at its own pace with present timestamps, for demonstrations and for tests of
// everything that needs live traffic.
#pragma once

#include <array>
#include <string>

#include "capture/capture_file.h"
#include "capture/lane_partition.h"

namespace weir {

/// What happens after the last frame.
enum class ReplayEnd : uint8_t { FINISH, LOOP };

struct ReplayOptions {
  std::string path;  ///< "-" is standard input
  LaneShare lane;
  double speed = 1.0;  ///< 2.0 plays twice as fast; must be positive
  ReplayEnd end = ReplayEnd::FINISH;
  int64_t loopGapNs =
      1'000'000'000;  ///< between the last frame of a pass and the first of the next
};

/// Owned and used by exactly one lane thread. Timestamps are shifted so that the first frame of
/// each pass is at the moment the pass starts, and scaled with the speed.
class ReplaySource final : public PacketSource {
 public:
  explicit ReplaySource(ReplayOptions options)
      : options_(std::move(options)), file_(options_.path) {}

  /// Throws CaptureError; see CaptureFile::open. The first pass starts now.
  void open() override;

  /// Gives the frames that are due; waits at most about 100 ms for the next one.
  size_t receive(std::span<PacketView> batch) override;
  void stop() override { finished_ = true; }
  [[nodiscard]] bool finished() const override { return finished_; }
  /// The wall clock at open(), carried on by the steady clock.
  [[nodiscard]] int64_t clockNs() const override;
  [[nodiscard]] CaptureCounters counters() override;

 private:
  size_t takeDue(std::span<PacketView> batch, int64_t nowNs);
  bool readAhead();
  bool concerns(PacketView& view) const;
  bool nextPass(int64_t nowNs);
  [[nodiscard]] int64_t playTimeNs(int64_t fileTimeNs) const;
  [[nodiscard]] int64_t waitNs(int64_t nowNs) const;

  static constexpr size_t LOOK_AHEAD_FRAMES = 64;

  ReplayOptions options_;
  CaptureFile file_;
  std::array<PacketView, LOOK_AHEAD_FRAMES> ahead_;  ///< read but not yet due, of this lane
  size_t aheadCount_ = 0;
  size_t aheadNext_ = 0;
  int64_t wallOffsetNs_ = 0;  ///< wall clock minus steady clock, fixed at open()
  int64_t passStartNs_ = 0;   ///< wall time of the first frame of this pass
  int64_t passOriginNs_ = 0;  ///< file time of the first frame of this pass, whosever lane's
  int64_t resumeNs_ = 0;      ///< wall time of the next pass, while waiting for it
  uint64_t passesDone_ = 0;
  CaptureCounters
      firstPassCounters_;  ///< the file's defects count once, however often it is played
  bool passOriginKnown_ = false;
  bool finished_ = false;
};

}  // namespace weir
