// SPDX-License-Identifier: Apache-2.0
// Patterns with '$' on streams, whose end nobody knows: after each request's octets they are tested
// as if the stream ended there, on a copy of its state. Made for one lane, used by its thread only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "classify/hyperscan_streams.h"
#include "classify/matcher.h"

namespace weir {

class HyperscanEndProbe {
 public:
  /// Database and scratch must outlive it.
  HyperscanEndProbe(const HyperscanDatabase& database, uint32_t slots, hs_scratch_t* scratch);
  ~HyperscanEndProbe();
  HyperscanEndProbe(const HyperscanEndProbe&) = delete;
  HyperscanEndProbe& operator=(const HyperscanEndProbe&) = delete;

  /// Appends an event for each pattern that holds now, for the first time in this stream.
  void scan(const ScanRequest& request, std::vector<MatchEvent>& events);

  void giveBack(uint32_t slot) { streams_.giveBack(slot); }

  [[nodiscard]] size_t pooledBytes() const { return streams_.pooledBytes(); }

 private:
  struct Seen {
    uint64_t octets = 0;
    std::vector<unsigned> patterns;  ///< that have had their event
  };

  void closeCopy(hs_stream_t* stream, DatabasePart part);
  void report(const ScanRequest& request, std::vector<MatchEvent>& events);

  hs_scratch_t* const scratch_;
  HyperscanStreams streams_;
  std::vector<Seen> seen_;                             ///< by slot
  std::array<hs_stream_t*, DATABASE_PARTS> copies_{};  ///< what is closed in a stream's place
  std::vector<unsigned> matched_;                      ///< in the request that is looked at
};

}  // namespace weir
