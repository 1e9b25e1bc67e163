// SPDX-License-Identifier: Apache-2.0
// Which flows to look at when: one doubly linked list of entries for each second ahead.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow/entry_pool.h"

namespace weir {

/// Owned by one flow table. Lazy: a packet does not move its flow; when a flow's second comes, the
/// table works out its true deadline and schedules it again if that lies ahead.
class TimerWheel {
 public:
  TimerWheel(EntryPool& pool, int64_t longestTimeoutNs);

  /// Puts an unscheduled entry where it is looked at no earlier than `deadlineNs` and no more than
  /// one second after it (or at the wheel's horizon, if that comes first).
  void schedule(uint32_t entry, int64_t deadlineNs);
  void remove(uint32_t entry);

  /// Takes entries whose second has passed at `nowNs`, as many as there are up to `due.size()`.
  size_t takeDue(int64_t nowNs, std::span<uint32_t> due);

  /// Puts an unscheduled entry at the end of the sleepers, a list beside the wheel.
  void sleep(uint32_t entry) { append(sleepers_, entry); }
  /// The entry that has slept longest, NO_INDEX when none sleeps.
  [[nodiscard]] uint32_t oldestSleeper() const;

  /// Takes the oldest sleeper, then the entry that would be due first; NO_INDEX when there is none.
  uint32_t takeEarliest();

 private:
  static constexpr int64_t TICK_NS = 1'000'000'000;
  // Links at or above this number mean the head of list `link - HEADS`.
  static constexpr uint32_t HEADS = 0xF0000000U;

  struct Links {
    uint32_t next;
    uint32_t previous;
  };

  [[nodiscard]] uint32_t head(int64_t tick) const {
    return HEADS + (static_cast<uint32_t>(tick) & mask_);
  }
  void append(uint32_t head, uint32_t entry);
  [[nodiscard]] uint32_t next(uint32_t link) const;
  void setNext(uint32_t link, uint32_t value);
  void setPrevious(uint32_t link, uint32_t value);
  uint32_t takeFirst(uint32_t head);

  EntryPool& pool_;
  std::vector<Links> heads_;
  uint32_t mask_;
  uint32_t sleepers_;        ///< the last of the heads
  int64_t currentTick_ = 0;  ///< the next to be looked at
  int64_t emptyUntil_ = 0;   ///< from currentTick_ on, lists before this tick are empty
  bool started_ = false;
};

}  // namespace weir
