// SPDX-License-Identifier: Apache-2.0
// A queue: jobs go to a worker thread, or are done at once in submit, and results wait for poll.
// Its functions are for the owner's thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <thread>

#include "device.h"
#include "ncore.h"
#include "stream_table.h"

namespace hyperscan_device {

// An eventfd, readable while it holds more than 0.
class EventFd {
 public:
  EventFd();  // throws std::bad_alloc
  ~EventFd();
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  void set() const;
  void clear() const;

 private:
  const int fd_;
};

class Queue {
 public:
  Queue(Device& device, const NcoreQueueOptions& options);
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // How many were taken. As poll, throws std::bad_alloc once the queue is lost for lack of memory.
  uint32_t submit(std::span<const NcoreJob> jobs);
  void poll(NcorePoll& results);
  [[nodiscard]] int eventFd() const { return eventFd_.get(); }

 private:
  Job prepare(const NcoreJob& job, const DatabasePtr& active) const;
  uint32_t take(std::span<const NcoreJob> jobs);
  void work();
  void workOn();
  void done(Result result);
  void lose();
  void giveEvents(Result& front, NcorePoll& results);

  Device& device_;
  const uint32_t depth_;
  const EventFd eventFd_;
  StreamTable streams_;       // the worker's, or the owner's without one
  uint32_t inFlight_ = 0;     // submitted and not yet reported; the owner's
  uint32_t eventsGiven_ = 0;  // of the front of results_; the owner's

  std::mutex mutex_;
  std::condition_variable hasWork_;
  std::deque<Job> waiting_;
  std::deque<Result> results_;
  bool isClosing_ = false;
  std::atomic<bool> isLost_{false};  // a job or a result had no memory
  std::thread worker_;
};

}  // namespace hyperscan_device
