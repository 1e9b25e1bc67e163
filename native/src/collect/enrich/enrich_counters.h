// SPDX-License-Identifier: Apache-2.0
// What enriching did with one lane's rows. One thread writes, any may read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::collect {

/// X(name): a part of the interface, shown to operators by these names.
#define WEIR_ENRICH_COUNTS(X)                                    \
  X(enrichedRows)        /* all of them */                       \
  X(namedByPort)         /* had no label */                      \
  X(outsideBoundaryRows) /* not counted: no boundary's record */ \
  X(duplicateRows)       /* not counted: another exporter's record of the flow is */

enum class EnrichCount : uint8_t {
#define WEIR_ENUMERATOR(name) name,
  WEIR_ENRICH_COUNTS(WEIR_ENUMERATOR)
#undef WEIR_ENUMERATOR
      COUNT
};

inline constexpr size_t ENRICH_COUNTS = static_cast<size_t>(EnrichCount::COUNT);

inline constexpr std::array<const char*, ENRICH_COUNTS> ENRICH_COUNT_NAMES{
#define WEIR_NAME(name) #name,
    WEIR_ENRICH_COUNTS(WEIR_NAME)
#undef WEIR_NAME
};

class EnrichCounters {
 public:
  /// By the lane's thread only.
  void add(EnrichCount count, uint64_t more) noexcept {
    values_[static_cast<size_t>(count)].store(of(count) + more, std::memory_order_relaxed);
  }

  [[nodiscard]] uint64_t of(EnrichCount count) const noexcept {
    return values_[static_cast<size_t>(count)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, ENRICH_COUNTS> values_{};
};

}  // namespace weir::collect
