// SPDX-License-Identifier: Apache-2.0
// Decides what a lane gives up when packets come faster than it can take them: first the names of
// new flows, then packets by sampling, doubling the interval as long as it does not suffice. Gives
// it back in the opposite order once there has been room for a while. Pure: the lane acts.
#pragma once

#include <cstdint>

namespace weir {

/// Whether a lane may give anything up. DROP: the kernel drops what does not fit the ring.
enum class OverloadPolicy : uint8_t { DEGRADE, DROP };

/// One lane's, on its thread.
class OverloadGovernor {
 public:
  /// From this level on new flows stay unnamed.
  static constexpr uint32_t LEVEL_NO_NAMES = 1;
  /// Level 2 samples 1 in 2, and each further one 1 in twice as many.
  static constexpr uint32_t LEVEL_SAMPLING = 2;
  static constexpr uint32_t LEVEL_MAXIMUM = 11;  ///< 1 in 1024

  /// `pressure`: share of the capture buffer that waits for the lane, 0 to 1; 1 also when packets
  /// were lost since the last call. `nowNs` never goes back. True when the level has changed.
  bool observe(double pressure, int64_t nowNs);

  /// 0: nothing is given up.
  [[nodiscard]] uint32_t level() const { return level_; }
  [[nodiscard]] bool namesNewFlows() const { return level_ < LEVEL_NO_NAMES; }
  /// By which the configured sampling interval is multiplied, and what each packet counts for.
  [[nodiscard]] uint32_t samplingFactor() const {
    return level_ < LEVEL_SAMPLING ? 1 : 2U << (level_ - LEVEL_SAMPLING);
  }

 private:
  bool escalate(int64_t nowNs);
  bool relax(int64_t nowNs);

  uint32_t level_ = 0;
  int64_t escalatedNs_ = INT64_MIN / 2;
  int64_t calmSinceNs_ = 0;
  bool isCalm_ = false;
};

}  // namespace weir
