// SPDX-License-Identifier: Apache-2.0
// What each pattern of a set costs on the payloads of a capture, measured here and now.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "classify/matcher.h"
#include "inspect/capture_walk.h"

namespace weir {

struct PatternCost {
  uint32_t pattern = 0;  ///< index in SignatureSet::patterns
  bool isAnchored = true;
  double nsPerOctet = 0;  ///< alone, over the heads of its part
  double share = 0;       ///< of the sum of all patterns alone, each over its part
  /// How much less the part takes without it, 1 being all; only of the dearest.
  std::optional<double> saving;
};

struct SignatureCosts {
  uint64_t heads = 0;     ///< TCP directions and datagrams
  uint64_t octets = 0;    ///< in them
  double nsPerOctet = 0;  ///< of the whole set, as a lane scans: what begins like no pattern is not
  std::vector<PatternCost> patterns;  ///< unanchored first, then the dearest first
};

struct CostOptions {
  CaptureWalkOptions capture;
  uint32_t compared = 8;  ///< so many of the dearest are left out in turn: that compiles the part
};

/// Throws CaptureError, SignatureError.
SignatureCosts measureCosts(const CostOptions& options, const SignatureSet& signatures);

}  // namespace weir
