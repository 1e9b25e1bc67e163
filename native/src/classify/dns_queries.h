// SPDX-License-Identifier: Apache-2.0
// Which DNS queries wait for their answer: what an answer says counts for everybody only if it was
// asked for, since anybody can send an answer. Of bounded size: the oldest queries of a set are
// forgotten first. Owned by one lane, which overhears the queries that other lanes count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "classify/name_cache.h"
#include "decode/decoded_packet.h"
#include "decode/seeded_hash.h"

namespace weir {

class DnsQueries {
 public:
  static constexpr int64_t LIFETIME_NS = 10'000'000'000;  ///< of packet time

  /// Takes its memory (16 octets a query) with the first one.
  explicit DnsQueries(uint32_t queriesMax, const SeededHash::Seed& seed = SeededHash::randomSeed())
      : hash_(seed), nameHash_(seed), sets_(queriesMax / WAYS) {}

  /// A query by UDP: its payload begins with its id (RFC 1035 4.1.1).
  void note(const DecodedPacket& query, const std::string& name);

  /// Whether the answer's asker asked its sender this, with this id and from this port (RFC 5452
  /// 9.1). A query is answered once.
  bool take(const DecodedPacket& answer, const std::string& name);

 private:
  static constexpr size_t WAYS = 4;

  struct Query {
    uint64_t hash = 0;  ///< 0: none
    int64_t atNs = 0;
  };

  [[nodiscard]] uint64_t hashOf(const DecodedPacket& packet, const std::string& name) const;
  Query* setOf(uint64_t hash) { return &queries_[hash % sets_ * WAYS]; }

  SeededHash hash_;
  NameHash nameHash_;
  size_t sets_;
  std::vector<Query> queries_;
};

}  // namespace weir
