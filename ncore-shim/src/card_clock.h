// SPDX-License-Identifier: Apache-2.0
// A channel's clock in timing mode: the time until which a card's channel would be busy. A job
// begins when it was submitted or when that time has come, whichever is later, and moves it on by
// what the job costs. Nobody waits for it: a result is held back until its time, so that the mean
// is exact however late a thread wakes. One thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "device_options.h"

namespace weir::ncore {

class CardClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Job {
    const void* queue;  // with the slot, it tells whose state the channel must have at hand
    uint32_t slot;
    uint32_t lengthBytes;
    Time submittedAt;
  };

  explicit CardClock(const CardTiming& timing) : timing_(timing) {}

  // When the job's result is there.
  Time finish(const Job& job) {
    uint64_t bytes = std::max(job.lengthBytes, timing_.writeBytesLeast);
    if (job.queue != lastQueue_ || job.slot != lastSlot_) bytes += timing_.switchBytes;
    lastQueue_ = job.queue;
    lastSlot_ = job.slot;
    const std::chrono::nanoseconds cost(bytes * timing_.nanosecondsPerByte);
    busyUntil_ = std::max(busyUntil_, job.submittedAt) + cost;
    return busyUntil_;
  }

  // Another queue may come to lie where this one was.
  void forget(const void* queue) {
    if (queue == lastQueue_) lastQueue_ = nullptr;
  }

 private:
  const CardTiming timing_;
  const void* lastQueue_ = nullptr;
  uint32_t lastSlot_ = 0;
  Time busyUntil_{};
};

}  // namespace weir::ncore
