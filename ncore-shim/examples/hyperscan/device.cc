// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <cstdio>
#include <utility>

namespace hyperscan_device {

NcoreCapabilities Device::capabilities() const {
  NcoreCapabilities capabilities{};
  capabilities.flags =
      NCORE_CAP_SOFTWARE | NCORE_CAP_END_OF_DATA | NCORE_CAP_STREAM_STATES | NCORE_CAP_EVENT_FD;
  if (worker_ == Worker::CALLER) capabilities.flags |= NCORE_CAP_CONSUMES_AT_SUBMIT;
  capabilities.channels = 1;
  capabilities.streamsMax = STREAMS_MAX;
  capabilities.queueDepthMax = QUEUE_DEPTH_MAX;
  capabilities.batchJobsBest = 64;
  std::snprintf(capabilities.name, sizeof capabilities.name, "Hyperscan as an ncore device");
  return capabilities;
}

uint32_t Device::load(DatabasePtr database) {
  const std::lock_guard lock(mutex_);
  loaded_.emplace(++lastId_, std::move(database));
  return lastId_;
}

NcoreStatus Device::activate(uint32_t id) {
  const std::lock_guard lock(mutex_);
  if (!loaded_.contains(id)) return NCORE_NO_DATABASE;
  activeId_ = id;
  return NCORE_OK;
}

NcoreStatus Device::unload(uint32_t id) {
  const std::lock_guard lock(mutex_);
  if (!loaded_.contains(id)) return NCORE_NO_DATABASE;
  if (id == activeId_) return NCORE_BUSY;
  loaded_.erase(id);
  return NCORE_OK;
}

NcoreStatus Device::query(uint32_t id, NcoreDatabaseInfo& info) const {
  const std::lock_guard lock(mutex_);
  const auto found = loaded_.find(id);
  if (found == loaded_.end()) return NCORE_NO_DATABASE;
  info = found->second->info();
  return NCORE_OK;
}

DatabasePtr Device::active() const {
  const std::lock_guard lock(mutex_);
  const auto found = loaded_.find(activeId_);
  return found == loaded_.end() ? nullptr : found->second;
}

DatabasePtr Device::findLoaded(uint64_t digest) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, database] : loaded_) {
    if (database->digest() == digest) return database;
  }
  return nullptr;
}

void Device::queueOpened() {
  const std::lock_guard lock(mutex_);
  ++queues_;
}

void Device::queueClosed() {
  const std::lock_guard lock(mutex_);
  --queues_;
}

bool Device::isInUse() const {
  const std::lock_guard lock(mutex_);
  return queues_ > 0;
}

}  // namespace hyperscan_device
