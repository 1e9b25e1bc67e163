// SPDX-License-Identifier: Apache-2.0
#include "flow/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace weir {

TimerWheel::TimerWheel(EntryPool& pool, int64_t longestTimeoutNs) : pool_(pool) {
  const auto seconds = static_cast<uint64_t>(longestTimeoutNs / TICK_NS) + 3;
  const uint64_t lists = std::bit_ceil(std::clamp<uint64_t>(seconds, 8, 4096));
  mask_ = static_cast<uint32_t>(lists - 1);
  sleepers_ = HEADS + static_cast<uint32_t>(lists);
  for (uint32_t head = HEADS; head <= sleepers_; ++head) heads_.push_back({head, head});
}

uint32_t TimerWheel::next(uint32_t link) const {
  return link >= HEADS ? heads_[link - HEADS].next : pool_[link].nextInWheel;
}

void TimerWheel::setNext(uint32_t link, uint32_t value) {
  (link >= HEADS ? heads_[link - HEADS].next : pool_[link].nextInWheel) = value;
}

void TimerWheel::setPrevious(uint32_t link, uint32_t value) {
  (link >= HEADS ? heads_[link - HEADS].previous : pool_[link].previousInWheel) = value;
}

void TimerWheel::schedule(uint32_t entry, int64_t deadlineNs) {
  const int64_t wanted = deadlineNs / TICK_NS + 1;
  if (!started_) {
    currentTick_ = wanted - 1;
    started_ = true;
  }
  const int64_t tick = std::clamp(wanted, currentTick_, currentTick_ + mask_);
  emptyUntil_ = std::min(emptyUntil_, tick);
  append(head(tick), entry);
}

void TimerWheel::append(uint32_t head, uint32_t entry) {
  const uint32_t last = heads_[head - HEADS].previous;
  setNext(last, entry);
  pool_[entry].previousInWheel = last;
  pool_[entry].nextInWheel = head;
  heads_[head - HEADS].previous = entry;
}

void TimerWheel::remove(uint32_t entry) {
  const uint32_t before = pool_[entry].previousInWheel;
  const uint32_t after = pool_[entry].nextInWheel;
  setNext(before, after);
  setPrevious(after, before);
}

uint32_t TimerWheel::takeFirst(uint32_t head) {
  const uint32_t entry = next(head);
  if (entry >= HEADS) return FlowEntry::NO_INDEX;
  remove(entry);
  const uint32_t after = next(head);
  if (after < HEADS) pool_.prefetch(after);
  return entry;
}

size_t TimerWheel::takeDue(int64_t nowNs, std::span<uint32_t> due) {
  if (!started_) return 0;
  const int64_t nowTick = nowNs / TICK_NS;
  // After a leap of the clock, forward or back, one turn visits every list: forward the ticks
  // between would find nothing, and back the entries lie where the other clock put them.
  const int64_t turnTick = nowTick - mask_;
  if (currentTick_ < turnTick || currentTick_ > nowTick + 1) {
    currentTick_ = turnTick;
    emptyUntil_ = turnTick;
  }
  size_t count = 0;
  while (currentTick_ <= nowTick && count < due.size()) {
    const uint32_t entry = takeFirst(head(currentTick_));
    if (entry == FlowEntry::NO_INDEX) {
      ++currentTick_;
    } else {
      due[count++] = entry;
    }
  }
  return count;
}

uint32_t TimerWheel::oldestSleeper() const {
  const uint32_t entry = next(sleepers_);
  return entry >= HEADS ? FlowEntry::NO_INDEX : entry;
}

uint32_t TimerWheel::takeEarliest() {
  const uint32_t sleeper = takeFirst(sleepers_);
  if (sleeper != FlowEntry::NO_INDEX) return sleeper;
  emptyUntil_ = std::max(emptyUntil_, currentTick_);
  for (; emptyUntil_ <= currentTick_ + mask_; ++emptyUntil_) {
    const uint32_t entry = takeFirst(head(emptyUntil_));
    if (entry != FlowEntry::NO_INDEX) return entry;
  }
  return FlowEntry::NO_INDEX;
}

}  // namespace weir
