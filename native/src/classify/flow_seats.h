// SPDX-License-Identifier: Apache-2.0
// Where the state of an undecided flow lies: in its entry (classify/flow_watch.h), or in a slot of
// the pool while it is seated, which is while octets of it are in the matcher. Owned by one
// classifier.
#pragma once

#include <cstdint>

#include "classify/flow_slots.h"
#include "classify/flow_watch.h"
#include "flow/flow_entry.h"

namespace weir {

class FlowSeats {
 public:
  explicit FlowSeats(uint32_t slotsMax) : slots_(slotsMax) {}

  static bool isSeated(const FlowEntry& entry) {
    return entry.classification == ClassificationState::SCANNING;
  }
  static bool isUndecided(const FlowEntry& entry) {
    return isSeated(entry) || entry.classification == ClassificationState::UNDECIDED;
  }

  /// A new flow becomes undecided.
  static void begin(FlowEntry& entry) {
    entry.classification = ClassificationState::UNDECIDED;
    entry.classifierState = FlowWatch().word();
  }

  /// Gives the flow a slot unless it has one; false when none is left.
  bool seat(FlowEntry& entry);

  /// Whose seat to give to another when all are taken: of a few in turn that of a flow of which
  /// only one side was heard, and among those who has been silent longest. Null without any seats.
  FlowEntry* dispensable();

  /// The other way round: the flow stays undecided. It must hold nothing but its watch.
  void unseat(FlowEntry& entry);

  /// Of a seated flow.
  [[nodiscard]] uint32_t indexOf(const FlowEntry& entry) const { return entry.classifierState; }
  FlowSlot& operator[](uint32_t index) { return slots_[index]; }
  SlotDirection& direction(const FlowEntry& entry, StreamSide side) {
    return slots_[entry.classifierState].directions[static_cast<size_t>(side)];
  }

  [[nodiscard]] FlowWatch watch(const FlowEntry& entry) {
    return isSeated(entry) ? slots_[entry.classifierState].watch : FlowWatch(entry.classifierState);
  }
  template <typename DirectionWatch>
  void keep(FlowEntry& entry, StreamSide side, DirectionWatch directionWatch) {
    FlowWatch both = watch(entry);
    both.set(side, directionWatch);
    if (isSeated(entry)) {
      slots_[entry.classifierState].watch = both;
    } else {
      entry.classifierState = both.word();
    }
  }

  /// Whether nothing more of the direction will be looked at.
  [[nodiscard]] bool isFinished(const FlowEntry& entry, StreamSide side, uint32_t budgetPackets);
  [[nodiscard]] uint32_t payloadPackets(const FlowEntry& entry, StreamSide side);

  /// Whether `entry` is seated here, and not in another classifier's seats.
  [[nodiscard]] bool holds(const FlowEntry& entry) const {
    return isSeated(entry) && slots_.holds(entry.classifierState, entry);
  }

  [[nodiscard]] uint32_t used() const { return slots_.used(); }

 private:
  FlowSlotPool slots_;
};

}  // namespace weir
