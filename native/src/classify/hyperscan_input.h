// SPDX-License-Identifier: Apache-2.0
// Octets as Hyperscan may be given them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Some of Hyperscan's searches for literals read a vector's length behind the octets they are
/// given (5.4.0 with AVX-512 VBMI does). Behind the last packet of a capture ring there is nothing
/// that may be read: octets that end close to the border of a page are scanned in a copy.
class HyperscanInput {
 public:
  [[nodiscard]] static bool hasRoomBehind(std::span<const uint8_t> octets) {
    if (octets.empty()) return true;
    const size_t last = reinterpret_cast<uintptr_t>(octets.data() + octets.size()) - 1;
    return last % PAGE_BYTES_LEAST + VECTOR_BYTES < PAGE_BYTES_LEAST;
  }

  /// Valid until the next call.
  std::span<const uint8_t> copyOf(std::span<const uint8_t> octets) {
    copy_.reserve(octets.size() + VECTOR_BYTES);
    copy_.assign(octets.begin(), octets.end());
    return copy_;
  }

  /// The octets, or a copy of them, valid until the next call.
  std::span<const uint8_t> of(std::span<const uint8_t> octets) {
    return hasRoomBehind(octets) ? octets : copyOf(octets);
  }

 private:
  static constexpr size_t VECTOR_BYTES = 64;
  static constexpr size_t PAGE_BYTES_LEAST = 4096;

  std::vector<uint8_t> copy_;
};

}  // namespace weir
