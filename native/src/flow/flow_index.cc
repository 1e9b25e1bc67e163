// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_index.h"

#include <bit>

namespace weir {

FlowIndex::FlowIndex(uint32_t maximumEntries)
    : mask_(static_cast<uint32_t>(std::bit_ceil(size_t{maximumEntries} * 2) - 1)),
      slots_(size_t{mask_} + 1) {}

void FlowIndex::insert(uint32_t hash, uint32_t entry) {
  uint32_t at = hash & mask_;
  while (!slots_[at].isEmpty()) at = (at + 1) & mask_;
  slots_[at] = {hash, entry + 1};
}

uint32_t FlowIndex::locate(uint32_t hash, uint32_t entry) const {
  uint32_t at = hash & mask_;
  while (slots_[at].entry() != entry) at = (at + 1) & mask_;
  return at;
}

void FlowIndex::erase(uint32_t hash, uint32_t entry) {
  uint32_t hole = locate(hash, entry);
  for (uint32_t at = (hole + 1) & mask_; !slots_[at].isEmpty(); at = (at + 1) & mask_) {
    // A slot may fill the hole unless its home lies cyclically behind the hole.
    const uint32_t distanceFromHome = (at - slots_[at].hash) & mask_;
    if (distanceFromHome < ((at - hole) & mask_)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
}

}  // namespace weir
