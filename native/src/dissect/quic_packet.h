// SPDX-License-Identifier: Apache-2.0
// Packets of QUIC with a long header (RFC 9000 17.2), as far as they can be read without keys.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dissect/quic_version.h"

namespace weir {

/// As version 1 counts them.
enum class QuicPacketType : uint8_t { INITIAL, ZERO_RTT, HANDSHAKE, RETRY };

struct QuicLongPacket {
  const QuicVersion* version = nullptr;
  QuicPacketType type = QuicPacketType::INITIAL;
  std::span<const uint8_t> destinationId;
  std::span<const uint8_t> octets;  ///< from the first octet to the packet's end
  size_t packetNumberAt = 0;        ///< in `octets`
};

/// The version field of a datagram that begins with a long header.
std::optional<uint32_t> quicVersionField(std::span<const uint8_t> datagram);

/// Takes the first packet off `rest`. Nothing: there is none of a known version that a client sends
/// and that lies inside.
std::optional<QuicLongPacket> takeQuicLongPacket(std::span<const uint8_t>& rest);

/// Reads integers of variable length (RFC 9000 16) and octets; past the end everything reads as
/// zero and empty.
class QuicReader {
 public:
  explicit QuicReader(std::span<const uint8_t> octets) : octets_(octets) {}

  [[nodiscard]] bool isSound() const { return isSound_; }
  [[nodiscard]] bool isAtEnd() const { return at_ == octets_.size(); }
  [[nodiscard]] size_t position() const { return at_; }

  uint64_t variableInteger() {
    const auto start = take(1);
    if (start.empty()) return 0;
    uint64_t value = start[0] & 0x3fU;
    for (const uint8_t octet : take((size_t{1} << (start[0] >> 6U)) - 1))
      value = value << 8U | octet;
    return value;
  }

  std::span<const uint8_t> take(uint64_t bytes) {
    if (bytes > octets_.size() - at_) isSound_ = false;
    if (!isSound_) return {};
    const auto taken = octets_.subspan(at_, static_cast<size_t>(bytes));
    at_ += taken.size();
    return taken;
  }

  /// PADDING frames: a client's first datagram is mostly those.
  void skipZeros() {
    while (at_ < octets_.size() && octets_[at_] == 0) ++at_;
  }

  /// Octets in front of which their number stands in one octet.
  std::span<const uint8_t> connectionId() {
    const auto length = take(1);
    return length.empty() ? length : take(length[0]);
  }

 private:
  std::span<const uint8_t> octets_;
  size_t at_ = 0;
  bool isSound_ = true;
};

}  // namespace weir
