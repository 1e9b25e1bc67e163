// SPDX-License-Identifier: Apache-2.0
#include "classify/dns_queries.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace weir {

/// A query and its answer have the same key, and its addresses and ports say which is which.
uint64_t DnsQueries::hashOf(const DecodedPacket& packet, const std::string& name) const {
  uint16_t id = 0;
  std::memcpy(&id, packet.payload, sizeof id);
  std::array<uint64_t, 6> words{};
  std::memcpy(words.data(), packet.key.addressA.data(), sizeof packet.key.addressA);
  std::memcpy(words.data() + 2, packet.key.addressB.data(), sizeof packet.key.addressB);
  words[4] = uint64_t{id} << 32U | uint64_t{packet.key.portA} << 16U | packet.key.portB;
  words[5] = nameHash_(name);
  return std::max<uint64_t>(hash_(words), 1);
}

/// In the place of the oldest of the set.
void DnsQueries::note(const DecodedPacket& query, const std::string& name) {
  if (sets_ == 0 || query.payloadLengthBytes < sizeof(uint16_t)) return;
  if (queries_.empty()) queries_.resize(sets_ * WAYS);
  const uint64_t hash = hashOf(query, name);
  const std::span<Query> set(setOf(hash), WAYS);
  *std::min_element(set.begin(), set.end(), [&](const Query& one, const Query& other) {
    const auto rank = [&](const Query& slot) { return slot.hash == hash ? INT64_MIN : slot.atNs; };
    return rank(one) < rank(other);
  }) = {hash, query.timestampNs};
}

bool DnsQueries::take(const DecodedPacket& answer, const std::string& name) {
  if (queries_.empty() || answer.payloadLengthBytes < sizeof(uint16_t)) return false;
  const uint64_t hash = hashOf(answer, name);
  for (Query& query : std::span<Query>(setOf(hash), WAYS)) {
    if (query.hash != hash) continue;
    const auto ageNs =
        static_cast<uint64_t>(answer.timestampNs) - static_cast<uint64_t>(query.atNs);
    query = {};
    return ageNs <= uint64_t{LIFETIME_NS};
  }
  return false;
}

}  // namespace weir
