// SPDX-License-Identifier: Apache-2.0
#include "classify/flow_seats.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_UDP = 17;

/// So few that a flood pays for them; a flow must be the first to go among as many of the flood's.
constexpr int SEATS_LOOKED_AT = 8;

bool isOneSided(const FlowEntry& entry) { return entry.packets[0] == 0 || entry.packets[1] == 0; }

bool goesBefore(const FlowEntry& one, const FlowEntry& other) {
  if (isOneSided(one) != isOneSided(other)) return isOneSided(one);
  return one.lastNs < other.lastNs;
}

}  // namespace

FlowEntry* FlowSeats::dispensable() {
  FlowEntry* first = nullptr;
  for (int i = 0; i < SEATS_LOOKED_AT; ++i) {
    const FlowSlot* const slot = slots_.next();
    if (slot == nullptr || slot->entry == nullptr) continue;
    if (first == nullptr || goesBefore(*slot->entry, *first)) first = slot->entry;
  }
  return first;
}

bool FlowSeats::seat(FlowEntry& entry) {
  if (isSeated(entry)) return true;
  const uint32_t index = slots_.allocate(entry);
  if (index == FlowEntry::NO_INDEX) return false;
  slots_[index].watch = FlowWatch(entry.classifierState);
  entry.classifierState = index;
  entry.classification = ClassificationState::SCANNING;
  return true;
}

void FlowSeats::unseat(FlowEntry& entry) {
  const uint32_t index = entry.classifierState;
  entry.classifierState = slots_[index].watch.word();
  entry.classification = ClassificationState::UNDECIDED;
  slots_.giveBack(index);
}

bool FlowSeats::isFinished(const FlowEntry& entry, StreamSide side, uint32_t budgetPackets) {
  const FlowWatch both = watch(entry);
  if (entry.key.protocol == PROTOCOL_UDP) return both.datagrams(side).isSpent();
  const StreamWatch stream = both.stream(side);
  if (stream.isSpent()) return stream.packets() >= budgetPackets;
  return isSeated(entry) && direction(entry, side).isFinished;
}

uint32_t FlowSeats::payloadPackets(const FlowEntry& entry, StreamSide side) {
  const FlowWatch both = watch(entry);
  if (entry.key.protocol == PROTOCOL_UDP) return both.datagrams(side).packets();
  const StreamWatch stream = both.stream(side);
  if (stream.isSpent() || !isSeated(entry)) return stream.packets();
  return direction(entry, side).payloadPackets;
}

}  // namespace weir
