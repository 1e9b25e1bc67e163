// SPDX-License-Identifier: Apache-2.0
// What becomes of records behind the decoder, in one lane. One thread writes, any may read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::collect {

/// X(name): a part of the interface, shown to operators by these names.
#define WEIR_LANE_COUNTS(X)                                                        \
  X(chunks)              /* handed over */                                         \
  X(rows)                /* in them */                                             \
  X(stalls)              /* times that no chunk was free: the store is too slow */ \
  X(stalledMilliseconds) /* that the lane took nothing because of it */            \
  X(cpuMicroseconds)     /* of the lane's thread */

enum class LaneCount : uint8_t {
#define WEIR_ENUMERATOR(name) name,
  WEIR_LANE_COUNTS(WEIR_ENUMERATOR)
#undef WEIR_ENUMERATOR
      COUNT
};

inline constexpr size_t LANE_COUNTS = static_cast<size_t>(LaneCount::COUNT);

inline constexpr std::array<const char*, LANE_COUNTS> LANE_COUNT_NAMES{
#define WEIR_NAME(name) #name,
    WEIR_LANE_COUNTS(WEIR_NAME)
#undef WEIR_NAME
};

class LaneCounters {
 public:
  /// By the lane's thread only.
  void add(LaneCount count, uint64_t more = 1) noexcept { set(count, of(count) + more); }
  void set(LaneCount count, uint64_t value) noexcept {
    values_[static_cast<size_t>(count)].store(value, std::memory_order_relaxed);
  }

  [[nodiscard]] uint64_t of(LaneCount count) const noexcept {
    return values_[static_cast<size_t>(count)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, LANE_COUNTS> values_{};
};

}  // namespace weir::collect
