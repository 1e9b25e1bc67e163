// SPDX-License-Identifier: Apache-2.0
// Hyperscan as one would use it without Weir, as the ruler: a streaming database for each side of
// TCP, one in block mode for each side of UDP, compiled of the same regexes with the same flags.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "classify/database_part.h"
#include "classify/hyperscan_handles.h"
#include "payload_heads.h"

namespace bench {

enum class RawUntil : uint8_t {
  THE_END,     ///< every octet of every head
  FIRST_MATCH  ///< in any direction of the flow: what comes then is not scanned
};

class RawHyperscan {
 public:
  /// Throws std::runtime_error for a regex that does not compile.
  explicit RawHyperscan(const weir::SignatureSet& signatures);
  ~RawHyperscan();
  RawHyperscan(const RawHyperscan&) = delete;
  RawHyperscan& operator=(const RawHyperscan&) = delete;

  struct Result {
    uint64_t scannedOctets = 0;
    uint64_t matchedFlows = 0;  ///< bounds of a datagram's length are not looked at
  };

  /// Streams are opened anew by a reset, and reset where the head of their direction ends.
  Result scan(const PayloadHeads& heads, RawUntil until);

 private:
  void scanPiece(const HeadPiece& piece, weir::DatabasePart part, bool& isMatched, RawUntil until);
  hs_stream_t* take(weir::DatabasePart part);

  std::array<weir::HsDatabasePtr, weir::DATABASE_PARTS> databases_;
  weir::HsScratchPtr scratch_;
  std::array<std::vector<hs_stream_t*>, weir::DATABASE_PARTS> free_;
  std::vector<hs_stream_t*> streams_;  ///< by flow and side
};

}  // namespace bench
