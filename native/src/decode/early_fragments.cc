// SPDX-License-Identifier: Apache-2.0
#include "decode/early_fragments.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr uint32_t FREE = 0;

/// Packet time may step back a little while one waits; a long step back is another capture.
bool isOver(int64_t heldNs, int64_t nowNs) {
  constexpr int64_t LONG_STEP_BACK_NS = 30'000'000'000;
  // Unsigned, because the times come from outside and must not overflow.
  const auto ageNs =
      static_cast<int64_t>(static_cast<uint64_t>(nowNs) - static_cast<uint64_t>(heldNs));
  return ageNs > EarlyFragments::HOLD_NS || ageNs < -LONG_STEP_BACK_NS;
}

}  // namespace

EarlyFragments::EarlyFragments(const SeededHash& hash) : hash_(hash) { released_.reserve(SLOTS); }

uint32_t EarlyFragments::tagOf(const FragmentKey& key) const {
  return static_cast<uint32_t>(hash_(key) >> 32U) | 1U;
}

void EarlyFragments::hold(const FragmentKey& key, const DecodedPacket& packet,
                          uint32_t carriedOctets) {
  if (slots_.empty()) slots_.resize(SLOTS);
  const size_t ahead = (next_ + LOANS) % SLOTS;
  if (tags_[ahead] != FREE) release(ahead);
  Slot& slot = slots_[next_];
  slot.key = key;
  slot.packet = packet;
  slot.carriedOctets = carriedOctets;
  slot.hasMacAddresses = packet.macAddresses != nullptr;
  if (slot.hasMacAddresses)
    std::memcpy(slot.macAddresses.data(), packet.macAddresses, slot.macAddresses.size());
  tags_[next_] = tagOf(key);
  next_ = (next_ + 1) % SLOTS;
  ++held_;
}

void EarlyFragments::release(size_t slot) {
  tags_[slot] = FREE;
  released_.push_back(static_cast<uint16_t>(slot));
  --held_;
}

/// The oldest first: the ring begins behind the slot that was filled last.
template <typename Predicate>
void EarlyFragments::releaseIf(Predicate isDue) {
  for (size_t step = 0; step < SLOTS && held_ > 0; ++step) {
    const size_t slot = (next_ + step) % SLOTS;
    if (tags_[slot] != FREE && isDue(slot)) release(slot);
  }
}

void EarlyFragments::join(const FragmentKey& key, const FragmentFacts& facts, int64_t nowNs) {
  if (held_ == 0) return;
  releaseIf([&, tag = tagOf(key)](size_t index) {
    Slot& slot = slots_[index];
    if (tags_[index] != tag || !(slot.key == key) || isOver(slot.packet.timestampNs, nowNs))
      return false;
    slot.packet.key = facts.flow;
    slot.packet.sender = facts.sender;
    slot.packet.icmpTypeCode = facts.icmpTypeCode;
    if (facts.role == FragmentRole::ENVELOPE) slot.packet.octets = slot.carriedOctets;
    return true;
  });
}

void EarlyFragments::settle(int64_t settledNs) {
  if (held_ == 0) return;
  releaseIf([&](size_t slot) { return isOver(slots_[slot].packet.timestampNs, settledNs); });
}

void EarlyFragments::releaseAll() {
  releaseIf([](size_t) { return true; });
}

bool EarlyFragments::takeFirst(DecodedPacket& packet) {
  const Slot& slot = slots_[released_[nextReleased_]];
  packet = slot.packet;
  packet.macAddresses = slot.hasMacAddresses ? slot.macAddresses.data() : nullptr;
  if (++nextReleased_ == released_.size()) {
    released_.clear();
    nextReleased_ = 0;
  }
  return true;
}

int64_t EarlyFragments::oldestNs() const {
  int64_t oldestNs = NONE_HELD;
  if (held_ == 0) return oldestNs;
  for (size_t slot = 0; slot < SLOTS; ++slot)
    if (tags_[slot] != FREE) oldestNs = std::min(oldestNs, slots_[slot].packet.timestampNs);
  return oldestNs;
}

}  // namespace weir
