// SPDX-License-Identifier: Apache-2.0
// The versions of QUIC whose first packets can be read, and what tells them apart.
#pragma once

#include <array>
#include <cstdint>

namespace weir {

/// What the handshake of a version consists of.
enum class QuicHandshake : uint8_t { TLS, GOOGLE };

/// How a version writes frames: as RFC 9000 does, or as Google did before.
enum class QuicFrames : uint8_t { STANDARD, GOOGLE };

struct QuicVersion {
  uint32_t first;  ///< versions from this one…
  uint32_t last;   ///< … to this one
  std::array<uint8_t, 20> salt;
  QuicHandshake handshake = QuicHandshake::TLS;
  QuicFrames frames = QuicFrames::STANDARD;
  /// Version 2 has other labels and counts packet types from 1 (RFC 9369 3.2, 3.3.2).
  bool isVersion2 = false;
};

/// Null for versions that are not known.
const QuicVersion* findQuicVersion(uint32_t version);

/// Versions that clients offer to be answered with a list of real ones (RFC 9000 15).
constexpr bool isReservedQuicVersion(uint32_t version) {
  return (version & 0x0f0f0f0fU) == 0x0a0a0a0aU;
}

}  // namespace weir
