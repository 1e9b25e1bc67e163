// SPDX-License-Identifier: Apache-2.0
#include "classify/prefix_filter.h"

#include <ncore.h>
#include <pattern_evidence.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace weir {
namespace {

/// Patterns that need more, like a public key before the first octet that tells, are few.
constexpr uint32_t OCTETS_LOOKED_AT = 128;

/// How many ways to begin may be kept apart of one pattern.
constexpr ncore::PrefixLimits LIMITS[] = {
    {OCTETS_LOOKED_AT, 1}, {OCTETS_LOOKED_AT, 2}, {OCTETS_LOOKED_AT, 3},  {OCTETS_LOOKED_AT, 4},
    {OCTETS_LOOKED_AT, 6}, {OCTETS_LOOKED_AT, 8}, {OCTETS_LOOKED_AT, 12}, {OCTETS_LOOKED_AT, 16}};

uint32_t flagsOf(const Pattern& pattern) {
  return NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
}

uint32_t evidenceOf(const Pattern& pattern) {
  const auto evidence = ncore::matchEvidence(pattern.regex, flagsOf(pattern));
  return evidence && !evidence->startsAnywhere ? static_cast<uint32_t>(evidence->bits) : 0;
}

/// How matches can begin, for each of the limits; none where they can begin anywhere.
std::vector<std::vector<ncore::MatchPrefix>> readingsOf(const Pattern& pattern) {
  return ncore::matchPrefixesForEach(pattern.regex, flagsOf(pattern), LIMITS)
      .value_or(std::vector<std::vector<ncore::MatchPrefix>>{});
}

}  // namespace

PrefixFilter::PrefixFilter(const SignatureSet& signatures)
    : parts_(std::make_unique<std::array<Part, DATABASE_PARTS>>()) {
  std::array<std::vector<Splits>, DATABASE_PARTS> splits;
  // Patterns of both sides and transports stand one behind the other: each regex is read once.
  const Pattern* last = nullptr;
  Readings readings;
  for (uint32_t index = 0; index < signatures.patterns.size(); ++index) {
    const Pattern& pattern = signatures.patterns[index];
    const bool isSame =
        last != nullptr && last->regex == pattern.regex && last->caseless == pattern.caseless;
    evidenceBits_.push_back(isSame ? evidenceBits_.back() : evidenceOf(pattern));
    if (!isSame) readings = readingsOf(pattern);
    const auto part = static_cast<size_t>(partOf(pattern.transport, pattern.side));
    splits[part].push_back(splitsOf(pattern, index, readings));
    last = &pattern;
  }
  for (size_t index = 0; index < DATABASE_PARTS; ++index) {
    Part& part = (*parts_)[index];
    part.matchesAnywhere = std::any_of(splits[index].begin(), splits[index].end(),
                                       [](const Splits& one) { return one.empty(); });
    std::vector<Way> ways;
    if (!part.matchesAnywhere) ways = waysOf(splits[index]);
    share(ways);
    fill(part, ways);
    fillLengths(part, ways);
  }
}

PrefixFilter::Splits PrefixFilter::splitsOf(const Pattern& pattern, uint32_t index,
                                            const Readings& readings) {
  Splits splits;
  for (const std::vector<ncore::MatchPrefix>& prefixes : readings) {
    if (!splits.empty() && prefixes.size() == splits.back().ways.size()) continue;
    Split& split = splits.emplace_back();
    for (const ncore::MatchPrefix& prefix : prefixes) {
      Way& way = split.ways.emplace_back();
      way.pattern = index;
      way.octets = prefix.octets;
      way.leastBytes = std::max<uint64_t>(prefix.leastBytes, pattern.minimumDatagramBytes);
      if (pattern.maximumDatagramBytes != 0) way.mostBytes = pattern.maximumDatagramBytes;
      double share = 1;
      for (const OctetSet& octets : way.octets) share *= static_cast<double>(octets.count()) / 256;
      split.noise += share;
    }
  }
  return splits;
}

/// At first each pattern has one way to begin. The room that is left goes where it turns away most.
std::vector<PrefixFilter::Way> PrefixFilter::waysOf(const std::vector<Splits>& splits) {
  std::vector<size_t> chosen(splits.size(), 0);
  size_t room = WAYS_MAX - std::min(WAYS_MAX, splits.size());
  while (const auto step = bestStep(splits, chosen, room)) {
    const auto [pattern, size] = *step;
    room -= splits[pattern][size].ways.size() - splits[pattern][chosen[pattern]].ways.size();
    chosen[pattern] = size;
  }
  std::vector<Way> ways;
  for (size_t at = 0; at < splits.size(); ++at) {
    const std::vector<Way>& taken = splits[at][chosen[at]].ways;
    ways.insert(ways.end(), taken.begin(), taken.end());
  }
  return ways;
}

