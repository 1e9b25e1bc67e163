// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/sequence.h"

#include <algorithm>
#include <cstdlib>

namespace weir::collect {

namespace {

/// An uptime that goes back by more than this is a restart, by less a datagram that came late.
constexpr int32_t REORDER_MS = 30'000;
/// No gap: a jump of so many units is an exporter that counts anew.
constexpr int64_t LARGEST_GAP_UNITS = 1 << 20;
/// So many "late" datagrams in a row are an exporter that counts anew.
constexpr uint32_t MOST_LATE_IN_A_ROW = 8;

}  // namespace

SequenceTracker::Place SequenceTracker::begin(const SequenceStep& step) {
  if (!known_) {
    accept(step);
    return Place::NEXT;
  }
  const auto gap = static_cast<int32_t>(step.sequence - next_);
  if (gap < 0 && wasSeen(step.sequence) && lateInARow_ < MOST_LATE_IN_A_ROW) {
    ++counts_.duplicateDatagrams;
    ++lateInARow_;
    return Place::DUPLICATE;
  }
  if (isRestart(step, gap)) {
    ++counts_.restarts;
  } else if (gap < 0) {
    ++counts_.lateDatagrams;
    ++lateInARow_;
    return Place::LATE;
  } else if (gap > 0) {
    ++counts_.gaps;
    counts_.lostUnits += static_cast<uint32_t>(gap);
  }
  accept(step);
  return Place::NEXT;
}

void SequenceTracker::end(Place place, uint32_t units) {
  if (place == Place::NEXT) {
    next_ = current_ + units;
  } else if (place == Place::LATE) {
    // It was counted as lost when its successor overtook it.
    counts_.lostUnits -= std::min<uint64_t>(counts_.lostUnits, units);
  }
}

void SequenceTracker::resume(uint32_t next, uint32_t sysUptime) {
  known_ = true;
  next_ = next;
  sysUptime_ = sysUptime;
}

bool SequenceTracker::isRestart(const SequenceStep& step, int32_t gap) const {
  const auto uptimeStep = static_cast<int32_t>(step.sysUptime - sysUptime_);
  if (uptimeStep < -REORDER_MS || std::llabs(gap) > LARGEST_GAP_UNITS) return true;
  return gap < 0 && (step.sequence == 0 || lateInARow_ >= MOST_LATE_IN_A_ROW);
}

bool SequenceTracker::wasSeen(uint32_t sequence) const {
  const auto end = seen_.begin() + std::min<size_t>(seenCount_, seen_.size());
  return std::find(seen_.begin(), end, sequence) != end;
}

void SequenceTracker::accept(const SequenceStep& step) {
  known_ = true;
  current_ = step.sequence;
  sysUptime_ = step.sysUptime;
  lateInARow_ = 0;
  seen_[seenCount_ % seen_.size()] = step.sequence;
  // Counts to twice the ring at most, so that it never wraps to "nothing seen".
  seenCount_ =
      seenCount_ + 1 < 2 * seen_.size() ? seenCount_ + 1 : static_cast<uint32_t>(seen_.size());
}

}  // namespace weir::collect
