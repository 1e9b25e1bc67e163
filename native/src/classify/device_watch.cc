// SPDX-License-Identifier: Apache-2.0
#include "classify/device_watch.h"

#include <algorithm>
#include <utility>

namespace weir {

void DeviceWatch::begin(Clock::time_point now) {
  rest(now);
  judgedFrom_ = refusingSince_ = refusedAt_ = time_;
  cutInARow_ = 0;
}

void DeviceWatch::look(Clock::time_point now) {
  const Duration sinceLook = now - std::exchange(lookedAt_, now);
  time_ += std::min(sinceLook, lookMax());
}

void DeviceWatch::rest(Clock::time_point now) {
  lookedAt_ = now;
  answeredAt_ = time_;
}

void DeviceWatch::noteRefusal() {
  if (time_ - refusedAt_ > lookMax()) refusingSince_ = time_;
  refusedAt_ = time_;
}

/// A fast device has its memory full before anything becomes old.
bool DeviceWatch::isBehind(Duration oldest) const {
  if (time_ < judgedFrom_) return false;
  const bool isRefusing = time_ - refusedAt_ <= lookMax();
  return time_ - oldest > BEHIND_DEADLINES * deadline_ ||
         (isRefusing && refusedAt_ - refusingSince_ > deadline_);
}

void DeviceWatch::forgive() {
  judgedFrom_ = time_ + deadline_;
  cutInARow_ = 0;
}

}  // namespace weir
