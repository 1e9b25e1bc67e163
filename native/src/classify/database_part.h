// SPDX-License-Identifier: Apache-2.0
// Patterns are kept in four parts, so that a stream is scanned for relevant ones only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "classify/signature.h"

namespace weir {

enum class DatabasePart : uint8_t { TCP_CLIENT = 0, TCP_SERVER, UDP_CLIENT, UDP_SERVER };
inline constexpr size_t DATABASE_PARTS = 4;

constexpr DatabasePart partOf(Transport transport, StreamSide side) {
  return static_cast<DatabasePart>(static_cast<uint8_t>(transport) * 2 +
                                   static_cast<uint8_t>(side));
}

}  // namespace weir
