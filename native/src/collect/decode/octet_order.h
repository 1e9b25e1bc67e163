// SPDX-License-Identifier: Apache-2.0
// Loads of integers in network byte order at any place. Callers have checked that they lie inside.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::collect {

template <size_t WIDTH>
inline uint64_t loadBe(const uint8_t* from) {
  if constexpr (WIDTH == 1) {
    return *from;
  } else if constexpr (WIDTH == 2) {
    uint16_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap16(value);
  } else if constexpr (WIDTH == 4) {
    uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap32(value);
  } else {
    static_assert(WIDTH == 8);
    uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
  }
}

inline uint16_t load16(const uint8_t* from) { return static_cast<uint16_t>(loadBe<2>(from)); }
inline uint32_t load32(const uint8_t* from) { return static_cast<uint32_t>(loadBe<4>(from)); }

/// An integer of any width; of one over 8 octets the last 8 count.
inline uint64_t loadAny(const uint8_t* from, size_t width) {
  uint64_t value = 0;
  for (size_t i = width - std::min<size_t>(width, 8); i < width; ++i) value = value << 8U | from[i];
  return value;
}

}  // namespace weir::collect
