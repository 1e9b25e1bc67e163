// SPDX-License-Identifier: Apache-2.0
// The emulator as a device: which databases are loaded and which is active. Any thread; a mutex
// orders the callers. Queues look at an atomic version and take the mutex only when it changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ncore.h"
#include "pattern_database.h"

namespace weir::ncore {

class EmulatorDevice {
 public:
  static void describe(NcoreCapabilities& capabilities);

  uint32_t load(std::shared_ptr<const PatternDatabase> database);
  NcoreStatus activate(uint32_t databaseId);
  NcoreStatus unload(uint32_t databaseId);

  // The database for streams that open now; null before the first activation.
  std::shared_ptr<const PatternDatabase> active();
  uint64_t activations() const { return activations_.load(std::memory_order_acquire); }

  void addQueue() { ++queues_; }
  void removeQueue() { --queues_; }
  bool inUse() const { return queues_ > 0; }

 private:
  std::mutex mutex_;
  std::unordered_map<uint32_t, std::shared_ptr<const PatternDatabase>> databases_;
  uint32_t lastId_ = 0;
  uint32_t activeId_ = 0;  // 0: none
  std::atomic<uint64_t> activations_{0};
  std::atomic<uint32_t> queues_{0};
};

}  // namespace weir::ncore
