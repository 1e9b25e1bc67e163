// SPDX-License-Identifier: Apache-2.0
#include "emulator_device.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::ncore {

void EmulatorDevice::describe(NcoreCapabilities& capabilities) {
  NcoreCapabilities all{};
  all.sizeBytes = sizeof all;
  all.flags = NCORE_CAP_SOFTWARE | NCORE_CAP_CONSUMES_AT_SUBMIT | NCORE_CAP_REPORTS_EXHAUSTION |
              NCORE_CAP_END_OF_DATA;
  all.channels = 1;
  all.alignmentBytes = 1;
  std::strcpy(all.name, "Weir ncore emulator");
  // A host built against an earlier header knows less; it must not be written past.
  const uint32_t sizeBytes = capabilities.sizeBytes;
  std::memcpy(&capabilities, &all, std::min<size_t>(sizeBytes, sizeof all));
  capabilities.sizeBytes = sizeBytes;
}

uint32_t EmulatorDevice::load(std::shared_ptr<const PatternDatabase> database) {
  const std::lock_guard lock(mutex_);
  databases_.emplace(lastId_ + 1, std::move(database));
  return ++lastId_;
}

NcoreStatus EmulatorDevice::activate(uint32_t databaseId) {
  const std::lock_guard lock(mutex_);
  if (!databases_.contains(databaseId)) return NCORE_NO_DATABASE;
  activeId_ = databaseId;
  activations_.fetch_add(1, std::memory_order_release);
  return NCORE_OK;
}

NcoreStatus EmulatorDevice::unload(uint32_t databaseId) {
  const std::lock_guard lock(mutex_);
  if (databaseId == activeId_ && databaseId != 0) return NCORE_BUSY;
  return databases_.erase(databaseId) > 0 ? NCORE_OK : NCORE_NO_DATABASE;
}

std::shared_ptr<const PatternDatabase> EmulatorDevice::active() {
  const std::lock_guard lock(mutex_);
  const auto found = databases_.find(activeId_);
  return found == databases_.end() ? nullptr : found->second;
}

}  // namespace weir::ncore
