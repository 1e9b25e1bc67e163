// SPDX-License-Identifier: Apache-2.0
// What other threads want done by a lane's thread, between two batches. Any thread.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "fd.h"

namespace weir::collect {

class LaneRequests {
 public:
  using Request = std::function<void()>;

  LaneRequests() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  /// Readable when the lane should look.
  [[nodiscard]] int fd() const { return event_.get(); }

  void post(Request request) {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(std::move(request));
    }
    wake();
  }

  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event_.get(), &one, sizeof one);
  }

  /// By the lane's thread, or by another when that has ended.
  void runAll() {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken = read(event_.get(), &count, sizeof count);
    std::vector<Request> requests;
    {
      const std::scoped_lock lock(mutex_);
      requests = std::exchange(requests_, {});
    }
    for (const Request& request : requests) request();
  }

 private:
  Fd event_;
  std::mutex mutex_;
  std::vector<Request> requests_;
};

}  // namespace weir::collect
