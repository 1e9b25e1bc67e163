// SPDX-License-Identifier: Apache-2.0
// The labels of a lane's named flows. A flow's entry holds the number of its label.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "flow/flow_label.h"

namespace weir {

class FlowLabels {
 public:
  static constexpr uint32_t NO_LABEL = 0;

  uint32_t add(const FlowLabel& label) {
    if (free_.empty()) grow();
    const uint32_t number = free_.back();
    free_.pop_back();
    at(number) = label;
    return number;
  }

  void remove(uint32_t number) { free_.push_back(number); }

  [[nodiscard]] const FlowLabel& operator[](uint32_t number) const {
    return chunks_[number / CHUNK_LABELS][number % CHUNK_LABELS];
  }

  [[nodiscard]] size_t used() const { return chunks_.size() * CHUNK_LABELS - free_.size(); }

 private:
  static constexpr uint32_t CHUNK_LABELS = 1024;

  FlowLabel& at(uint32_t number) { return chunks_[number / CHUNK_LABELS][number % CHUNK_LABELS]; }

  void grow() {
    const auto first = static_cast<uint32_t>(chunks_.size() * CHUNK_LABELS);
    chunks_.push_back(std::make_unique<FlowLabel[]>(CHUNK_LABELS));
    free_.reserve(chunks_.size() * CHUNK_LABELS);
    for (uint32_t number = first + CHUNK_LABELS; number-- > first;) {
      if (number != NO_LABEL) free_.push_back(number);
    }
  }

  std::vector<std::unique_ptr<FlowLabel[]>> chunks_;  ///< they never move
  std::vector<uint32_t> free_;
};

}  // namespace weir
