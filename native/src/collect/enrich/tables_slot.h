// SPDX-License-Identifier: Apache-2.0
// Hands new tables to the lanes: any thread publishes, each lane looks between two batches.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "collect/enrich/enrichment_tables.h"

namespace weir::collect {

class TablesSlot {
 public:
  void publish(std::shared_ptr<const EnrichmentTables> tables) {
    const std::scoped_lock lock(mutex_);
    tables_ = std::move(tables);
    version_.fetch_add(1, std::memory_order_release);
  }

  /// Grows with each publication: a lane that remembers it takes the lock only after a change.
  [[nodiscard]] uint64_t version() const noexcept {
    return version_.load(std::memory_order_acquire);
  }

  [[nodiscard]] std::shared_ptr<const EnrichmentTables> current() const {
    const std::scoped_lock lock(mutex_);
    return tables_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const EnrichmentTables> tables_ = std::make_shared<EnrichmentTables>();
  std::atomic<uint64_t> version_{0};
};

}  // namespace weir::collect
