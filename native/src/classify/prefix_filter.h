// SPDX-License-Identifier: Apache-2.0
// Tells from the first octets of a stream that no pattern can match it, so that no engine is asked.
// Nearly all patterns are tied to the start of the stream, and most packets of traffic that is
// still undecided begin like none of them. It may err to one side only: what it turns away, no
// engine would have matched. Read-only once built, shared by all lanes.
#pragma once

#include <pattern_prefixes.h>

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "classify/candidates.h"
#include "classify/database_part.h"
#include "classify/signature.h"

namespace weir {

class PrefixFilter {
 public:
  explicit PrefixFilter(const SignatureSet& signatures);

  /// Bits that a match of `pattern` says at least: 8 for each octet that is given, 1 for one that
  /// is one of 128. 0 for a pattern that can match anywhere.
  [[nodiscard]] uint32_t evidenceBits(uint32_t pattern) const { return evidenceBits_[pattern]; }

  /// What can match a stream that begins with these octets, whatever follows them.
  [[nodiscard]] Candidates ofStream(DatabasePart part, std::span<const uint8_t> octets) const;

  /// What can match a datagram. `octets`: what is looked at of its `datagramBytes`.
  [[nodiscard]] Candidates ofDatagram(DatabasePart part, std::span<const uint8_t> octets,
                                      uint32_t datagramBytes) const;

 private:
  /// A way is how matches of one pattern can begin; large sets share them.
  static constexpr size_t WAYS_MAX = 256;
  using Ways = std::array<uint64_t, WAYS_MAX / 64>;
  using OctetSet = std::bitset<256>;

  /// Offsets with a table: random octets seldom get past so many.
  static constexpr size_t TABLE_OCTETS = 8;

  /// Datagrams at least so long are of one class.
  static constexpr size_t LENGTHS = 2048;

  static constexpr uint32_t SHARED = UINT32_MAX;

  struct Way {
    uint32_t pattern = SHARED;     ///< SHARED: of several
    std::vector<OctetSet> octets;  ///< by offset
    uint64_t leastBytes = 0;       ///< of a datagram
    uint64_t mostBytes = UINT64_MAX;
  };

  struct Part {
    bool matchesAnywhere = false;  ///< some pattern is not tied to the start: nothing can be said
    alignas(64) std::array<std::array<Ways, 256>, TABLE_OCTETS> takes{};  ///< by offset and octet
    std::array<uint8_t, LENGTHS> classOfLength{};
    std::vector<Ways> fits;  ///< by class of length
    Ways all{};
    std::vector<uint32_t> pattern;  ///< by way
    std::vector<std::vector<std::pair<uint32_t, OctetSet>>>
        later;  ///< by way: offsets past `takes`
  };

  /// A pattern's ways to begin, when so many are kept apart.
  struct Split {
    std::vector<Way> ways;
    double noise = 0;  ///< the share of random streams that begin so
  };

  /// Of one pattern, from few ways to many; none for one that can match anywhere.
  using Splits = std::vector<Split>;
  using Readings = std::vector<std::vector<ncore::MatchPrefix>>;

  static Splits splitsOf(const Pattern& pattern, uint32_t index, const Readings& readings);
  static std::vector<Way> waysOf(const std::vector<Splits>& splits);
  static std::optional<std::pair<size_t, size_t>> bestStep(const std::vector<Splits>& splits,
                                                           const std::vector<size_t>& chosen,
                                                           size_t room);
  static void share(std::vector<Way>& ways);
  static void fill(Part& part, const std::vector<Way>& ways);
  static void fillLengths(Part& part, const std::vector<Way>& ways);
  static Candidates candidates(const Part& part, Ways ways, std::span<const uint8_t> octets);

  std::unique_ptr<std::array<Part, DATABASE_PARTS>> parts_;
  std::vector<uint32_t> evidenceBits_;  ///< by pattern
};

}  // namespace weir
