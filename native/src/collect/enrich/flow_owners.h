// SPDX-License-Identifier: Apache-2.0
// Which exporter's records of a flow count, when several see it: the one that reported it first,
// for as long as it goes on reporting. Exporters are on different lanes, so this is the one table
// that all lanes share: of fixed size, without locks, a cache line to a flow. What does not fit
// forgets the flow that was silent longest, whose next record then may count a second time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// One direction of a connection, as every exporter reports it.
struct FlowIdentity {
  Address source;
  Address destination;
  uint16_t sourcePort;
  uint16_t destinationPort;
  uint8_t protocol;
};

/// Who observed: a router that reports a flow where it comes in and again where it goes out is two.
struct Observer {
  Address exporter;
  uint8_t flowDirection;
};

class FlowOwners {
 public:
  /// At least `flows` are kept (8 octets each). An owner that is silent for `windowMs` lost its
  /// flow; it has to be longer than the exporters' active timeout.
  FlowOwners(size_t flows, uint32_t windowMs);

  /// Whether the record counts. `nowMs` is the collector's own time: exporters' clocks differ.
  bool claim(const FlowIdentity& flow, const Observer& observer, int64_t nowMs) noexcept;

  [[nodiscard]] size_t flows() const noexcept { return bucketMask_ * BUCKET + BUCKET; }
  [[nodiscard]] uint32_t windowMs() const noexcept { return windowSeconds_ * 1000; }

 private:
  static constexpr size_t BUCKET = 8;  ///< entries in a cache line

  struct alignas(64) Bucket {
    /// A flow's mark, its owner's, and when it reported last; 0: free.
    std::atomic<uint64_t> entries[BUCKET];
  };

  [[nodiscard]] uint32_t silenceOf(uint64_t entry, uint32_t nowSeconds) const noexcept;
  size_t placeOf(const Bucket& bucket, uint64_t mark, uint32_t nowSeconds,
                 uint64_t& seen) const noexcept;

  std::unique_ptr<Bucket[]> buckets_;
  size_t bucketMask_;
  uint32_t windowSeconds_;
};

}  // namespace weir::collect
