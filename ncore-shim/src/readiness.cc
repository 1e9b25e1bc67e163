// SPDX-License-Identifier: Apache-2.0
#include "readiness.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

namespace weir::ncore {

Readiness::~Readiness() {
  if (fd_.load() >= 0) close(fd_.load());
}

int Readiness::fd() {
  const std::lock_guard lock(mutex_);
  if (fd_.load() < 0) {
    fd_.store(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (failed_ && isWanted()) set(Time(std::chrono::nanoseconds(1)));
  }
  return fd_.load();
}

void Readiness::signalFailure() {
  const std::lock_guard lock(mutex_);
  failed_ = true;
  if (isWanted()) set(Time(std::chrono::nanoseconds(1)));
}

void Readiness::clear() {
  if (!isWanted()) return;
  const std::lock_guard lock(mutex_);
  if (failed_ || armedFor_ == Time()) return;
  set(Time());
  armedFor_ = Time();
}

// One timer is enough: what is to be polled first is signalled for first.
void Readiness::arm(Time time) {
  if (failed_ || armedFor_ != Time()) return;
  armedFor_ = std::max(time, Time(std::chrono::nanoseconds(1)));
  set(armedFor_);
}

// std::chrono::steady_clock is CLOCK_MONOTONIC. A time in the past is readable at once, none never;
// setting a timer anew takes back that it was readable.
void Readiness::set(Time time) {
  const auto sinceBoot = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(sinceBoot);
  itimerspec setting{};
  setting.it_value.tv_sec = seconds.count();
  setting.it_value.tv_nsec = std::chrono::nanoseconds(sinceBoot - seconds).count();
  timerfd_settime(fd_.load(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

}  // namespace weir::ncore
