// SPDX-License-Identifier: Apache-2.0
#include "lane/lane_update.h"

#include <chrono>
#include <thread>

namespace weir {

namespace {

constexpr std::chrono::milliseconds LOOK_AGAIN_AFTER{2};

}  // namespace

bool LaneMailbox::deliver(LaneUpdate& update) {
  update_.store(&update, std::memory_order_release);
  while (!closed_.load(std::memory_order_acquire)) {
    if (update_.load(std::memory_order_acquire) == nullptr) return true;
    std::this_thread::sleep_for(LOOK_AGAIN_AFTER);
  }
  // The lane may have taken it in its last batch.
  return update_.exchange(nullptr, std::memory_order_acquire) == nullptr;
}

}  // namespace weir
