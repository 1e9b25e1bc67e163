// SPDX-License-Identifier: Apache-2.0
// Reads the first message of TLS, which says in clear whom a client looks for. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

/// What a ClientHello tells. While it is read in part, what is known is final and the rest empty.
struct ClientHello {
  std::string serverName;  ///< lower case, without a final dot; "": none, or no host name
  std::string alpn;        ///< protocols offered, in order: "h2,http/1.1"; <= 255 octets
  uint16_t version = 0;  ///< the highest offered, as on the wire (0x0304, 0xfefd); 0: not known yet
  std::string ja4;       ///< FoxIO's fingerprint of the client; "": the hello is not complete
};

/// A TCP direction from its first octet. A hello may span records and have up to 16 KiB; NOT_THIS
/// leaves `hello` empty.
Reading readTlsClientHello(std::span<const uint8_t> stream, ClientHello& hello);

}  // namespace weir
