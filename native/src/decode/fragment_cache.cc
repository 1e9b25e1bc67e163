// SPDX-License-Identifier: Apache-2.0
#include "decode/fragment_cache.h"

namespace weir {

FragmentCache::FragmentCache(const SeededHash& hash) : hash_(hash), entries_(SETS * WAYS) {}

bool FragmentCache::alive(const Entry& entry, int64_t nowNs) {
  // Packet time may step back a little; a long step back is another capture. Unsigned, because the
  // times come from outside and must not overflow.
  const auto ageNs = static_cast<uint64_t>(nowNs) - static_cast<uint64_t>(entry.storedNs);
  return ageNs + TIMEOUT_NS <= 2 * uint64_t{TIMEOUT_NS};
}

FragmentedDatagram& FragmentCache::remember(const FragmentKey& key, const FragmentFacts& facts,
                                            int64_t nowNs) {
  Entry* const set = &entries_[setOf(key)];
  Entry* victim = set;
  for (size_t way = 0; way < WAYS; ++way) {
    Entry& entry = set[way];
    if (entry.key == key) {
      victim = &entry;
      break;
    }
    if (entry.storedNs < victim->storedNs) victim = &entry;
  }
  *victim = {.key = key, .storedNs = nowNs, .datagram = {.facts = facts, .seen = {}}};
  return victim->datagram;
}

FragmentedDatagram* FragmentCache::find(const FragmentKey& key, int64_t nowNs) {
  Entry* const set = &entries_[setOf(key)];
  for (size_t way = 0; way < WAYS; ++way)
    if (set[way].key == key) return alive(set[way], nowNs) ? &set[way].datagram : nullptr;
  return nullptr;
}

}  // namespace weir
