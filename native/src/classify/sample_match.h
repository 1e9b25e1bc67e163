// SPDX-License-Identifier: Apache-2.0
// Runs one payload through a database, as the first octets of a stream or as a datagram: for tests
// of signatures, not for the packet path.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "classify/matcher.h"

namespace weir {

/// A pattern that matched, at its smallest end offset.
struct SampleMatch {
  uint32_t pattern = 0;
  uint64_t endOffset = 0;

  bool operator==(const SampleMatch&) const = default;
};

/// One piece of a stream; with a transport of UDP the sample has one piece.
using SamplePieces = std::span<const std::span<const uint8_t>>;

/// All matches that apply, ordered by the verdict rule: the first names the flow.
std::vector<SampleMatch> findSampleMatches(const MatcherDatabase& database, Transport transport,
                                           StreamSide side, SamplePieces pieces);

/// Names of the applications that match, the verdict first, each once.
std::vector<std::string> matchSample(const MatcherDatabase& database, Transport transport,
                                     StreamSide side, std::span<const uint8_t> payload);

}  // namespace weir
