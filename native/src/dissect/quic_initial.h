// SPDX-License-Identifier: Apache-2.0
// Reads the ClientHello in the Initial packets of QUIC: versions 1 and 2 (RFC 9000, 9001, 9369),
// the later drafts, mvfst's and Google's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dissect/handshake_stream.h"
#include "dissect/quic_protection.h"
#include "dissect/tls_client_hello.h"

namespace weir {

/// Of one client; owned by one thread. Memory grows with what comes, to 8 KiB of handshake and a
/// bit.
class QuicInitialReader {
 public:
  /// The next datagram from the client, whole. NOT_THIS: it is no QUIC of a known version, shorter
  /// than a client's first ones are, a packet is not authentic, or its frames are no handshake;
  /// COMPLETE and NOT_THIS are final. Once a packet was authentic, datagrams that add nothing
  /// change nothing: who can send as the client cannot hide it.
  Reading add(std::span<const uint8_t> datagram);

  /// What is known, on NEEDS_MORE too.
  [[nodiscard]] const ClientHello& hello() const { return hello_; }

 private:
  [[nodiscard]] bool hasBegun() const { return keys_.has_value(); }
  Reading readDatagram(std::span<const uint8_t> datagram);
  Reading readPackets(std::span<const uint8_t> datagram);
  std::optional<QuicInitialOpener> openFirst(const QuicLongPacket& packet,
                                             std::vector<uint8_t>& frames);
  bool takeCryptoFrame(QuicReader& reader);
  bool takeFrames(std::span<const uint8_t> frames);
  Reading readHello();

  Reading reading_ = Reading::NEEDS_MORE;
  const QuicVersion* version_ = nullptr;
  std::optional<QuicInitialKeys> keys_;  ///< under which the latest packet was authentic
  HandshakeStream stream_;
  ClientHello hello_;
};

}  // namespace weir
