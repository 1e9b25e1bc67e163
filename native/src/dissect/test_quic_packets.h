// SPDX-License-Identifier: Apache-2.0
// For unit tests and the fuzzing harnesses only: a client's Initial packets with chosen frames.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "capture/byte_order.h"
#include "dissect/quic_protection.h"

namespace weir::test {

using QuicOctets = std::vector<uint8_t>;

inline void append(QuicOctets& octets, std::span<const uint8_t> more) {
  octets.insert(octets.end(), more.begin(), more.end());
}

/// In two octets (RFC 9000 16).
inline void appendVariable(QuicOctets& octets, size_t value) {
  octets.push_back(static_cast<uint8_t>(0x40U | value >> 8U));
  octets.push_back(static_cast<uint8_t>(value));
}

inline QuicOctets cryptoFrame(std::span<const uint8_t> stream, size_t offset, size_t bytes,
                              uint8_t type = 6) {
  QuicOctets frame = {type};
  appendVariable(frame, offset);
  appendVariable(frame, bytes);
  append(frame, stream.subspan(offset, bytes));
  return frame;
}

struct QuicPacketFields {
  uint32_t version = 1;
  QuicOctets destinationId = {1, 2, 3, 4, 5, 6, 7, 8};
  QuicOctets keyId = {};  ///< that the keys are derived from; empty: the destination's
  uint8_t packetNumber = 0;
};

/// RFC 9001 5.3 and 5.4, the sender's side.
inline QuicOctets initialPacket(const QuicPacketFields& fields, const QuicOctets& frames) {
  const QuicVersion& version = *findQuicVersion(fields.version);
  const auto keys =
      deriveQuicInitialKeys(version, fields.keyId.empty() ? fields.destinationId : fields.keyId);
  QuicOctets packet = {static_cast<uint8_t>(version.isVersion2 ? 0xd0 : 0xc0)};
  for (int shift = 24; shift >= 0; shift -= 8)
    packet.push_back(static_cast<uint8_t>(fields.version >> shift));
  packet.push_back(static_cast<uint8_t>(fields.destinationId.size()));
  append(packet, fields.destinationId);
  append(packet, QuicOctets{0, 0});  // no source ID, no token
  appendVariable(packet, 1 + frames.size() + GCM_DIGEST_SIZE);
  const size_t packetNumberAt = packet.size();
  packet.push_back(fields.packetNumber);
  auto nonce = keys.iv;
  nonce.back() ^= fields.packetNumber;
  gcm_aes128_ctx cipher;
  gcm_aes128_set_key(&cipher, keys.packet.data());
  gcm_aes128_set_iv(&cipher, nonce.size(), nonce.data());
  gcm_aes128_update(&cipher, packet.size(), packet.data());
  const size_t sealedAt = packet.size();
  packet.resize(sealedAt + frames.size() + GCM_DIGEST_SIZE);
  gcm_aes128_encrypt(&cipher, frames.size(), packet.data() + sealedAt, frames.data());
  gcm_aes128_digest(&cipher, GCM_DIGEST_SIZE, packet.data() + sealedAt + frames.size());
  aes128_ctx header;
  std::array<uint8_t, AES_BLOCK_SIZE> mask;
  aes128_set_encrypt_key(&header, keys.header.data());
  aes128_encrypt(&header, mask.size(), mask.data(), packet.data() + packetNumberAt + 4);
  packet[0] ^= mask[0] & 0x0fU;
  packet[packetNumberAt] ^= mask[1];
  return packet;
}

/// Filled as a client has to (RFC 9000 14.1).
inline QuicOctets filledDatagram(QuicOctets packets) {
  packets.resize(std::max<size_t>(packets.size(), 1200));
  return packets;
}

}  // namespace weir::test
