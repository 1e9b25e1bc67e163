// SPDX-License-Identifier: Apache-2.0
// How much of what an exporter sends is kept. What is passed over is made good: the datagrams that
// are kept count for those that are not, as packets do under sampling. One thread.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

struct RateLimits {
  uint64_t recordsPerSecond = 0;  ///< of each exporter; 0: no limit
  /// Senders that are known at a time: who was silent longest is forgotten first, so that forged
  /// senders take no memory.
  size_t mostExporters = 8192;
};

class RateLimiter {
 public:
  explicit RateLimiter(const RateLimits& limits) : limits_(limits) {}

  /// Weighs the next datagram: 0, its records are passed over; else for how many datagrams like it
  /// it counts. The exporter's rate is looked at five times a second. Within such a time a sudden
  /// burst is cut at twice its share.
  uint32_t weigh(const Address& exporter, int64_t nowMilliseconds);

  /// How many records that datagram had.
  void settle(size_t records);

  /// Records pile up behind this lane: whoever sends more than his share of what came lately has
  /// half as much kept, and half of that at the next call. It wears off by itself.
  void relieve();

  [[nodiscard]] size_t exporters() const { return exporters_.size(); }

 private:
  struct Exporter {
    Address address;
    int64_t windowStart = 0;
    uint64_t offered = 0;      ///< records in this window
    uint64_t kept = 0;         ///< of them, since the factor changed
    uint64_t lastOffered = 0;  ///< records in the last window
    uint32_t factor = 1;       ///< one of so many datagrams is kept
    uint32_t strain = 1;       ///< part of the factor that is due to `relieve`
    uint32_t turn = 0;         ///< of the datagrams that the factor counts
  };
  struct Hash {
    size_t operator()(const Address& address) const noexcept;
  };
  using Recent = std::list<Exporter>;

  Exporter& find(const Address& address, int64_t nowMilliseconds);
  void forgetOldest();
  void beginWindow(Exporter& exporter, int64_t nowMilliseconds);
  [[nodiscard]] uint64_t shareOf(int64_t spanMilliseconds) const;

  RateLimits limits_;
  Recent exporters_;         ///< who sent last comes first
  uint32_t lastFactor_ = 0;  ///< that `weigh` gave
  std::unordered_map<Address, Recent::iterator, Hash> byAddress_;
};

}  // namespace weir::collect
