// SPDX-License-Identifier: Apache-2.0
// What Hyperscan compiles a signature set into: for each part a database of the patterns that match
// as octets come, and for each part of streams one of the patterns that can match at the end of the
// data. Read-only once built, for all lanes.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "classify/database_cache.h"
#include "classify/hyperscan_handles.h"
#include "classify/hyperscan_singles.h"
#include "classify/matcher.h"

namespace weir {

constexpr bool isStreaming(DatabasePart part) {
  return part == DatabasePart::TCP_CLIENT || part == DatabasePart::TCP_SERVER;
}

class HyperscanDatabase final : public MatcherDatabase {
 public:
  /// By DatabasePart; null for a part without patterns, which Hyperscan does not compile.
  using Parts = std::array<HsDatabasePtr, DATABASE_PARTS>;

  HyperscanDatabase(SignatureSet set, const DatabaseCache& cache);

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;
  void refuseCostly(const DatabaseCache& cache) const override;
  [[nodiscard]] size_t streamStateBytes(DatabasePart part) const override;

  [[nodiscard]] const HyperscanSingles& singles() const { return *singles_; }

  /// Of datagrams: all patterns. Of streams: those that cannot match at an end of data.
  [[nodiscard]] const Parts& asDataComes() const { return asDataComes_; }

  /// Of streams: the patterns with '$' and its kin.
  [[nodiscard]] const Parts& atEndOfData() const { return atEndOfData_; }

  /// By index in SignatureSet::patterns.
  [[nodiscard]] bool matchesAtEnd(uint32_t pattern) const { return matchesAtEnd_[pattern]; }

 private:
  enum class Matches : uint8_t { AS_DATA_COMES, AT_END_OF_DATA };
  struct PartPatterns;

  [[nodiscard]] PartPatterns patternsOf(DatabasePart part, Matches matches) const;
  [[nodiscard]] HsDatabasePtr loadOrCompile(const PartPatterns& patterns,
                                            const DatabaseCache& cache) const;
  [[nodiscard]] HsDatabasePtr compile(const PartPatterns& part) const;

  std::vector<bool> matchesAtEnd_;  ///< by pattern
  Parts asDataComes_;
  Parts atEndOfData_;
  std::optional<HyperscanSingles> singles_;
};

}  // namespace weir
