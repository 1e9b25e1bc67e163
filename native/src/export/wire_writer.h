// SPDX-License-Identifier: Apache-2.0
// Stores integers in network order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// The low octets of `value`, as many as its type has.
template <typename Integer>
inline void storeNetworkOrder(uint8_t* to, Integer value) {
  uint8_t octets[sizeof value];
  for (size_t i = 0; i < sizeof value; ++i) {
    octets[i] = static_cast<uint8_t>(value >> (8 * (sizeof value - 1 - i)));
  }
  std::memcpy(to, octets, sizeof value);
}

/// The low `LENGTH` octets of `value` in network order: one store for 1, 2, 4 and 8.
template <size_t LENGTH>
inline void storeBe(uint8_t* to, uint64_t value) {
  if constexpr (LENGTH == 1) {
    *to = static_cast<uint8_t>(value);
  } else if constexpr (LENGTH == 2) {
    storeNetworkOrder(to, static_cast<uint16_t>(value));
  } else if constexpr (LENGTH == 3) {
    *to = static_cast<uint8_t>(value >> 16U);
    storeNetworkOrder(to + 1, static_cast<uint16_t>(value));
  } else if constexpr (LENGTH == 4) {
    storeNetworkOrder(to, static_cast<uint32_t>(value));
  } else {
    static_assert(LENGTH == 8, "lengths that templates use");
    storeNetworkOrder(to, value);
  }
}

/// One after the other. Borrows the memory it writes to; the caller makes sure that there is room.
class WireWriter {
 public:
  explicit WireWriter(uint8_t* start) : at_(start) {}

  void put8(uint64_t value) { put<1>(value); }
  void put16(uint64_t value) { put<2>(value); }
  void put32(uint64_t value) { put<4>(value); }
  void put64(uint64_t value) { put<8>(value); }

  void putOctets(const void* octets, size_t length) {
    std::memcpy(at_, octets, length);
    at_ += length;
  }

  [[nodiscard]] uint8_t* position() const { return at_; }

 private:
  template <size_t LENGTH>
  void put(uint64_t value) {
    storeBe<LENGTH>(at_, value);
    at_ += LENGTH;
  }

  uint8_t* at_;
};

}  // namespace weir
