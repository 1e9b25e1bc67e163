// SPDX-License-Identifier: Apache-2.0
#include "inspect/near_misses.h"

#include <ncore.h>
#include <pattern_prefixes.h>

#include <algorithm>
#include <bitset>
#include <cmath>
#include <utility>

#include "classify/database_part.h"

namespace weir {
namespace {

constexpr size_t NEAR_MISSES_MAX = 5;
/// Two octets: what fits by chance seldom has more.
constexpr double EVIDENCE_BITS_MIN = 16;
constexpr ncore::PrefixLimits LIMITS{64, 16};

struct Ranked {
  NearMiss miss;
  double bits = 0;
};

/// As far as `prefix` goes along with the stream.
Ranked follow(const ncore::MatchPrefix& prefix, std::span<const uint8_t> octets) {
  Ranked ranked;
  size_t& at = ranked.miss.fittingBytes;
  for (; at < prefix.octets.size(); ++at) {
    const std::bitset<256>& takes = prefix.octets[at];
    ranked.miss.endsEarly = at == octets.size();
    if (at == octets.size() || !takes.test(octets[at])) {
      for (size_t octet = 0; octet < takes.size(); ++octet) {
        if (takes.test(octet)) ranked.miss.expected.push_back(static_cast<uint8_t>(octet));
      }
      return ranked;
    }
    ranked.bits += 8 - std::log2(static_cast<double>(takes.count()));
  }
  return ranked;
}

bool hasSizeOf(const Pattern& pattern, const PayloadStream& stream) {
  if (stream.transport != Transport::UDP) return true;
  const uint32_t most = pattern.maximumDatagramBytes;
  return stream.datagramBytes >= pattern.minimumDatagramBytes &&
         (most == 0 || stream.datagramBytes <= most);
}

Ranked nearest(const Pattern& pattern, const PayloadStream& stream) {
  const uint32_t flags = NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
  Ranked best;
  const auto prefixes = ncore::matchPrefixes(pattern.regex, flags, LIMITS);
  if (!prefixes) return best;
  for (const ncore::MatchPrefix& prefix : *prefixes) {
    Ranked ranked = follow(prefix, stream.octets);
    if (ranked.bits > best.bits) best = std::move(ranked);
  }
  best.miss.hasOtherSize = !hasSizeOf(pattern, stream);
  return best;
}

}  // namespace

std::vector<NearMiss> findNearMisses(const SignatureSet& signatures, const PayloadStream& stream,
                                     const std::vector<ExplainedMatch>& matches) {
  std::vector<Ranked> ranked;
  for (uint32_t index = 0; index < signatures.patterns.size(); ++index) {
    const Pattern& pattern = signatures.patterns[index];
    if (partOf(pattern.transport, pattern.side) != partOf(stream.transport, stream.side)) continue;
    const auto isIt = [&](const ExplainedMatch& match) { return match.pattern == index; };
    if (std::any_of(matches.begin(), matches.end(), isIt)) continue;
    Ranked one = nearest(pattern, stream);
    one.miss.pattern = index;
    if (one.bits >= EVIDENCE_BITS_MIN) ranked.push_back(std::move(one));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& left, const Ranked& right) { return left.bits > right.bits; });
  std::vector<NearMiss> misses;
  for (Ranked& one : ranked) {
    if (misses.size() == NEAR_MISSES_MAX) break;
    misses.push_back(std::move(one.miss));
  }
  return misses;
}

}  // namespace weir
