// SPDX-License-Identifier: Apache-2.0
// Unaligned loads of integers in a byte order that is known when the file is opened.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace weir {

/// Whether the integers of a file are in this machine's byte order.
enum class ByteOrder : uint8_t { NATIVE, SWAPPED };

template <typename Integer>
inline Integer loadNative(const uint8_t* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline uint16_t load16(const uint8_t* from, ByteOrder order) {
  const auto value = loadNative<uint16_t>(from);
  return order == ByteOrder::NATIVE ? value : __builtin_bswap16(value);
}

inline uint32_t load32(const uint8_t* from, ByteOrder order) {
  const auto value = loadNative<uint32_t>(from);
  return order == ByteOrder::NATIVE ? value : __builtin_bswap32(value);
}

inline uint64_t load64(const uint8_t* from, ByteOrder order) {
  const auto value = loadNative<uint64_t>(from);
  return order == ByteOrder::NATIVE ? value : __builtin_bswap64(value);
}

/// Network byte order, as everything on the wire is.
inline constexpr ByteOrder NETWORK_ORDER =
    std::endian::native == std::endian::big ? ByteOrder::NATIVE : ByteOrder::SWAPPED;

inline uint16_t load16Be(const uint8_t* from) { return load16(from, NETWORK_ORDER); }
inline uint32_t load32Be(const uint8_t* from) { return load32(from, NETWORK_ORDER); }
inline uint64_t load64Be(const uint8_t* from) { return load64(from, NETWORK_ORDER); }

}  // namespace weir
