// SPDX-License-Identifier: Apache-2.0
// The few patterns that can match a stream, where so much is known of it: an engine may look for
// these alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

class Candidates {
 public:
  static constexpr size_t MAX = 4;

  /// Any pattern: nothing is known.
  static Candidates any() {
    Candidates candidates;
    candidates.count_ = ANY;
    return candidates;
  }

  /// `pattern` is an index in SignatureSet::patterns. More than MAX, or one that 16 bits do not
  /// hold, are as good as any.
  void add(uint32_t pattern) {
    if (count_ == ANY || (count_ != 0 && patterns_[count_ - 1U] == pattern)) return;
    if (count_ == MAX || pattern > UINT16_MAX) {
      count_ = ANY;
    } else {
      patterns_[count_++] = static_cast<uint16_t>(pattern);
    }
  }

  [[nodiscard]] bool areNone() const { return count_ == 0; }
  [[nodiscard]] bool areAny() const { return count_ == ANY; }

  /// Unless they are any.
  [[nodiscard]] std::span<const uint16_t> patterns() const { return {patterns_.data(), count_}; }

 private:
  static constexpr uint8_t ANY = UINT8_MAX;

  std::array<uint16_t, MAX> patterns_{};
  uint8_t count_ = 0;
};

}  // namespace weir
