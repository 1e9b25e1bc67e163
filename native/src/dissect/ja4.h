// SPDX-License-Identifier: Apache-2.0
// JA4, FoxIO's fingerprint of TLS clients: the same program gives the same, in whatever order it
// writes its extensions. https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md (BSD 3-Clause;
// the other methods of JA4+ are licensed otherwise and not here).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// Code points of no meaning that keep servers tolerant (RFC 8701).
constexpr bool isGrease(uint32_t value) {
  return (value & 0x0f0fU) == 0x0a0aU && value >> 8U == (value & 0xffU);
}

/// Parts of a ClientHello, with GREASE; spans are big-endian, two octets each.
struct Ja4Parts {
  char carrier = 't';    ///< t TLS over TCP, q QUIC, d DTLS
  uint16_t version = 0;  ///< the highest offered
  std::vector<uint16_t> extensions;
  std::span<const uint8_t> cipherSuites;
  std::span<const uint8_t> signatureAlgorithms;
  std::span<const uint8_t> firstAlpn;
};

/// 36 characters. Pure.
std::string ja4(const Ja4Parts& parts);

}  // namespace weir
