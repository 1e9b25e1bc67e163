// SPDX-License-Identifier: Apache-2.0
// The traces that the bench makes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct MixedTraceOptions {
  std::string path;
  uint64_t flows = 0;
  uint64_t spanSeconds = 0;  ///< copies begin within this
  std::vector<std::string> captures;
};

/// Captures multiplied: each copy has hosts of its own and begins at another time. Prints what was
/// made as JSON. Throws std::runtime_error.
void makeMixedTrace(const MixedTraceOptions& options);

struct SmallTraceOptions {
  std::string path;
  uint32_t flows = 0;
  uint32_t rounds = 0;
  uint64_t spanSeconds = 0;
};

/// Smallest frames: in each round one packet of each flow, each round in another order.
void makeSmallTrace(const SmallTraceOptions& options);

struct HeadsTraceOptions {
  std::string path;
  uint32_t flows = 0;
  uint32_t segments = 0;  ///< of each flow, besides its SYN
  uint32_t segmentOctets = 0;
};

/// Nothing but what a classifier looks at: TCP flows of random octets by their initiators, in
/// bursts of three segments, 64 flows in turn. The last octets of each flow are "weir-end".
void makeHeadsTrace(const HeadsTraceOptions& options);

}  // namespace bench
