// SPDX-License-Identifier: Apache-2.0
// The two traces that the bench makes.
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

}  // namespace bench
