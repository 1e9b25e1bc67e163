// SPDX-License-Identifier: Apache-2.0
// Endpoints that a control channel has announced, and what will be there. Owned by
// one lane. What not all lanes have heard holds for flows between the channel's own pair of hosts,
// which are in its lane: so the number of lanes changes no name.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "decode/flow_key.h"
#include "decode/seeded_hash.h"

namespace weir {

/// What a flow was announced as.
enum class AnnouncedRole : uint8_t { NONE, FTP_DATA, RTP, RTCP };

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

  /// An endpoint announced again lives anew, with the role announced last.
  void add(const Expectation& expectation, AnnouncedRole role, int64_t nowNs);

  /// What is expected at either endpoint of a new flow.
  [[nodiscard]] AnnouncedRole find(const FlowKey& key, int64_t nowNs) const;

  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    AnnouncedRole role = AnnouncedRole::NONE;
    int64_t expiresNs = 0;
  };
  struct Deadline {
    Expectation expectation;
    int64_t expiresNs;
  };

  void expire(int64_t nowNs);
  [[nodiscard]] AnnouncedRole findOne(const Expectation& expectation, int64_t nowNs) const;

  uint32_t entriesMax_;
  std::unordered_map<Expectation, Entry, ExpectationHash> entries_;
  std::deque<Deadline> deadlines_;  ///< in order of announcement; outdated ones are skipped
};

}  // namespace weir
