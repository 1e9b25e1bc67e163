// SPDX-License-Identifier: Apache-2.0
// How a lane's counters reach other threads: relaxed stores of words, no lock, no
// read-modify-write.
#pragma once

#include <array>
#include <atomic>
#include <bit>

#include "lane/lane_counters.h"

namespace weir {

/// One writer (the lane), any number of readers. A reader may see words of two neighbouring
/// publications; after the lane has been joined it sees the last one.
class PublishedCounters {
 public:
  void publish(const LaneCounters& counters) {
    const auto words = std::bit_cast<Words>(counters);
    for (size_t i = 0; i < words.size(); ++i) words_[i].store(words[i], std::memory_order_relaxed);
  }

  [[nodiscard]] LaneCounters read() const {
    Words words;
    for (size_t i = 0; i < words.size(); ++i) words[i] = words_[i].load(std::memory_order_relaxed);
    return std::bit_cast<LaneCounters>(words);
  }

 private:
  static constexpr size_t WORDS = sizeof(LaneCounters) / sizeof(uint64_t);
  using Words = std::array<uint64_t, WORDS>;

  std::array<std::atomic<uint64_t>, WORDS> words_{};
};

}  // namespace weir
