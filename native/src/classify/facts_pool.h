// SPDX-License-Identifier: Apache-2.0
// Keeps what flows say of themselves. Many say the same, so it is kept once. Owned by one lane.
#pragma once

#include <cstdint>
#include <map>

#include "flow/flow_label.h"

namespace weir {

class FactsPool {
 public:
  explicit FactsPool(uint32_t factsMax) : factsMax_(factsMax) {}

  /// Null when there is nothing to keep, or no room for it. Give it back as often as it was taken.
  const FlowFacts* take(const FlowFacts& facts) {
    if (facts == FlowFacts{}) return nullptr;
    auto at = users_.find(facts);
    if (at == users_.end()) {
      if (users_.size() >= factsMax_) return nullptr;
      at = users_.emplace(facts, 0).first;
    }
    ++at->second;
    return &at->first;
  }

  void giveBack(const FlowFacts* facts) {
    if (facts == nullptr) return;
    const auto at = users_.find(*facts);
    if (--at->second == 0) users_.erase(at);
  }

  [[nodiscard]] size_t size() const { return users_.size(); }

 private:
  std::map<FlowFacts, uint32_t> users_;  ///< ordered: nobody can choose names that collide
  uint32_t factsMax_;
};

}  // namespace weir
