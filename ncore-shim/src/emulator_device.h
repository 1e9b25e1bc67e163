// SPDX-License-Identifier: Apache-2.0
// The emulator as a device: which databases are loaded and which is active, its channels, and the
// faults it was told to have. Any thread; a mutex orders the callers. Queues look at atomics on
// their path and take the mutex only when an activation happened or a state is imported.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "device_options.h"
#include "emulator_channel.h"
#include "ncore.h"
#include "pattern_database.h"
#include "registered_memory.h"

namespace weir::ncore {

class EmulatorQueue;

class EmulatorDevice {
 public:
  using Database = std::shared_ptr<const PatternDatabase>;

  static constexpr uint32_t STREAMS_MAX = 1U << 24;  // of a queue: memory that a mistake may cost

  struct TooManyOpen {};
  struct NotBackYet {};  // a lost device that is to come back

  // Throws TooManyOpen, NotBackYet.
  explicit EmulatorDevice(const DeviceOptions& options);
  ~EmulatorDevice() = default;
  EmulatorDevice(const EmulatorDevice&) = delete;
  EmulatorDevice& operator=(const EmulatorDevice&) = delete;

  const DeviceOptions& options() const { return options_; }
  void describe(NcoreCapabilities& capabilities) const;

  NcoreStatus load(Database database, uint32_t& databaseId);
  NcoreStatus activate(uint32_t databaseId);
  NcoreStatus unload(uint32_t databaseId);
  NcoreStatus query(uint32_t databaseId, NcoreDatabaseInfo& info) const;

  // The database for streams that open now; null before the first activation.
  Database active();
  uint64_t activations() const { return activations_.load(std::memory_order_acquire); }
  // The loaded database of that content, or null.
  Database find(uint64_t digest);

  // Those whose jobs the queue's owner does not run itself; empty with channels=0.
  const std::vector<std::unique_ptr<EmulatorChannel>>& channels() const { return channels_; }

  // Null without the option: jobs are read where they lie, whoever knows of it.
  RegisteredMemory* memory() { return options_.registers == 0 ? nullptr : &memory_; }

  // How many jobs have been taken before; counts one more.
  uint64_t countJob() { return jobs_.fetch_add(1, std::memory_order_relaxed); }

  uint32_t streamsMax() const {
    return options_.streamsMax == 0 ? STREAMS_MAX : options_.streamsMax;
  }

  bool isLost() const { return lost_.load(std::memory_order_acquire); }
  void lose();

  struct OutOfQueues {};
  // Throws OutOfQueues, and std::bad_alloc when its streams are too many.
  void addQueue(EmulatorQueue* queue);
  void removeQueue(EmulatorQueue* queue);
  bool inUse() const;

 private:
  // One of the devices that may be open at the same time.
  class Place {
   public:
    explicit Place(uint32_t opensMax);  // throws TooManyOpen
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    const bool isCounted_;
  };

  uint64_t memoryInUse();
  uint64_t streamsInUse() const;

  const Place place_;
  const DeviceOptions options_;
  std::vector<std::unique_ptr<EmulatorChannel>> channels_;
  RegisteredMemory memory_;
  mutable std::mutex mutex_;
  std::unordered_map<uint32_t, Database> databases_;
  std::vector<std::weak_ptr<const PatternDatabase>> unloaded_;  // while streams go on with them
  std::vector<EmulatorQueue*> queues_;
  uint32_t lastId_ = 0;
  uint32_t activeId_ = 0;  // 0: none
  std::atomic<uint64_t> activations_{0};
  std::atomic<uint64_t> jobs_{0};
  std::atomic<bool> lost_{false};
};

}  // namespace weir::ncore
