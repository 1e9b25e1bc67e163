// SPDX-License-Identifier: Apache-2.0
// Takes the protection off a client's Initial packets. Their keys follow from the packet itself
// (RFC 9001 5.2): they keep out who does not know QUIC, not who looks.
#pragma once

#include <nettle/aes.h>
#include <nettle/gcm.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dissect/quic_packet.h"

namespace weir {

struct QuicInitialKeys {
  std::array<uint8_t, AES128_KEY_SIZE> packet{};
  std::array<uint8_t, GCM_IV_SIZE> iv{};
  std::array<uint8_t, AES128_KEY_SIZE> header{};
};

/// The client's, from the connection ID that it first addressed.
QuicInitialKeys deriveQuicInitialKeys(const QuicVersion& version,
                                      std::span<const uint8_t> destinationId);

/// Opens packets of one set of keys. Has 4 KiB of tables: make one for a datagram, keep the keys.
class QuicInitialOpener {
 public:
  explicit QuicInitialOpener(const QuicInitialKeys& keys);

  /// Puts the frames into `frames`; false when the packet is not authentic under these keys. A
  /// packet number is taken for what its octets say: a client's first ones are small.
  bool open(const QuicLongPacket& packet, std::vector<uint8_t>& frames);

 private:
  aes128_ctx headerCipher_;
  gcm_aes128_ctx packetCipher_;
  std::array<uint8_t, GCM_IV_SIZE> iv_;
};

}  // namespace weir
