// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is readable while there is something to poll: a timer, since a result may
// be held back until its time. Costs nothing until a host asks for it.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace weir::ncore {

class Readiness {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Readiness() = default;
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // By the owner; -1 when there are no more descriptors.
  int fd();
  bool isWanted() const { return fd_.load() >= 0; }

  // Any thread: readable from `time` on, if `holds()` once nobody clears. Nothing before the
  // descriptor was asked for. Asks before it locks, too: of many jobs done few are polled next, and
  // what does not hold then will be seen by the owner.
  template <typename Holds>
  void signalAt(Time time, Holds holds) {
    if (!isWanted() || !holds()) return;
    const std::lock_guard lock(mutex_);
    if (holds()) arm(time);
  }
  // Any thread: readable for good.
  void signalFailure();
  // By the owner, who looks once more afterwards whether there is something.
  void clear();

 private:
  void arm(Time time);
  void set(Time time);

  std::atomic<int> fd_{-1};
  std::mutex mutex_;  // of the members below, and between a look and the signal that follows it
  Time armedFor_{};   // none: not armed
  bool failed_ = false;
};

}  // namespace weir::ncore
