// SPDX-License-Identifier: Apache-2.0
#include "classify/expectation_table.h"

#include <array>
#include <cstring>

namespace weir {

size_t ExpectationHash::operator()(const Expectation& expectation) const {
  const auto& [endpoint, pair] = expectation;
  std::array<uint64_t, 6> words{};
  std::memcpy(words.data(), endpoint.address.data(), sizeof endpoint.address);
  words[2] = static_cast<uint64_t>(pair.tunnel) << 24 | static_cast<uint64_t>(endpoint.port) << 8 |
             endpoint.protocol;
  if (pair == HostPair{}) return hash_(words);
  std::array<uint64_t, 4> hosts;
  std::memcpy(hosts.data(), pair.addressA.data(), sizeof pair.addressA);
  std::memcpy(hosts.data() + 2, pair.addressB.data(), sizeof pair.addressB);
  words[3] = hash_(hosts);
  return hash_(words);
}

void ExpectationTable::add(const Expectation& expectation, AnnouncedRole role, int64_t nowNs) {
  if (entries_.empty()) entries_.reserve(entriesMax_);  // no packet waits for the table to grow
  expire(nowNs);
  const int64_t expiresNs = nowNs + LIFETIME_NS;
  entries_[expectation] = {role, expiresNs};
  deadlines_.push_back({expectation, expiresNs});
}

/// Drops what is due, and the oldest beyond the bound. The bound holds for the queue, which has one
/// element for each announcement: repeating one endpoint cannot make it grow without end. A few at
/// a time: one packet does not pay for all that others have announced, and `find` knows what is
/// due.
void ExpectationTable::expire(int64_t nowNs) {
  constexpr int ELEMENTS_A_CALL = 2;
  for (int i = 0; i < ELEMENTS_A_CALL && !deadlines_.empty(); ++i) {
    const Deadline& oldest = deadlines_.front();
    if (oldest.expiresNs > nowNs && deadlines_.size() < entriesMax_) return;
    const auto found = entries_.find(oldest.expectation);
    if (found != entries_.end() && found->second.expiresNs == oldest.expiresNs) {
      entries_.erase(found);
    }
    deadlines_.pop_front();
  }
}

AnnouncedRole ExpectationTable::find(const FlowKey& key, int64_t nowNs) const {
  if (entries_.empty()) return AnnouncedRole::NONE;
  const Endpoint a{key.addressA, key.portA, key.protocol};
  const Endpoint b{key.addressB, key.portB, key.protocol};
  for (const HostPair& pair : {HostPair::of(key), HostPair{}}) {
    for (const Endpoint& endpoint : {a, b}) {
      const AnnouncedRole role = findOne({endpoint, pair}, nowNs);
      if (role != AnnouncedRole::NONE) return role;
    }
  }
  return AnnouncedRole::NONE;
}

AnnouncedRole ExpectationTable::findOne(const Expectation& expectation, int64_t nowNs) const {
  const auto found = entries_.find(expectation);
  if (found == entries_.end() || found->second.expiresNs <= nowNs) return AnnouncedRole::NONE;
  return found->second.role;
}

}  // namespace weir
