// SPDX-License-Identifier: Apache-2.0
// What databases and stream states are written in: little-endian numbers, numbers of seven bits a
// byte, and a hash at the end that tells damage. Reading never goes past the end. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::ncore {

constexpr uint64_t HASH_EMPTY = 0xcbf29ce484222325;

// FNV-1a, then mixed so that all bits tell. Against accidents, not against forgery.
inline uint64_t hashBytes(std::span<const uint8_t> bytes, uint64_t hash = HASH_EMPTY) {
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  return hash ^ (hash >> 33);
}

class ByteWriter {
 public:
  explicit ByteWriter(std::vector<uint8_t>& bytes) : bytes_(bytes) {}

  void fixed(uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  void varied(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<uint8_t>(value));
  }
  void append(std::span<const uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  // Last.
  void seal() { fixed(hashBytes(bytes_), sizeof(uint64_t)); }

 private:
  std::vector<uint8_t>& bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : left_(bytes) {}

  // Takes the seal off; false when it does not fit the bytes before it.
  bool unseal() {
    if (left_.size() < sizeof(uint64_t)) return false;
    const auto sealed = left_.first(left_.size() - sizeof(uint64_t));
    const uint64_t seal = ByteReader(left_.last(sizeof(uint64_t))).fixed(sizeof(uint64_t));
    left_ = sealed;
    return seal == hashBytes(sealed);
  }

  // 0, and not ok() from then on, where there is too little.
  uint64_t fixed(size_t width) {
    const auto bytes = take(width);
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
    return value;
  }
  uint64_t varied() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint64_t byte = fixed(1);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::span<const uint8_t> take(size_t count) {
    if (count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  bool ok() const { return ok_; }
  bool atEnd() const { return left_.empty(); }

 private:
  std::span<const uint8_t> left_;
  bool ok_ = true;
};

}  // namespace weir::ncore
