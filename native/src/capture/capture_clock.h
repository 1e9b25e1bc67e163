// SPDX-License-Identifier: Apache-2.0
// What time it is in a capture file: the newest time of its frames so far.
#pragma once

#include <algorithm>
#include <cstdint>

#include "capture/packet_source.h"

namespace weir {

/// Frames that are out of order do not set it back. Many in a row that are older by more than any
/// disorder do: another capture was appended, or the frame before them has a broken time.
class CaptureClock {
 public:
  /// `timestampNs` is at most `LATEST_NS`, so that adding a timeout cannot overflow.
  void see(int64_t timestampNs) {
    if (timestampNs + DISORDER_MAX_NS >= nowNs_) {
      nowNs_ = std::max(nowNs_, timestampNs);
      olderFrames_ = 0;
    } else if (++olderFrames_ == FRAMES_TO_GO_BACK) {
      nowNs_ = timestampNs;
      olderFrames_ = 0;
    }
  }

  /// `PacketSource::NO_TIME` before the first frame.
  [[nodiscard]] int64_t nowNs() const { return nowNs_; }

  /// The year 2116, a little beyond what pcap can say.
  static constexpr int64_t LATEST_NS = int64_t{1} << 62;

 private:
  static constexpr int64_t DISORDER_MAX_NS = 60'000'000'000;
  static constexpr uint32_t FRAMES_TO_GO_BACK = 32;

  int64_t nowNs_ = PacketSource::NO_TIME;
  uint32_t olderFrames_ = 0;
};

}  // namespace weir
