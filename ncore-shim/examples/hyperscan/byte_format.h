// SPDX-License-Identifier: Apache-2.0
// Saved databases and stream states as bytes: numbers in little endian, and a checksum at the end,
// since Hyperscan does not check what it unpacks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hyperscan_device {

// FNV-1a, 64 bits.
inline uint64_t digestOf(std::string_view bytes) {
  uint64_t digest = 0xcbf29ce484222325u;
  for (const char c : bytes) digest = (digest ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return digest;
}

class ByteWriter {
 public:
  void number(uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(value >> shift);
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }
  std::string sealed() && {
    number(digestOf(bytes_));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// After the first read beyond the end all reads give 0 and "", and isWhole() is false.
class ByteReader {
 public:
  // Nothing for bytes that sealed() has not given.
  static std::optional<ByteReader> open(std::string_view sealed) {
    if (sealed.size() < 8) return std::nullopt;
    const std::string_view content = sealed.substr(0, sealed.size() - 8);
    ByteReader seal(sealed.substr(content.size()));
    if (seal.number() != digestOf(content)) return std::nullopt;
    return ByteReader(content);
  }

  uint64_t number() {
    const std::string_view bytes = take(8);
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    return value;
  }
  std::string_view text() { return take(number()); }
  [[nodiscard]] bool isWhole() const { return !isShort_ && rest_.empty(); }
  [[nodiscard]] bool isShort() const { return isShort_; }

 private:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(uint64_t length) {
    isShort_ |= length > rest_.size();
    if (isShort_) return {};
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
  bool isShort_ = false;
};

}  // namespace hyperscan_device
