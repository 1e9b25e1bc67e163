// SPDX-License-Identifier: Apache-2.0
// Integers in wire order, read from and written to octets that need not be aligned.
#pragma once

#include <cstdint>

namespace bench {

inline uint16_t readBe16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

inline uint32_t readBe32(const uint8_t* at) {
  return static_cast<uint32_t>(readBe16(at)) << 16 | readBe16(at + 2);
}

/// An unsigned integer of 1 to 8 octets.
inline uint64_t readBe(const uint8_t* at, uint32_t length) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < length; ++i) value = value << 8 | at[i];
  return value;
}

inline void writeBe16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

inline void writeBe(uint8_t* at, uint64_t value, uint32_t length) {
  for (uint32_t i = length; i > 0; --i, value >>= 8) at[i - 1] = static_cast<uint8_t>(value);
}

/// SplitMix64: the same "random" numbers in each run, so that a trace can be made again.
inline uint64_t scramble(uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace bench
