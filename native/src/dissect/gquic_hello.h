// SPDX-License-Identifier: Apache-2.0
// The first message of the QUIC that was Google's own, before TLS came into it: tags and values.
#pragma once

#include <cstdint>
#include <span>

#include "dissect/tls_client_hello.h"

namespace weir {

/// CHLO, of which `message` is there; it tells the server's name and has no fingerprint.
Reading readGquicHello(std::span<const uint8_t> message, ClientHello& hello);

/// A datagram of the versions Q039 to Q046, where CHLO is in clear and in one piece: COMPLETE or
/// NOT_THIS.
Reading readGquicDatagram(std::span<const uint8_t> datagram, ClientHello& hello);

}  // namespace weir
