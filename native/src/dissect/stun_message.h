// SPDX-License-Identifier: Apache-2.0
// STUN messages (RFC 8489, and RFC 3489 before it), which TURN and ICE speak too, and the channel
// data of TURN (RFC 8656 12.4).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

/// By its two bits in a message's type.
enum class StunClass : uint8_t { REQUEST = 0, INDICATION = 1, SUCCESS = 2, ERROR = 3 };

/// RFC 3489's messages have no magic cookie.
enum class StunEdition : uint8_t { CLASSIC, WITH_COOKIE };

struct StunMessage {
  static constexpr size_t TEXT_OCTETS_MAX = 128;

  StunEdition edition = StunEdition::CLASSIC;
  StunClass messageClass = StunClass::REQUEST;
  uint16_t method = 0;   ///< 1 Binding, 3 Allocate …
  std::string software;  ///< texts are printable ASCII, at most TEXT_OCTETS_MAX
  std::string username;
  std::string realm;
};

/// Reads a message at the start of `octets`. Without the magic cookie it has to fill them, and to
/// be one of the messages of RFC 3489. On NEEDS_MORE `message` holds what came before the cut.
Reading readStunMessage(std::span<const uint8_t> octets, StunMessage& message);

struct TurnChannelData {
  uint16_t channel = 0;              ///< 0x4000 to 0x4fff
  std::span<const uint8_t> payload;  ///< borrowed
};

/// A datagram of channel data, padded to four octets or not. Weak evidence where no STUN came
/// first.
Reading readTurnChannelData(std::span<const uint8_t> datagram, TurnChannelData& data);

}  // namespace weir
