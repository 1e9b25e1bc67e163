// SPDX-License-Identifier: Apache-2.0
// A capture file for one lane, as fast as the lane can take it. Several lanes:
// shared_file_source.h.
#pragma once

#include <string>

#include "capture/capture_file.h"

namespace weir {

/// Frames of a file may be out of order by this much without the number of lanes, or how they are
/// batched, changing a record.
inline constexpr int64_t FILE_DISORDER_NS = 1'000'000'000;

/// Owned and used by exactly one lane thread.
class FileSource final : public PacketSource {
 public:
  explicit FileSource(std::string path) : file_(std::move(path)) {}

  /// Throws CaptureError; see CaptureFile::open.
  void open() override { file_.open(); }
  size_t receive(std::span<PacketView> batch) override;
  void stop() override { finished_ = true; }
  [[nodiscard]] bool finished() const override { return finished_; }
  [[nodiscard]] int64_t clockNs() const override { return file_.clockNs(); }
  [[nodiscard]] int64_t settledNs() const override { return file_.clockNs() - FILE_DISORDER_NS; }
  [[nodiscard]] CaptureCounters counters() override { return file_.counters(); }

 private:
  CaptureFile file_;
  bool finished_ = false;
};

}  // namespace weir
