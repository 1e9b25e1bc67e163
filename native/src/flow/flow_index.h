// SPDX-License-Identifier: Apache-2.0
// Open-addressing index from a key's hash to its entry: 8 octets a slot, eight slots a cache line,
// so that a probe sequence nearly always stays within the line that was prefetched.
#pragma once

#include <cstdint>

#include "flow/flow_entry.h"
#include "flow/reserved_array.h"

namespace weir {

/// Owned by one flow table. Linear probing, deletion by shifting back: no tombstones.
class FlowIndex {
 public:
  /// Room for `maximumEntries` at a load of at most one half.
  explicit FlowIndex(uint32_t maximumEntries);

  [[gnu::always_inline]] void prefetch(uint32_t hash) const {
    __builtin_prefetch(&slots_[hash & mask_]);
  }

  /// First entry whose hash equals and for which `matches(entryIndex)` holds, else NO_INDEX.
  template <typename Matches>
  uint32_t find(uint32_t hash, Matches matches) const {
    for (uint32_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.isEmpty()) return FlowEntry::NO_INDEX;
      if (slot.hash == hash && matches(slot.entry())) return slot.entry();
    }
  }

  void insert(uint32_t hash, uint32_t entry);

  void clear() { slots_.clear(); }

  /// The pair must be there.
  void erase(uint32_t hash, uint32_t entry);

 private:
  /// Zero octets are an empty slot, as untouched memory is.
  struct Slot {
    uint32_t hash = 0;
    uint32_t entryPlusOne = 0;

    [[nodiscard]] bool isEmpty() const { return entryPlusOne == 0; }
    [[nodiscard]] uint32_t entry() const { return entryPlusOne - 1; }
  };

  [[nodiscard]] uint32_t locate(uint32_t hash, uint32_t entry) const;

  uint32_t mask_;
  ReservedArray<Slot, PageSize::HUGE> slots_;
};

}  // namespace weir
