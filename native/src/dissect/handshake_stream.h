// SPDX-License-Identifier: Apache-2.0
// Puts together a handshake that comes in pieces in any order: in QUIC's CRYPTO frames (RFC 9000
// 19.6) and in DTLS's fragments (RFC 6347 4.2.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Of octets that come twice the first count. Memory grows with what comes, to 8 KiB.
class HandshakeStream {
 public:
  static constexpr size_t BYTES_MAX = 8192;
  static constexpr size_t GAPS_MAX = 64;  ///< pieces that would make more are left out

  void add(uint64_t offset, std::span<const uint8_t> octets);

  /// What is there from the start on without a gap.
  [[nodiscard]] std::span<const uint8_t> contiguous() const;

 private:
  struct Range {
    size_t begin;
    size_t end;
  };

  std::vector<uint8_t> octets_;
  std::vector<Range> ranges_;  ///< that are there; in order, with gaps between
};

}  // namespace weir
