// SPDX-License-Identifier: Apache-2.0
#include "classify/expectation_table.h"

#include <array>
#include <cstring>

namespace weir {

size_t EndpointHash::operator()(const Endpoint& endpoint) const {
  std::array<uint64_t, 4> words{};
  std::memcpy(words.data(), endpoint.address.data(), sizeof endpoint.address);
  words[2] = static_cast<uint64_t>(endpoint.port) << 8 | endpoint.protocol;
  return hash_(words);
}

void ExpectationTable::add(const Endpoint& endpoint, uint32_t application, int64_t nowNs) {
  if (entries_.empty()) entries_.reserve(entriesMax_);  // no packet waits for the table to grow
  expire(nowNs);
  const int64_t expiresNs = nowNs + LIFETIME_NS;
  entries_[endpoint] = {application, expiresNs};
  deadlines_.push_back({endpoint, expiresNs});
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
    const auto found = entries_.find(oldest.endpoint);
    if (found != entries_.end() && found->second.expiresNs == oldest.expiresNs) {
      entries_.erase(found);
    }
    deadlines_.pop_front();
  }
}

uint32_t ExpectationTable::find(const FlowKey& key, int64_t nowNs) const {
  if (entries_.empty()) return 0;
  const uint32_t application = findEndpoint({key.addressA, key.portA, key.protocol}, nowNs);
  if (application != 0) return application;
  return findEndpoint({key.addressB, key.portB, key.protocol}, nowNs);
}

uint32_t ExpectationTable::findEndpoint(const Endpoint& endpoint, int64_t nowNs) const {
  const auto found = entries_.find(endpoint);
  if (found == entries_.end() || found->second.expiresNs <= nowNs) return 0;
  return found->second.application;
}

}  // namespace weir
