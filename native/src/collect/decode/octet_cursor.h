// SPDX-License-Identifier: Apache-2.0
// Reads octets from front to back and never beyond their end: what is not there reads as zero, and
// `failed` tells it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "collect/decode/octet_order.h"

namespace weir::collect {

class OctetCursor {
 public:
  explicit OctetCursor(std::span<const uint8_t> octets) : left_(octets) {}

  uint8_t take8() { return static_cast<uint8_t>(take(1)); }
  uint16_t take16() { return static_cast<uint16_t>(take(2)); }
  uint32_t take32() { return static_cast<uint32_t>(take(4)); }
  uint64_t take64() { return take(8); }

  /// The next `count` octets; none when there are fewer.
  std::span<const uint8_t> takeOctets(size_t count) {
    if (count > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  [[nodiscard]] std::span<const uint8_t> left() const { return left_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  uint64_t take(size_t width) {
    const auto octets = takeOctets(width);
    return octets.empty() ? 0 : loadAny(octets.data(), width);
  }

  std::span<const uint8_t> left_;
  bool failed_ = false;
};

}  // namespace weir::collect
