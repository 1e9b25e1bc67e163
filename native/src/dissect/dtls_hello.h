// SPDX-License-Identifier: Apache-2.0
// Reads the ClientHello of DTLS 1.0 to 1.3 (RFC 6347 4.2, RFC 9147 5), in one datagram or in
// fragments over several.
#pragma once

#include <cstdint>
#include <span>

#include "dissect/handshake_stream.h"
#include "dissect/partial_reader.h"
#include "dissect/tls_client_hello.h"

namespace weir {

/// Of one client; owned by one thread. Memory grows with what comes, to 8 KiB.
class DtlsHelloReader {
 public:
  /// The next datagram from the client. NOT_THIS: the first one has no piece of a hello, or the
  /// pieces make none; COMPLETE and NOT_THIS are final. Once a piece is there, datagrams without
  /// one change nothing. A later hello of the same handshake, as it follows a HelloVerifyRequest,
  /// replaces one that is there in part.
  Reading add(std::span<const uint8_t> datagram);

  /// What is known, on NEEDS_MORE too.
  [[nodiscard]] const ClientHello& hello() const { return hello_; }

 private:
  struct Fragment {
    uint32_t messageSequence;
    size_t bodyBytes;  ///< of the whole message
    size_t offset;
    std::span<const uint8_t> octets;
  };

  Reading readDatagram(std::span<const uint8_t> datagram);
  Reading takeRecord(PartialReader& datagram);
  Reading takeFragments(PartialReader record);
  void take(const Fragment& fragment);

  Reading reading_ = Reading::NEEDS_MORE;
  bool hasBegun_ = false;
  uint32_t messageSequence_ = 0;
  size_t bodyBytes_ = 0;
  HandshakeStream stream_;
  ClientHello hello_;
};

}  // namespace weir
