// SPDX-License-Identifier: Apache-2.0
// Fixed store of flow entries and what belongs to them: reserved once, resident only as far as it
// was ever used.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/flow_entry.h"
#include "flow/reserved_array.h"

namespace weir {

/// Owned by one flow table. Entries never move: an index is good until `free`.
class EntryPool {
 public:
  /// Throws std::bad_alloc when the address space cannot be reserved.
  explicit EntryPool(uint32_t capacity)
      : entries_(capacity), details_(capacity), overlays_(capacity), capacity_(capacity) {}

  /// Index of an entry (and details and overlay) with unspecified content, NO_INDEX when none is
  /// left.
  uint32_t allocate() {
    if (freeHead_ != FlowEntry::NO_INDEX) {
      const uint32_t index = freeHead_;
      freeHead_ = entries_[index].nextInWheel;
      ++used_;
      return index;
    }
    if (highWater_ == capacity_) return FlowEntry::NO_INDEX;
    ++used_;
    return highWater_++;
  }

  /// The entry equals no key any more: a hint that still names it finds nothing.
  void free(uint32_t index) {
    entries_[index].key.ipVersion = FREE;
    entries_[index].nextInWheel = freeHead_;
    freeHead_ = index;
    --used_;
  }

  /// Frees all entries.
  void clear() {
    highWater_ = used_ = 0;
    freeHead_ = FlowEntry::NO_INDEX;
  }

  /// Asks for both lines of an entry, to be written. Always inline: GCC takes a function that only
  /// prefetches for one without effects and drops the call.
  [[gnu::always_inline]] void prefetch(uint32_t index) {
    const auto* const lines = reinterpret_cast<const char*>(&entries_[index]);
    __builtin_prefetch(lines, 1);
    __builtin_prefetch(lines + 64, 1);
  }

  FlowEntry& operator[](uint32_t index) { return entries_[index]; }
  FlowDetails& details(uint32_t index) { return details_[index]; }
  FlowOverlay& overlay(uint32_t index) { return overlays_[index]; }
  [[nodiscard]] uint32_t indexOf(const FlowEntry& entry) const {
    return static_cast<uint32_t>(&entry - &entries_[0]);
  }
  [[nodiscard]] uint32_t used() const { return used_; }
  [[nodiscard]] uint32_t capacity() const { return capacity_; }

 private:
  static constexpr uint8_t FREE = 0xff;

  ReservedArray<FlowEntry, PageSize::HUGE> entries_;
  ReservedArray<FlowDetails, PageSize::HUGE> details_;
  ReservedArray<FlowOverlay, PageSize::SMALL> overlays_;
  uint32_t capacity_;
  uint32_t highWater_ = 0;
  uint32_t used_ = 0;
  uint32_t freeHead_ = FlowEntry::NO_INDEX;
};

}  // namespace weir
