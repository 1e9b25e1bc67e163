// SPDX-License-Identifier: Apache-2.0
// How much a match of a regex says, worked out without running it: for whoever judges signatures.
// Not part of the device's ABI. Pure functions; any thread.
#ifndef WEIR_PATTERN_EVIDENCE_H_
#define WEIR_PATTERN_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::ncore {

struct PatternEvidence {
  bool startsAnywhere = false;  // matches need not begin at the start of the stream
  // Of the match that says least: one of the matches that random octets give most often. An octet
  // of a set of n counts 8 - log2(n), so 24 bits are one chance in 16 million at a given place.
  double bits = 0;
};

// Nothing when the regex is not one that the emulator accepts, '$' apart. `flags` as in
// NcorePattern.
std::optional<PatternEvidence> matchEvidence(std::string_view regex, uint32_t flags);

}  // namespace weir::ncore

#endif  // WEIR_PATTERN_EVIDENCE_H_
