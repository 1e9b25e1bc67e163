// SPDX-License-Identifier: Apache-2.0
// The first octets of all flows of a capture, each as long as classification looks at it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "classify/database_part.h"
#include "inspect/capture_walk.h"

namespace weir {

/// The octets of a TCP direction, or of a datagram.
struct PayloadHead {
  std::vector<uint8_t> octets;
  uint32_t payloadLengthBytes = 0;  ///< of the datagram
};

struct PayloadHeads {
  std::array<std::vector<PayloadHead>, DATABASE_PARTS> parts;

  [[nodiscard]] uint64_t octetsOf(size_t part) const {
    uint64_t octets = 0;
    for (const PayloadHead& head : parts[part]) octets += head.octets.size();
    return octets;
  }
};

/// At most 64 MiB of them; the others are left out. Throws CaptureError.
PayloadHeads collectHeads(const CaptureWalkOptions& options);

}  // namespace weir
