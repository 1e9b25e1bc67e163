// SPDX-License-Identifier: Apache-2.0
// Reads a structure whose length is known while perhaps only its first octets are there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dissect/reading.h"

namespace weir {

/// Integers and vectors as TLS writes them (RFC 8446 3.3, 3.4). What does not lie inside the
/// structure makes the reading NOT_THIS, what is only not there yet NEEDS_MORE; after either
/// everything reads as zero and empty. Borrows the octets.
class PartialReader {
 public:
  /// A structure of `lengthBytes`, of which `octets` are there.
  PartialReader(std::span<const uint8_t> octets, size_t lengthBytes)
      : octets_(octets.first(std::min(octets.size(), lengthBytes))), lengthBytes_(lengthBytes) {}
  explicit PartialReader(std::span<const uint8_t> octets) : PartialReader(octets, octets.size()) {}

  /// COMPLETE as long as all that was asked for is there.
  [[nodiscard]] Reading reading() const { return reading_; }
  [[nodiscard]] bool isSound() const { return reading_ == Reading::COMPLETE; }

  /// Octets that the structure still has, there or not.
  [[nodiscard]] size_t remainingBytes() const { return lengthBytes_ - at_; }
  /// Those of them that are there.
  [[nodiscard]] std::span<const uint8_t> rest() const {
    return octets_.subspan(std::min(at_, octets_.size()));
  }

  /// Big-endian, of 1 to 4 octets.
  uint32_t integer(size_t bytes) {
    uint32_t value = 0;
    for (const uint8_t octet : take(bytes)) value = value << 8U | octet;
    return value;
  }

  /// All `bytes` of them, or none.
  std::span<const uint8_t> take(size_t bytes) {
    if (!skip(bytes)) return {};
    if (at_ > octets_.size()) {
      reading_ = Reading::NEEDS_MORE;
      return {};
    }
    return octets_.subspan(at_ - bytes, bytes);
  }

  /// Whether so many are part of the structure; they need not be there.
  bool skip(size_t bytes) {
    if (isSound() && bytes > remainingBytes()) reading_ = Reading::NOT_THIS;
    if (isSound()) at_ += bytes;
    return isSound();
  }

  /// A vector whose length stands in `lengthFieldBytes`, all there.
  std::span<const uint8_t> vector(size_t lengthFieldBytes) {
    return take(integer(lengthFieldBytes));
  }

  /// A vector that may be there in part.
  PartialReader partialVector(size_t lengthFieldBytes) {
    const size_t bytes = integer(lengthFieldBytes);
    const auto octets = rest();
    return skip(bytes) ? PartialReader(octets, bytes) : PartialReader({}, 0);
  }

 private:
  std::span<const uint8_t> octets_;
  size_t lengthBytes_;
  size_t at_ = 0;
  Reading reading_ = Reading::COMPLETE;
};

}  // namespace weir
