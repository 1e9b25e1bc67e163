// SPDX-License-Identifier: Apache-2.0
// A lane's share of a capture file, as fast as the lane can take it. Each lane reads the whole file
// through its own window and keeps the frames of its own IP pairs, so lanes need not meet.
#pragma once

#include <string>

#include "capture/capture_file.h"
#include "capture/lane_partition.h"

namespace weir {

/// Owned and used by exactly one lane thread. `clockNs()` counts the frames of all lanes, so idle
/// timeouts run on also in a lane whose own flows have fallen silent.
class FileSource final : public PacketSource {
 public:
  explicit FileSource(std::string path, LaneShare lane = {})
      : file_(std::move(path)), lane_(lane) {}

  /// Throws CaptureError; see CaptureFile::open. A pipe can feed one lane only.
  void open() override;

  size_t receive(std::span<PacketView> batch) override;
  void stop() override { finished_ = true; }
  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] int64_t clockNs() const override { return file_.clockNs(); }
  /// Frames may be out of order by this much without the number of lanes changing a record.
  [[nodiscard]] int64_t settledNs() const override { return file_.clockNs() - DISORDER_NS; }

  /// Defects of the file are lane 0's, so that the sum over the lanes counts each of them once.
  [[nodiscard]] CaptureCounters counters() override;

 private:
  static constexpr int64_t DISORDER_NS = 1'000'000'000;

  CaptureFile file_;
  LaneShare lane_;
  bool finished_ = false;
};

}  // namespace weir
