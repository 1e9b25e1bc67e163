// SPDX-License-Identifier: Apache-2.0
// Why a flow of a capture has its name: its streams as classification sees them, all patterns that
// match in them, and those that nearly do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "classify/matcher.h"
#include "inspect/flow_collector.h"
#include "inspect/payload_streams.h"

namespace weir {

struct ExplainedMatch {
  uint32_t pattern = 0;       ///< index in SignatureSet::patterns
  uint32_t packet = 0;        ///< number in the flow of that in which the match ends
  uint32_t evidenceBits = 0;  ///< as the verdict rule takes it
  uint64_t endOffset = 0;
  std::optional<uint64_t> startOffset;
  bool decides = false;  ///< the protocol is named by it
};

/// A pattern whose first octets are there, but no match.
struct NearMiss {
  uint32_t pattern = 0;
  uint64_t fittingBytes = 0;      ///< from the start of the stream
  std::vector<uint8_t> expected;  ///< octets that it takes next; empty: see the two below
  bool endsEarly = false;         ///< the stream ends there
  bool hasOtherSize = false;      ///< all fits but the size of the datagram
};

struct ExplainedStream {
  PayloadStream stream;
  std::vector<ExplainedMatch> matches;  ///< by packet, then by the verdict rule
  std::vector<NearMiss> nearMisses;     ///< that with the most evidence first
};

struct FlowExplanation {
  KeptFlow flow;
  std::vector<ExplainedStream> streams;
};

/// Nothing when the capture has no such flow. Throws CaptureError.
std::optional<FlowExplanation> explainFlow(const CaptureWalkOptions& options,
                                           const std::shared_ptr<const MatcherDatabase>& database,
                                           const FlowChoice& choice);

}  // namespace weir
