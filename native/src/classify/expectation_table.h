// SPDX-License-Identifier: Apache-2.0
// Endpoints that a control channel has announced, and the application that will be there. Owned by
// one lane. An announcement is found by the lane that saw the control channel: capture spreads
// flows over lanes by their pair of addresses, and the announced flow has the same pair in the
// common case. A media stream to a third host can be in another lane and is then named by shape.
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

/// Seeded: endpoints are whatever a control channel's text says.
class EndpointHash {
 public:
  explicit EndpointHash(const SeededHash::Seed& seed) : hash_(seed) {}
  size_t operator()(const Endpoint& endpoint) const;

 private:
  SeededHash hash_;
};

class ExpectationTable {
 public:
  static constexpr int64_t LIFETIME_NS = 60'000'000'000;  ///< of packet time

  explicit ExpectationTable(uint32_t entriesMax,
                            const SeededHash::Seed& seed = SeededHash::randomSeed())
      : entriesMax_(entriesMax), entries_(0, EndpointHash(seed)) {}

  /// An endpoint announced again lives anew, with the application announced last.
  void add(const Endpoint& endpoint, uint32_t application, int64_t nowNs);

  /// The application expected at either endpoint of a new flow; 0 when none is.
  [[nodiscard]] uint32_t find(const FlowKey& key, int64_t nowNs) const;

  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint32_t application = 0;
    int64_t expiresNs = 0;
  };
  struct Deadline {
    Endpoint endpoint;
    int64_t expiresNs;
  };

  void expire(int64_t nowNs);
  [[nodiscard]] uint32_t findEndpoint(const Endpoint& endpoint, int64_t nowNs) const;

  uint32_t entriesMax_;
  std::unordered_map<Endpoint, Entry, EndpointHash> entries_;
  std::deque<Deadline> deadlines_;  ///< in order of announcement; outdated ones are skipped
};

}  // namespace weir
