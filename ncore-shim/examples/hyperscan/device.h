// SPDX-License-Identifier: Apache-2.0
// The device: which databases are loaded, which is active, how many queues are open. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "database.h"
#include "ncore.h"

namespace hyperscan_device {

using DatabasePtr = std::shared_ptr<const Database>;

enum class Worker { THREAD, CALLER };  // who matches: a thread of the queue's, or submit itself

class Device {
 public:
  static constexpr uint32_t NUMBER = 0;
  static constexpr uint32_t STREAMS_MAX = 1u << 24;
  static constexpr uint32_t QUEUE_DEPTH_MAX = 1u << 16;

  explicit Device(Worker worker) : worker_(worker) {}

  [[nodiscard]] Worker worker() const { return worker_; }
  [[nodiscard]] NcoreCapabilities capabilities() const;

  uint32_t load(DatabasePtr database);
  NcoreStatus activate(uint32_t id);
  NcoreStatus unload(uint32_t id);
  NcoreStatus query(uint32_t id, NcoreDatabaseInfo& info) const;

  DatabasePtr active() const;                     // null without
  DatabasePtr findLoaded(uint64_t digest) const;  // null without

  void queueOpened();
  void queueClosed();
  [[nodiscard]] bool isInUse() const;

 private:
  const Worker worker_;
  mutable std::mutex mutex_;
  std::map<uint32_t, DatabasePtr> loaded_;
  uint32_t activeId_ = 0;  // 0: none
  uint32_t lastId_ = 0;
  uint32_t queues_ = 0;
};

}  // namespace hyperscan_device
