// SPDX-License-Identifier: Apache-2.0
// Endpoints that a control channel has announced, and the application that will be there. Owned by
// one lane. What not all lanes have heard holds for flows between the channel's own pair of hosts,
// which are in its lane: so the number of lanes changes no name.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "decode/flow_key.h"
#include "decode/seeded_hash.h"

namespace weir {

struct Endpoint {
  IpAddress address{};
  uint16_t port = 0;
  uint8_t protocol = 0;

  bool operator==(const Endpoint&) const = default;
};

/// Between whom an announced flow may be: anybody, or the two hosts of the control channel.
struct HostPair {
  IpAddress addressA{};
  IpAddress addressB{};
  Tunnel tunnel = Tunnel::NONE;

  static HostPair of(const FlowKey& key) { return {key.addressA, key.addressB, key.tunnel}; }
  bool operator==(const HostPair&) const = default;
};

struct Expectation {
  Endpoint endpoint;
  HostPair pair;  ///< all zero: anybody

  bool operator==(const Expectation&) const = default;
};

/// Seeded: endpoints are whatever a control channel's text says.
class ExpectationHash {
 public:
  explicit ExpectationHash(const SeededHash::Seed& seed) : hash_(seed) {}
  size_t operator()(const Expectation& expectation) const;

 private:
  SeededHash hash_;
};

class ExpectationTable {
 public:
  static constexpr int64_t LIFETIME_NS = 60'000'000'000;  ///< of packet time

  explicit ExpectationTable(uint32_t entriesMax,
                            const SeededHash::Seed& seed = SeededHash::randomSeed())
      : entriesMax_(entriesMax), entries_(0, ExpectationHash(seed)) {}

  /// An endpoint announced again lives anew, with the application announced last.
  void add(const Expectation& expectation, uint32_t application, int64_t nowNs);

  /// The application expected at either endpoint of a new flow; 0 when none is.
  [[nodiscard]] uint32_t find(const FlowKey& key, int64_t nowNs) const;

  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint32_t application = 0;
    int64_t expiresNs = 0;
  };
  struct Deadline {
    Expectation expectation;
    int64_t expiresNs;
  };

  void expire(int64_t nowNs);
  [[nodiscard]] uint32_t findOne(const Expectation& expectation, int64_t nowNs) const;

  uint32_t entriesMax_;
  std::unordered_map<Expectation, Entry, ExpectationHash> entries_;
  std::deque<Deadline> deadlines_;  ///< in order of announcement; outdated ones are skipped
};

}  // namespace weir
