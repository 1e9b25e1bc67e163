// SPDX-License-Identifier: Apache-2.0
// How a lane judges the device at work, by when its answers come and what they are. Time is the
// lane's: a lane that slept, or had nothing to ask, has not seen a device fail.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir {

/// Used by one lane's thread only.
class DeviceWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::nanoseconds;

  /// So many requests in a row that lack events are no accident.
  static constexpr size_t CUT_IN_A_ROW_MAX = 256;

  /// `deadline`: a device that completes nothing for so long has failed.
  DeviceWatch(Duration deadline, Clock::time_point now) : deadline_(deadline), lookedAt_(now) {}

  /// The lane's time.
  [[nodiscard]] Duration time() const { return time_; }

  /// Another engine is at work.
  void begin(Clock::time_point now);
  /// It is given first what others were given before it: it may be late for as long as that takes.
  void catchUp() { judgedFrom_ = time_ + CATCH_UP_DEADLINES * deadline_; }

  /// Something waits for its answer.
  void look(Clock::time_point now);
  /// Nothing does.
  void rest(Clock::time_point now);

  void noteAnswers() { answeredAt_ = time_; }
  void noteWhole() { cutInARow_ = 0; }
  void noteCut() { ++cutInARow_; }
  /// A request that there was no room for.
  void noteRefusal();

  /// Whether it has had its time and completed nothing.
  [[nodiscard]] bool isStuck() const { return time_ - answeredAt_ > deadline_; }
  /// Whether it completes less than it is given: `oldest` is when that was asked which waits for
  /// longest.
  [[nodiscard]] bool isBehind(Duration oldest) const;
  [[nodiscard]] bool cutsAll() const { return cutInARow_ >= CUT_IN_A_ROW_MAX; }

  /// It is kept though it is behind or cuts all: the question comes up again later.
  void forgive();

 private:
  /// One look counts for this share of the deadline at most.
  static constexpr int LOOKS_A_DEADLINE = 4;
  /// The age of what waits longest. More than one, so that what completes nothing is called stuck.
  static constexpr int BEHIND_DEADLINES = 2;
  static constexpr int CATCH_UP_DEADLINES = 4;

  [[nodiscard]] Duration lookMax() const { return deadline_ / LOOKS_A_DEADLINE; }

  const Duration deadline_;
  Clock::time_point lookedAt_;
  Duration time_{};
  Duration answeredAt_{};
  Duration judgedFrom_{};
  Duration refusingSince_{};
  Duration refusedAt_{};
  size_t cutInARow_ = 0;
};

}  // namespace weir
