// SPDX-License-Identifier: Apache-2.0
#include "queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

namespace hyperscan_device {

EventFd::EventFd() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::bad_alloc();
}

EventFd::~EventFd() { close(fd_); }

void EventFd::set() const { eventfd_write(fd_, 1); }

void EventFd::clear() const {
  eventfd_t ignored = 0;
  eventfd_read(fd_, &ignored);
}

Queue::Queue(Device& device, const NcoreQueueOptions& options)
    : device_(device), depth_(options.depth), streams_(options.streams) {
  if (device.worker() == Worker::THREAD) worker_ = std::thread([this] { work(); });
  device_.queueOpened();
}

Queue::~Queue() {
  {
    const std::lock_guard lock(mutex_);
    isClosing_ = true;
  }
  hasWork_.notify_one();
  if (worker_.joinable()) worker_.join();
  device_.queueClosed();
}

// What the device has now holds for the job, however much later it is done.
Job Queue::prepare(const NcoreJob& job, const DatabasePtr& active) const {
  if (!(job.flags & NCORE_JOB_OPEN)) return {job, nullptr};
  if (!(job.flags & NCORE_JOB_IMPORT) || job.state == nullptr) return {job, active};
  const auto digest =
      Stream::databaseOf({reinterpret_cast<const char*>(job.state), job.stateBytes});
  return {job, digest ? device_.findLoaded(*digest) : nullptr};
}

uint32_t Queue::submit(std::span<const NcoreJob> jobs) {
  if (isLost_) throw std::bad_alloc();
  try {
    return take(jobs);
  } catch (const std::bad_alloc&) {
    lose();
    throw;
  }
}

uint32_t Queue::take(std::span<const NcoreJob> jobs) {
  const size_t count = std::min<size_t>(jobs.size(), depth_ - inFlight_);
  const DatabasePtr active = device_.active();
  if (!worker_.joinable()) {
    for (const NcoreJob& job : jobs.first(count)) done(streams_.run(prepare(job, active)));
  } else {
    const std::lock_guard lock(mutex_);
    for (const NcoreJob& job : jobs.first(count)) waiting_.push_back(prepare(job, active));
  }
  if (worker_.joinable()) hasWork_.notify_one();
  inFlight_ += static_cast<uint32_t>(count);
  return static_cast<uint32_t>(count);
}

void Queue::work() {
  try {
    workOn();
  } catch (const std::bad_alloc&) {
    lose();
  }
}

// Jobs are missing from here on: submit and poll say so, and the descriptor calls for a poll.
void Queue::lose() {
  isLost_ = true;
  eventFd_.set();
}

void Queue::workOn() {
  std::unique_lock lock(mutex_);
  while (true) {
    hasWork_.wait(lock, [&] { return isClosing_ || !waiting_.empty(); });
    if (isClosing_) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    done(streams_.run(job));
    lock.lock();
  }
}

void Queue::done(Result result) {
  const std::lock_guard lock(mutex_);
  results_.push_back(std::move(result));
  if (results_.size() == 1) eventFd_.set();
}

void Queue::poll(NcorePoll& results) {
  if (isLost_) throw std::bad_alloc();
  const std::lock_guard lock(mutex_);
  while (!results_.empty()) {
    Result& front = results_.front();
    giveEvents(front, results);
    if (eventsGiven_ < front.events.size()) return;
    if (results.completionCount == results.completionCapacity) return;
    results.completions[results.completionCount++] = front.completion;
    results_.pop_front();
    eventsGiven_ = 0;
    --inFlight_;
    if (results_.empty()) eventFd_.clear();
  }
}

void Queue::giveEvents(Result& front, NcorePoll& results) {
  while (eventsGiven_ < front.events.size() && results.eventCount < results.eventCapacity) {
    results.events[results.eventCount++] = front.events[eventsGiven_++];
  }
}

}  // namespace hyperscan_device
