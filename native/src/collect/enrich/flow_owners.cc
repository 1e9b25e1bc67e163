// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/flow_owners.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::collect {

namespace {

// An entry: 30 bits of the flow's hash, 16 of the observer's, 18 of the time in seconds (3 days).
constexpr unsigned TIME_BITS = 18;
constexpr unsigned OWNER_BITS = 16;
constexpr unsigned MARK_BITS = 64 - TIME_BITS - OWNER_BITS;
constexpr uint64_t TIME_MASK = (uint64_t{1} << TIME_BITS) - 1;
constexpr uint64_t OWNER_MASK = ((uint64_t{1} << OWNER_BITS) - 1) << TIME_BITS;
constexpr uint64_t MARK_MASK = ~(TIME_MASK | OWNER_MASK);

constexpr uint32_t MS_A_SECOND = 1000;

uint64_t mixed(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15;
  return hash ^ (hash >> 32);
}

uint64_t mixedAddress(uint64_t hash, const Address& address) {
  uint64_t words[2];
  std::memcpy(words, address.data(), sizeof words);
  return mixed(mixed(hash, words[0]), words[1]);
}

uint64_t hashOf(const FlowIdentity& flow) {
  const uint64_t rest =
      (uint64_t{flow.sourcePort} << 24) | (uint64_t{flow.destinationPort} << 8) | flow.protocol;
  const uint64_t hash = mixedAddress(mixedAddress(1, flow.source), flow.destination);
  return mixed(mixed(hash, rest), 2);
}

uint64_t hashOf(const Observer& observer) {
  return mixed(mixedAddress(3, observer.exporter), observer.flowDirection);
}

}  // namespace

FlowOwners::FlowOwners(size_t flows, uint32_t windowMs)
    : bucketMask_(std::bit_ceil(std::max<size_t>(flows / BUCKET, 1)) - 1),
      windowSeconds_(std::max(windowMs / MS_A_SECOND, 1U)) {
  buckets_ = std::make_unique<Bucket[]>(bucketMask_ + 1);
}

bool FlowOwners::claim(const FlowIdentity& flow, const Observer& observer, int64_t nowMs) noexcept {
  const uint64_t hash = hashOf(flow);
  // Never 0, so that no flow looks like a free place.
  const uint64_t mark = (hash | (uint64_t{1} << (64 - MARK_BITS))) & MARK_MASK;
  const uint64_t owner = (hashOf(observer) >> (64 - OWNER_BITS)) << TIME_BITS;
  const auto nowSeconds = static_cast<uint32_t>((nowMs / MS_A_SECOND) & TIME_MASK);
  Bucket& bucket = buckets_[(hash >> 4) & bucketMask_];
  while (true) {
    uint64_t seen = 0;
    const size_t place = placeOf(bucket, mark, nowSeconds, seen);
    const bool isHeld = (seen & MARK_MASK) == mark && silenceOf(seen, nowSeconds) <= windowSeconds_;
    if (isHeld && (seen & OWNER_MASK) != owner) return false;
    const uint64_t claimed = mark | owner | nowSeconds;
    if (seen == claimed) return true;
    // Another lane was here meanwhile: look again.
    if (bucket.entries[place].compare_exchange_weak(seen, claimed, std::memory_order_relaxed))
      return true;
  }
}

/// Lanes' batches are not in one order: what seems to come from the future was just now.
uint32_t FlowOwners::silenceOf(uint64_t entry, uint32_t nowSeconds) const noexcept {
  const auto silence = static_cast<uint32_t>((nowSeconds - entry) & TIME_MASK);
  return silence > TIME_MASK / 2 ? 0 : silence;
}

/// The flow's entry, else a free one, else that of the flow which was silent longest.
size_t FlowOwners::placeOf(const Bucket& bucket, uint64_t mark, uint32_t nowSeconds,
                           uint64_t& seen) const noexcept {
  size_t oldest = 0;
  uint32_t longest = 0;
  for (size_t i = 0; i < BUCKET; ++i) {
    const uint64_t entry = bucket.entries[i].load(std::memory_order_relaxed);
    if ((entry & MARK_MASK) == mark) {
      seen = entry;
      return i;
    }
    const uint32_t silence = entry == 0 ? UINT32_MAX : silenceOf(entry, nowSeconds) + 1;
    if (silence > longest) {
      longest = silence;
      oldest = i;
      seen = entry;
    }
  }
  return oldest;
}

}  // namespace weir::collect
