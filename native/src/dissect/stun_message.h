// SPDX-License-Identifier: Apache-2.0
// STUN messages (RFC 8489), which TURN and ICE speak too: what the sender calls itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

struct StunMessage {
  static constexpr size_t TEXT_OCTETS_MAX = 128;

  std::string software;  ///< printable ASCII, at most TEXT_OCTETS_MAX
};

/// Reads a message at the start of `octets`. Those of RFC 3489, which have no magic cookie, are not
/// read. On NEEDS_MORE `message` holds what came before the cut.
Reading readStunMessage(std::span<const uint8_t> octets, StunMessage& message);

}  // namespace weir
