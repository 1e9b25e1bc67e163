// SPDX-License-Identifier: Apache-2.0
// Several engines for one signature set: what stands first matches, and when it fails the next
// takes its work over without losing any. See FailoverMatcher.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "classify/engine_use.h"
#include "classify/matcher.h"
#include "classify/open_device.h"
#include "classify/standby_matchers.h"

namespace weir {

/// Any thread. All engines that are to be had are compiled beforehand, and each lane has a queue on
/// each device before it needs one, so that no lane ever waits for a device; what takes long to
/// close is closed by who calls `closeLeft`.
class EngineOrder final : public MatcherDatabase {
 public:
  /// By rank; null: not to be had.
  using Databases = std::vector<std::shared_ptr<const MatcherDatabase>>;

  /// Throws SignatureError, and EngineError when no engine of the order is to be had.
  EngineOrder(EngineOptions options, SignatureSet set, const DatabaseCache& cache,
              std::shared_ptr<EngineTotals> totals, std::shared_ptr<OpenDevices> devices);

  /// With engines that are open already.
  EngineOrder(EngineOptions options, SignatureSet set, Databases databases,
              std::shared_ptr<EngineTotals> totals);

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;
  void refuseCostly(const DatabaseCache& cache) const override;
  [[nodiscard]] size_t streamStateBytes(DatabasePart part) const override;
  [[nodiscard]] const EngineUse* use() const override { return &use_; }

  /// Engines that were not to be had or have failed are opened again where that may help, with a
  /// queue for each lane, and offered to the lanes, which come back to them by themselves; whether
  /// there were any. What has no room stays as it is. Takes as long as compiling does; one thread
  /// at a time.
  [[nodiscard]] bool revive(const DatabaseCache& cache) const;

  /// Grows with each engine that is offered again.
  [[nodiscard]] uint64_t offers() const { return offers_.load(std::memory_order_acquire); }
  /// The number of the engine's last offer; 0: there was none.
  [[nodiscard]] uint64_t offerOf(size_t rank) const;

  /// What a lane met on `database`; whether that is the order's. Of one that was let go of it is
  /// counted only: it says nothing of its successor.
  bool noteFailure(size_t rank, const std::shared_ptr<const MatcherDatabase>& database,
                   const EngineError& error) const;

  /// Whether another try cannot mend its failure.
  [[nodiscard]] bool isFinal(size_t rank) const;

  /// Before a reload: what has failed is closed, and the reload opens it anew.
  void letGoOfFailed() const;

  /// What a lane goes to: on a device, what was opened ahead of time for it. None, when there is no
  /// room for the lane; that is noted. No thread that counts packets waits for a device here.
  [[nodiscard]] LaneEngine engineFor(StandbyMatchers& lane, size_t rank) const;
  /// Queues that lanes have taken are opened for them anew, for the next time. As long as devices
  /// let one wait.
  void openStandbys() const;

  /// What a lane does not use any more.
  void leave(LaneEngine engine) const;
  /// May take as long as a device that has failed lets one wait.
  void closeLeft() const;

  [[nodiscard]] const EngineOptions& options() const { return options_; }

  /// Of an engine that completes at once: it matches again what a device cuts short. Null: there
  /// is none.
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> software() const;

  /// Null when it is not to be had.
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> database(size_t rank) const;

 private:
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> open(size_t rank,
                                                            const DatabaseCache& cache) const;
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> load(std::shared_ptr<OpenDevice> device,
                                                            const DatabaseCache& cache) const;
  [[nodiscard]] DeviceOptions deviceOptions(size_t rank) const;
  void openSoftware(const DatabaseCache& cache);

  void openStandby(StandbyMatchers& lane, size_t rank) const;
  [[nodiscard]] LaneEngine make(size_t rank, uint32_t streamSlots) const;
  [[nodiscard]] std::vector<std::shared_ptr<StandbyMatchers>> lanes() const;

  [[nodiscard]] bool reviveRank(size_t rank, const DatabaseCache& cache) const;
  [[nodiscard]] bool isGone(size_t rank) const;
  void letGoIfGone(size_t rank) const;
  void offer(size_t rank) const;
  void setDatabase(size_t rank, std::shared_ptr<const MatcherDatabase> database) const;

  const EngineOptions options_;
  const std::shared_ptr<OpenDevices> devices_ = std::make_shared<OpenDevices>();
  std::shared_ptr<const MatcherDatabase> software_;  ///< null: it stands in the order, or nowhere
  mutable std::mutex mutex_;                         ///< of the next four
  mutable Databases databases_;
  mutable std::vector<uint64_t> offerOf_;
  mutable std::vector<LaneEngine> left_;
  mutable std::vector<std::weak_ptr<StandbyMatchers>> lanes_;
  mutable std::atomic<uint64_t> offers_{0};
  EngineUse use_;
};

/// An EngineOrder, or the one engine itself where there is only one and it cannot fail. `devices`:
/// of the orders before with the same options. Throws as EngineOrder does.
std::shared_ptr<const MatcherDatabase> createEngines(
    const EngineOptions& options, SignatureSet signatures, const DatabaseCache& cache,
    std::shared_ptr<EngineTotals> totals,
    std::shared_ptr<OpenDevices> devices = std::make_shared<OpenDevices>());

}  // namespace weir
