// SPDX-License-Identifier: Apache-2.0
// The encrypted handshake of RLPx, which Ethereum's nodes speak over TCP (devp2p specification;
// EIP-8): nothing of it can be read but its size and that a public key follows.
#pragma once

#include <cstdint>
#include <span>

namespace weir {

/// Whether a TCP direction's first segment is an auth or ack message: a 16-bit size in front, which
/// is exact, and an uncompressed elliptic-curve point behind it. 24 bits of evidence.
/// DNS has the same size in front, so a message with one question and such an id is none.
constexpr bool isRlpxHandshake(std::span<const uint8_t> segment) {
  constexpr size_t SIZE_OCTETS = 2;
  constexpr size_t LEAST_OCTETS = 200;  // the point, a hash, the message: 194 without padding
  constexpr size_t MOST_OCTETS = 1400;  // EIP-8 pads by 100 to 300
  constexpr uint8_t UNCOMPRESSED_POINT = 4;
  if (segment.size() < LEAST_OCTETS || segment.size() > MOST_OCTETS) return false;
  const bool isDns = (segment[4] & 0x78U) == 0 && segment[6] == 0 && segment[7] == 1;
  if (isDns) return false;
  const size_t size = size_t{segment[0]} << 8U | segment[1];
  return size == segment.size() - SIZE_OCTETS && segment[SIZE_OCTETS] == UNCOMPRESSED_POINT;
}

}  // namespace weir
