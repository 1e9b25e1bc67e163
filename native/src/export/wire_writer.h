// SPDX-License-Identifier: Apache-2.0
// Writes integers in network order one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// Borrows the memory it writes to; the caller makes sure that there is room.
class WireWriter {
 public:
  explicit WireWriter(uint8_t* start) : at_(start) {}

  void put8(uint64_t value) { *at_++ = static_cast<uint8_t>(value); }
  void put16(uint64_t value) { putBytes(value, 2); }
  void put32(uint64_t value) { putBytes(value, 4); }
  void put64(uint64_t value) { putBytes(value, 8); }

  void putOctets(const void* octets, size_t length) {
    std::memcpy(at_, octets, length);
    at_ += length;
  }

  /// Text cut or filled with zero octets to exactly `length`.
  void putPadded(const char* text, size_t textLength, size_t length) {
    const size_t kept = textLength < length ? textLength : length;
    std::memcpy(at_, text, kept);
    std::memset(at_ + kept, 0, length - kept);
    at_ += length;
  }

  [[nodiscard]] uint8_t* position() const { return at_; }

 private:
  void putBytes(uint64_t value, size_t count) {
    for (size_t shift = count; shift-- > 0;) *at_++ = static_cast<uint8_t>(value >> (8 * shift));
  }

  uint8_t* at_;
};

}  // namespace weir