/// The pattern, and the split of it, that keeps out most noise for each way it takes.
std::optional<std::pair<size_t, size_t>> PrefixFilter::bestStep(const std::vector<Splits>& splits,
                                                                const std::vector<size_t>& chosen,
                                                                size_t room) {
  std::optional<std::pair<size_t, size_t>> best;
  double most = 0;
  for (size_t pattern = 0; pattern < splits.size(); ++pattern) {
    const Split& now = splits[pattern][chosen[pattern]];
    for (size_t size = chosen[pattern] + 1; size < splits[pattern].size(); ++size) {
      const Split& then = splits[pattern][size];
      if (then.ways.size() <= now.ways.size()) continue;
      const size_t added = then.ways.size() - now.ways.size();
      const double gain = (now.noise - then.noise) / static_cast<double>(added);
      if (added > room || gain <= most) continue;
      most = gain;
      best = {pattern, size};
    }
  }
  return best;
}

/// Ways beyond the bound join earlier ones: what either takes, both do.
void PrefixFilter::share(std::vector<Way>& ways) {
  for (size_t i = WAYS_MAX; i < ways.size(); ++i) {
    Way& shared = ways[i % WAYS_MAX];
    shared.pattern = SHARED;
    shared.octets.resize(std::min(shared.octets.size(), ways[i].octets.size()));
    for (size_t at = 0; at < shared.octets.size(); ++at) shared.octets[at] |= ways[i].octets[at];
    shared.leastBytes = std::min(shared.leastBytes, ways[i].leastBytes);
    shared.mostBytes = std::max(shared.mostBytes, ways[i].mostBytes);
  }
  ways.resize(std::min(ways.size(), WAYS_MAX));
}

void PrefixFilter::fill(Part& part, const std::vector<Way>& ways) {
  part.later.resize(ways.size());
  for (size_t index = 0; index < ways.size(); ++index) {
    const uint64_t bit = uint64_t{1} << (index % 64);
    part.pattern.push_back(ways[index].pattern);
    const std::vector<OctetSet>& octets = ways[index].octets;
    part.all[index / 64] |= bit;
    for (size_t at = 0; at < TABLE_OCTETS; ++at) {
      for (size_t octet = 0; octet < 256; ++octet) {
        const bool takes = at >= octets.size() || octets[at].test(octet);
        if (takes) part.takes[at][octet][index / 64] |= bit;
      }
    }
    for (size_t at = TABLE_OCTETS; at < octets.size(); ++at) {
      if (!octets[at].all()) part.later[index].emplace_back(static_cast<uint32_t>(at), octets[at]);
    }
  }
}

/// Lengths between two bounds of any way are alike.
void PrefixFilter::fillLengths(Part& part, const std::vector<Way>& ways) {
  for (size_t length = 0; length < LENGTHS; ++length) {
    const bool isLast = length + 1 == LENGTHS;
    Ways fitting{};
    for (size_t index = 0; index < ways.size(); ++index) {
      const bool isLongEnough = isLast || length >= ways[index].leastBytes;
      if (!isLongEnough || length > ways[index].mostBytes) continue;
      fitting[index / 64] |= uint64_t{1} << (index % 64);
    }
    const bool isAlike = !part.fits.empty() && part.fits.back() == fitting;
    // More classes than an octet can name: the last is of all lengths from there on.
    if (part.fits.size() == 256 && !isAlike) {
      for (size_t word = 0; word < fitting.size(); ++word) part.fits.back()[word] |= fitting[word];
    } else if (!isAlike) {
      part.fits.push_back(fitting);
    }
    part.classOfLength[length] = static_cast<uint8_t>(part.fits.size() - 1);
  }
}

Candidates PrefixFilter::candidates(const Part& part, Ways ways, std::span<const uint8_t> octets) {
  const size_t inTable = std::min(octets.size(), TABLE_OCTETS);
  for (size_t at = 0; at < inTable; ++at) {
    const Ways& takes = part.takes[at][octets[at]];
    for (size_t word = 0; word < ways.size(); ++word) ways[word] &= takes[word];
  }
  Candidates found;
  for (size_t word = 0; word < ways.size(); ++word) {
    for (uint64_t rest = ways[word]; rest != 0 && !found.areAny(); rest &= rest - 1) {
      const size_t way = word * 64 + static_cast<size_t>(std::countr_zero(rest));
      const auto& later = part.later[way];
      const bool fits = std::all_of(later.begin(), later.end(), [&](const auto& one) {
        return one.first >= octets.size() || one.second.test(octets[one.first]);
      });
      if (!fits) continue;
      if (part.pattern[way] == SHARED) return Candidates::any();
      found.add(part.pattern[way]);
    }
  }
  return found;
}

Candidates PrefixFilter::ofStream(DatabasePart part, std::span<const uint8_t> octets) const {
  const Part& patterns = (*parts_)[static_cast<size_t>(part)];
  return patterns.matchesAnywhere ? Candidates::any() : candidates(patterns, patterns.all, octets);
}

Candidates PrefixFilter::ofDatagram(DatabasePart part, std::span<const uint8_t> octets,
                                    uint32_t datagramBytes) const {
  const Part& patterns = (*parts_)[static_cast<size_t>(part)];
  if (patterns.matchesAnywhere) return Candidates::any();
  const size_t length = std::min<size_t>(datagramBytes, LENGTHS - 1);
  return candidates(patterns, patterns.fits[patterns.classOfLength[length]], octets);
}

}  // namespace weir
