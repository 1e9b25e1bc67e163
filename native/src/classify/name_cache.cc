// SPDX-License-Identifier: Apache-2.0
#include "classify/name_cache.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace weir {
namespace {

constexpr int64_t NS_PER_SECOND = 1'000'000'000;

/// Packet time may step back a little; a long step back is another capture. Unsigned, because the
/// times come from outside and must not overflow.
bool isAlive(int64_t expiresNs, int64_t nowNs) {
  const auto leftNs = static_cast<uint64_t>(expiresNs) - static_cast<uint64_t>(nowNs);
  return leftNs != 0 && leftNs <= 2 * uint64_t{NameCache::LIFETIME_MAX_NS};
}

int64_t expiryOf(const DnsAnswer& answer, int64_t nowNs) {
  const int64_t lifetimeNs = std::clamp(int64_t{answer.ttlSeconds} * NS_PER_SECOND,
                                        NameCache::LIFETIME_MIN_NS, NameCache::LIFETIME_MAX_NS);
  return static_cast<int64_t>(static_cast<uint64_t>(nowNs) + static_cast<uint64_t>(lifetimeNs));
}

}  // namespace

size_t NameHash::operator()(std::string_view name) const {
  std::array<uint64_t, 4> block{};
  constexpr size_t PIECE_BYTES = 3 * sizeof(uint64_t);
  uint64_t hash = name.size();
  for (size_t at = 0; at < name.size(); at += PIECE_BYTES) {
    const std::string_view piece = name.substr(at, PIECE_BYTES);
    block = {0, 0, 0, hash};
    std::memcpy(block.data(), piece.data(), piece.size());
    hash = hash_(block);
  }
  return hash;
}

NameCache::NameCache(uint32_t entriesMax, const SeededHash::Seed& seed)
    : hash_(seed), sets_(entriesMax / WAYS), names_(0, NameHash(seed)) {}

void NameCache::learn(const IpAddress& client, const DnsMessage& message, int64_t nowNs,
                      Audience audience) {
  if (!message.isResponse || message.queryName.empty() || message.answers.empty()) return;
  if (sets_ == 0) return;
  if (entries_.empty()) entries_.resize(sets_ * WAYS);
  // Held while the entries change: one of them may have been the last with this very name.
  Names::value_type& name = *names_.try_emplace(message.queryName, 0).first;
  ++name.second;
  const size_t count = std::min(message.answers.size(), DnsMessage::ANSWERS_MAX);
  for (const DnsAnswer& answer : std::span(message.answers).first(count)) {
    const int64_t expiresNs = expiryOf(answer, nowNs);
    remember({client, answer.address}, name, expiresNs, nowNs);
    if (audience == Audience::ALL_LANES)
      remember({ANYBODY, answer.address}, name, expiresNs, nowNs);
  }
  release(&name);
}

/// In the place of what was known of the key, else of what has ended, else of the entry of the set
/// that was used least lately.
void NameCache::remember(const Key& key, Names::value_type& name, int64_t expiresNs,
                         int64_t nowNs) {
  const auto set = std::span(entries_).subspan(setOf(key), WAYS);
  Entry* victim = nullptr;
  for (Entry& entry : set)
    if (entry.name != nullptr && entry.key == key) victim = &entry;
  if (victim == nullptr)
    victim = &*std::min_element(set.begin(), set.end(), [&](const Entry& one, const Entry& other) {
      const auto rank = [&](const Entry& entry) {
        return entry.name != nullptr && isAlive(entry.expiresNs, nowNs) ? entry.usedNs : INT64_MIN;
      };
      return rank(one) < rank(other);
    });
  ++name.second;
  release(victim->name);
  *victim = {key, &name, expiresNs, nowNs};
}

void NameCache::release(Names::value_type* name) {
  if (name != nullptr && --name->second == 0) names_.erase(names_.find(name->first));
}

const std::string* NameCache::find(const IpAddress& client, const IpAddress& server,
                                   int64_t nowNs) const {
  if (entries_.empty()) return nullptr;
  const std::string* const own = findKey({client, server}, nowNs);
  return own != nullptr ? own : findKey({ANYBODY, server}, nowNs);
}

const std::string* NameCache::findKey(const Key& key, int64_t nowNs) const {
  for (const Entry& entry : std::span(entries_).subspan(setOf(key), WAYS)) {
    if (entry.name == nullptr || !(entry.key == key)) continue;
    if (!isAlive(entry.expiresNs, nowNs)) return nullptr;
    entry.usedNs = nowNs;
    return &entry.name->first;
  }
  return nullptr;
}

}  // namespace weir
