// SPDX-License-Identifier: Apache-2.0
// Several engines for one signature set: what stands first matches, and when it fails the next
// takes its work over without losing any. See FailoverMatcher.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "classify/engine_use.h"
#include "classify/matcher.h"

namespace weir {

/// Any thread. All engines that are to be had are compiled beforehand, so
/// that no lane ever waits for one.
class EngineOrder final : public MatcherDatabase {
 public:
  /// By rank; null: not to be had.
  using Databases = std::vector<std::shared_ptr<const MatcherDatabase>>;

  /// Throws SignatureError, and EngineError when no engine of the order is to be had.
  EngineOrder(EngineOptions options, SignatureSet set, const DatabaseCache& cache,
              std::shared_ptr<EngineTotals> totals);

  /// With engines that are open already.
  EngineOrder(EngineOptions options, SignatureSet set, Databases databases,
              std::shared_ptr<EngineTotals> totals);

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;
  void refuseCostly(const DatabaseCache& cache) const override;
  [[nodiscard]] size_t streamStateBytes(DatabasePart part) const override;
  [[nodiscard]] const EngineUse* use() const override { return &use_; }

  /// The same order with engines opened again that were not to be had or have failed; null when
  /// none of them came back.
  [[nodiscard]] std::shared_ptr<const EngineOrder> reopened(const DatabaseCache& cache) const;

  [[nodiscard]] const EngineOptions& options() const { return options_; }

  /// Null when it is not to be had.
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> database(size_t rank) const;

 private:
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> open(size_t rank,
                                                            const DatabaseCache& cache) const;

  /// Closes a failed device that no lane uses any more: some cannot be opened twice.
  void letGoOfFailed(size_t rank) const;

  const EngineOptions options_;
  mutable std::mutex mutex_;  ///< of databases_, which lanes ask for when one fails
  mutable Databases databases_;
  EngineUse use_;
};

/// An EngineOrder, or the one engine itself where there is only one and it cannot fail. Throws as
/// EngineOrder does.
std::shared_ptr<const MatcherDatabase> createEngines(const EngineOptions& options,
                                                     SignatureSet signatures,
                                                     const DatabaseCache& cache,
                                                     std::shared_ptr<EngineTotals> totals);

}  // namespace weir
