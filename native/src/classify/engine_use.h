// SPDX-License-Identifier: Apache-2.0
// What became of the engines of an order: which are at work, why others are not. Written by lanes
// when one of them moves to the next engine, read by the control thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "classify/engine.h"
#include "classify/engine_failure.h"

namespace weir {

/// Since the probe started, over all reloads and all lanes. Words that lanes add to now and then.
struct EngineTotals {
  std::array<std::atomic<uint64_t>, static_cast<size_t>(EngineFailure::COUNT)> failures{};
  std::atomic<uint64_t> refedStreams{0};       ///< given to the next engine from their start
  std::atomic<uint64_t> lostStreams{0};        ///< not so, since their start was not kept
  std::atomic<uint64_t> redoneRequests{0};     ///< cut short by a device, matched again beside it
  std::atomic<uint64_t> cutRequests{0};        ///< the same, where that is not possible
  std::atomic<uint64_t> unmatchedRequests{0};  ///< no engine was left
  std::atomic<uint64_t> journalBytes{0};       ///< at this moment: kept to be fed again
};

/// One engine of the order as it is now.
struct EngineState {
  std::string name;
  uint64_t matchers = 0;                        ///< of lanes that use it
  EngineFailure failure = EngineFailure::NONE;  ///< the last
  std::string reason;                           ///< of that, in words; "": no more is known
};

/// Any thread.
class EngineUse {
 public:
  EngineUse(const std::vector<EngineChoice>& order, std::shared_ptr<EngineTotals> totals)
      : totals_(std::move(totals)) {
    for (const EngineChoice& choice : order) ranks_.emplace_back().choice = choice;
  }

  void noteFailure(size_t rank, const EngineError& error) const {
    setFailure(rank, error.failure(), error.what());
    countFailure(error.failure());
  }
  /// Of one that is not the order's any more.
  void countFailure(EngineFailure failure) const {
    ++totals_->failures[static_cast<size_t>(failure)];
  }
  /// Why it is out of use still. Not counted: it did not fail again.
  void setFailure(size_t rank, EngineFailure failure, std::string reason) const {
    const std::lock_guard lock(reasonsMutex_);
    ranks_[rank].reason = std::move(reason);
    ranks_[rank].failure = failure;
  }
  /// Those to whom it was lost may try again.
  void forgetFailure(size_t rank) const { setFailure(rank, EngineFailure::NONE, ""); }
  void enter(size_t rank) const { ++ranks_[rank].matchers; }
  void leave(size_t rank) const { --ranks_[rank].matchers; }

  [[nodiscard]] EngineFailure failure(size_t rank) const {
    return ranks_[rank].failure.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool hasFailed(size_t rank) const { return failure(rank) != EngineFailure::NONE; }
  [[nodiscard]] bool isUsed(size_t rank) const { return ranks_[rank].matchers != 0; }
  /// Of all engines.
  [[nodiscard]] uint64_t matchers() const {
    uint64_t sum = 0;
    for (const Rank& rank : ranks_) sum += rank.matchers;
    return sum;
  }
  [[nodiscard]] std::vector<EngineState> states() const {
    std::vector<EngineState> states;
    const std::lock_guard lock(reasonsMutex_);
    for (const Rank& rank : ranks_)
      states.push_back({nameOf(rank.choice), rank.matchers, rank.failure, rank.reason});
    return states;
  }
  [[nodiscard]] const std::shared_ptr<EngineTotals>& totals() const { return totals_; }

 private:
  struct Rank {
    EngineChoice choice;
    mutable std::string reason;
    mutable std::atomic<EngineFailure> failure{EngineFailure::NONE};
    mutable std::atomic<uint64_t> matchers{0};
  };
  mutable std::mutex reasonsMutex_;
  std::deque<Rank> ranks_;
  const std::shared_ptr<EngineTotals> totals_;
};

}  // namespace weir
