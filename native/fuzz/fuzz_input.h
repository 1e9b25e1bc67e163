// SPDX-License-Identifier: Apache-2.0
// What the harnesses share: taking an input apart, and ending the process when something that must
// hold does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

namespace weir::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Reads an input from front to back; behind its end everything is zero.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : rest_(data, size) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  template <typename Integer>
  Integer integer() {
    Integer value{};
    const auto octets = take(sizeof value);
    if (!octets.empty()) std::memcpy(&value, octets.data(), octets.size());
    return value;
  }

  /// At most `count` octets, borrowed from the input.
  std::span<const uint8_t> take(size_t count) {
    const auto taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const uint8_t> rest_;
};

/// A copy in a block of exactly its size, so that AddressSanitizer sees who goes one octet too far.
class ExactBlock {
 public:
  explicit ExactBlock(std::span<const uint8_t> octets)
      : block_(std::make_unique<uint8_t[]>(octets.size())), size_(octets.size()) {
    std::copy(octets.begin(), octets.end(), block_.get());
  }

  [[nodiscard]] std::span<const uint8_t> view() const { return {block_.get(), size_}; }

  /// Whether `length` octets at `at` lie inside.
  [[nodiscard]] bool holds(const uint8_t* at, size_t length) const {
    const auto begin = reinterpret_cast<uintptr_t>(block_.get());
    const auto start = reinterpret_cast<uintptr_t>(at);
    return start >= begin && start - begin <= size_ && length <= size_ - (start - begin);
  }

 private:
  std::unique_ptr<uint8_t[]> block_;
  size_t size_;
};

}  // namespace weir::fuzz
