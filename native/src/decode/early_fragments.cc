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

void joinDatagram(const FragmentFacts& facts, const FragmentShare& share, DecodedPacket& packet) {
  packet.key = facts.flow;
  packet.sender = facts.sender;
  packet.icmpTypeCode = facts.icmpTypeCode;
  if (facts.role == FragmentRole::ENVELOPE) packet.octets = static_cast<uint32_t>(share.octets);
}

void EarlyFragments::hold(const Fragment& fragment, const FragmentedDatagram* whole) {
  const DecodedPacket& packet = fragment.packet;
  if (slots_.empty()) slots_.resize(SLOTS);
  const size_t ahead = (next_ + LOANS) % SLOTS;
  if (tags_[ahead] != FREE) release(ahead);
  Slot& slot = slots_[next_];
  slot.key = fragment.key;
  slot.share = fragment.share;
  slot.packet = packet;
  slot.ownOctets = packet.octets;
  if (whole != nullptr) joinDatagram(whole->facts, slot.share, slot.packet);
  slot.hasMacAddresses = packet.macAddresses != nullptr;
  if (slot.hasMacAddresses)
    std::memcpy(slot.macAddresses.data(), packet.macAddresses, slot.macAddresses.size());
  tags_[next_] = tagOf(fragment.key);
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

FragmentShare EarlyFragments::join(const FragmentKey& key, const FragmentFacts& facts,
                                   int64_t nowNs) {
  FragmentShare joined;
  if (held_ == 0) return joined;
  releaseIf([&, tag = tagOf(key)](size_t index) {
    Slot& slot = slots_[index];
    if (tags_[index] != tag || !(slot.key == key) || isOver(slot.packet.timestampNs, nowNs))
      return false;
    slot.packet.octets = slot.ownOctets;
    joinDatagram(facts, slot.share, slot.packet);
    joined.add(slot.share);
    return true;
  });
  return joined;
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
