// SPDX-License-Identifier: Apache-2.0
#include "classify/expectation_table.h"

#include <cstring>

namespace weir {

size_t EndpointHash::operator()(const Endpoint& endpoint) const {
  uint64_t words[2];
  std::memcpy(words, endpoint.address.data(), sizeof words);
  uint64_t hash = words[0] ^ (words[1] * 0x9e3779b97f4a7c15U);
  hash ^= (static_cast<uint64_t>(endpoint.port) << 8 | endpoint.protocol) * 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 32);
}

void ExpectationTable::add(const Endpoint& endpoint, uint32_t application, int64_t nowNs) {
  expire(nowNs);
  const int64_t expiresNs = nowNs + LIFETIME_NS;
  entries_[endpoint] = {application, expiresNs};
  deadlines_.push_back({endpoint, expiresNs});
}

/// Drops what is due, and the oldest beyond the bound. The bound holds for the queue, which has one
/// element for each announcement: repeating one endpoint cannot make it grow without end.
void ExpectationTable::expire(int64_t nowNs) {
  while (!deadlines_.empty() &&
         (deadlines_.front().expiresNs <= nowNs || deadlines_.size() >= entriesMax_)) {
    const Deadline& oldest = deadlines_.front();
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
