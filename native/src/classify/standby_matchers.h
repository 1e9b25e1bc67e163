// SPDX-License-Identifier: Apache-2.0
// What one lane may go to at any moment: matchers on the devices of an order, opened ahead of time
// by who loads devices and keeps them. A device may take its time to open a queue, and packets
// would wait for it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "classify/matcher.h"

namespace weir {

/// A lane's matcher, and what it was made by. Both null: there is none.
struct LaneEngine {
  std::shared_ptr<const MatcherDatabase> database;
  std::unique_ptr<Matcher> matcher;
};

/// The lane takes, any other thread puts; the lock is held for neither a device nor the system.
class StandbyMatchers {
 public:
  /// `ranks`: engines of the order.
  StandbyMatchers(uint32_t streamSlots, size_t ranks)
      : streamSlots_(streamSlots), engines_(ranks) {}

  [[nodiscard]] uint32_t streamSlots() const { return streamSlots_; }

  /// Whether the lane neither uses this database nor has a matcher of it here.
  [[nodiscard]] bool lacks(size_t rank,
                           const std::shared_ptr<const MatcherDatabase>& database) const {
    const std::lock_guard lock(mutex_);
    return inUse_ != database && engines_[rank].database != database;
  }

  /// What stood there before.
  [[nodiscard]] LaneEngine put(size_t rank, LaneEngine engine) {
    const std::lock_guard lock(mutex_);
    std::swap(engines_[rank], engine);
    return engine;
  }

  /// By the lane, which uses it from now on; none where there is none of this database.
  [[nodiscard]] LaneEngine take(size_t rank,
                                const std::shared_ptr<const MatcherDatabase>& database) {
    const std::lock_guard lock(mutex_);
    if (engines_[rank].database != database) return {};
    inUse_ = database;
    return std::exchange(engines_[rank], {});
  }

  /// By the lane: what it uses that was not opened here; null: nothing.
  void noteUse(std::shared_ptr<const MatcherDatabase> database) {
    const std::lock_guard lock(mutex_);
    inUse_.swap(database);
  }

 private:
  const uint32_t streamSlots_;
  mutable std::mutex mutex_;         ///< of the next two
  std::vector<LaneEngine> engines_;  ///< by rank
  std::shared_ptr<const MatcherDatabase> inUse_;
};

}  // namespace weir
