// SPDX-License-Identifier: Apache-2.0
// How the matches of a regex can begin, worked out without running it: what a host needs to keep
// streams from a device that no pattern can match any more. Not part of the device's ABI. Pure
// functions; any thread.
#ifndef WEIR_PATTERN_PREFIXES_H_
#define WEIR_PATTERN_PREFIXES_H_

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace weir::ncore {

// One way in which a match can begin, at the start of the stream: a match by this way has at
// offset i an octet of octets[i], and is not shorter than leastBytes (nor than octets.size()).
struct MatchPrefix {
  std::vector<std::bitset<256>> octets;
  uint64_t leastBytes = 0;
};

struct PrefixLimits {
  uint32_t octets = 128;  // looked at from the start
  uint32_t prefixes = 1;  // at least 1; the more, the narrower their sets
};

// Every match begins in one of these ways, so a stream that fits none of them matches nowhere; one
// that fits may match or not: '$' is taken to hold wherever it stands. Nothing when matches can
// begin anywhere in the stream, or when the regex is not one that the emulator accepts, '$' apart.
// `flags` as in NcorePattern.
std::optional<std::vector<MatchPrefix>> matchPrefixes(std::string_view regex, uint32_t flags,
                                                      const PrefixLimits& limits);

// The same for each of several limits: the regex, which takes most of the time, is read once.
std::optional<std::vector<std::vector<MatchPrefix>>> matchPrefixesForEach(
    std::string_view regex, uint32_t flags, std::span<const PrefixLimits> limits);

}  // namespace weir::ncore

#endif  // WEIR_PATTERN_PREFIXES_H_
