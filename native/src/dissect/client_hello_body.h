// SPDX-License-Identifier: Apache-2.0
// The body of a ClientHello (RFC 8446 4.1.2, RFC 6347 4.2.1), the same in TLS, DTLS and QUIC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dissect/tls_client_hello.h"

namespace weir {

/// As JA4 writes it.
enum class HelloCarrier : char { TLS = 't', QUIC = 'q', DTLS = 'd' };

struct ClientHelloBody {
  std::span<const uint8_t> octets;  ///< those that are there
  size_t lengthBytes = 0;           ///< of the whole body
  HelloCarrier carrier = HelloCarrier::TLS;
};

/// Type of the record that carries it (RFC 8446 5.1), and of the handshake message.
inline constexpr uint8_t HANDSHAKE_RECORD = 22;
inline constexpr uint8_t CLIENT_HELLO_TYPE = 1;
/// What OpenSSL before it followed the RFC, and Cisco's AnyConnect to this day, call DTLS 1.0.
inline constexpr uint16_t OPENSSL_DTLS_VERSION = 0x0100;
/// Longer ones are refused; post-quantum key shares make 2 KiB of a usual one.
inline constexpr size_t CLIENT_HELLO_BYTES_MAX = 16 * 1024;

/// Fills what is known; NOT_THIS leaves `hello` empty. Pure.
Reading readClientHelloBody(const ClientHelloBody& body, ClientHello& hello);

/// A handshake message of TLS or QUIC (RFC 8446 4), of which `octets` are there.
Reading readClientHelloMessage(std::span<const uint8_t> octets, HelloCarrier carrier,
                               ClientHello& hello);

/// Octets of the whole message; those of its header while that is not there.
size_t handshakeMessageBytes(std::span<const uint8_t> octets);

}  // namespace weir
