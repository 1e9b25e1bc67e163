// SPDX-License-Identifier: Apache-2.0
#include "lane/lane_update.h"

#include <chrono>
#include <thread>
#include <utility>

namespace weir {

namespace {

constexpr std::chrono::milliseconds LOOK_AGAIN_AFTER{2};

}  // namespace

void LaneMailbox::putBack(std::vector<std::unique_ptr<Classifier>> classifiers) {
  auto* const returned =
      new Returned{std::move(classifiers), returned_.load(std::memory_order_relaxed)};
  while (!returned_.compare_exchange_weak(returned->next, returned, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

void LaneMailbox::freeReturned() {
  Returned* next = returned_.exchange(nullptr, std::memory_order_acquire);
  while (next != nullptr) {
    const std::unique_ptr<Returned> returned(next);
    next = returned->next;
  }
}

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
