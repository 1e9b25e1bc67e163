// SPDX-License-Identifier: Apache-2.0
#include "dissect/quic_protection.h"

#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>

#include <algorithm>
#include <string_view>

namespace weir {
namespace {

using Secret = std::array<uint8_t, SHA256_DIGEST_SIZE>;

/// In the types that nettle's HKDF calls.
void update(void* context, size_t length, const uint8_t* octets) {
  hmac_sha256_update(static_cast<hmac_sha256_ctx*>(context), length, octets);
}
void digest(void* context, size_t length, uint8_t* octets) {
  hmac_sha256_digest(static_cast<hmac_sha256_ctx*>(context), length, octets);
}

/// HKDF with one secret (RFC 5869).
class Expander {
 public:
  explicit Expander(const Secret& secret) {
    hmac_sha256_set_key(&context_, secret.size(), secret.data());
  }

  /// HKDF-Expand-Label of RFC 8446 7.1, without context.
  void expand(std::string_view label, std::span<uint8_t> output) {
    constexpr std::string_view PREFIX = "tls13 ";
    std::array<uint8_t, 32> info{0, static_cast<uint8_t>(output.size()),
                                 static_cast<uint8_t>(PREFIX.size() + label.size())};
    uint8_t* end = std::copy(PREFIX.begin(), PREFIX.end(), info.data() + 3);
    end = std::copy(label.begin(), label.end(), end);
    *end++ = 0;  // length of the context
    hkdf_expand(&context_, update, digest, SHA256_DIGEST_SIZE,
                static_cast<size_t>(end - info.data()), info.data(), output.size(), output.data());
  }

 private:
  hmac_sha256_ctx context_;
};

Secret extract(std::span<const uint8_t> salt, std::span<const uint8_t> input) {
  hmac_sha256_ctx context;
  hmac_sha256_set_key(&context, salt.size(), salt.data());
  Secret secret;
  hkdf_extract(&context, update, digest, SHA256_DIGEST_SIZE, input.size(), input.data(),
               secret.data());
  return secret;
}

}  // namespace

QuicInitialKeys deriveQuicInitialKeys(const QuicVersion& version,
                                      std::span<const uint8_t> destinationId) {
  Secret client;
  Expander(extract(version.salt, destinationId)).expand("client in", client);
  Expander expander(client);
  QuicInitialKeys keys;
  expander.expand(version.isVersion2 ? "quicv2 key" : "quic key", keys.packet);
  expander.expand(version.isVersion2 ? "quicv2 iv" : "quic iv", keys.iv);
  expander.expand(version.isVersion2 ? "quicv2 hp" : "quic hp", keys.header);
  return keys;
}

QuicInitialOpener::QuicInitialOpener(const QuicInitialKeys& keys) : iv_(keys.iv) {
  aes128_set_encrypt_key(&headerCipher_, keys.header.data());
  gcm_aes128_set_key(&packetCipher_, keys.packet.data());
}

/// RFC 9001 5.3, 5.4.
bool QuicInitialOpener::open(const QuicLongPacket& packet, std::vector<uint8_t>& frames) {
  constexpr size_t PACKET_NUMBER_BYTES_MAX = 4;
  const size_t sampleAt = packet.packetNumberAt + PACKET_NUMBER_BYTES_MAX;
  if (packet.octets.size() < sampleAt + AES_BLOCK_SIZE) return false;
  std::array<uint8_t, AES_BLOCK_SIZE> mask;
  aes128_encrypt(&headerCipher_, mask.size(), mask.data(), packet.octets.data() + sampleAt);

  std::vector<uint8_t> header(packet.octets.begin(),
                              packet.octets.begin() + static_cast<ptrdiff_t>(sampleAt));
  header[0] ^= mask[0] & 0x0fU;
  const size_t packetNumberBytes = (header[0] & 3U) + 1;
  header.resize(packet.packetNumberAt + packetNumberBytes);
  std::array<uint8_t, GCM_IV_SIZE> nonce = iv_;
  for (size_t i = 0; i < packetNumberBytes; ++i) {
    header[packet.packetNumberAt + i] ^= mask[1 + i];
    nonce[nonce.size() - packetNumberBytes + i] ^= header[packet.packetNumberAt + i];
  }

  const auto sealed = packet.octets.subspan(header.size());
  if (sealed.size() < GCM_DIGEST_SIZE) return false;
  frames.resize(sealed.size() - GCM_DIGEST_SIZE);
  std::array<uint8_t, GCM_DIGEST_SIZE> tag;
  gcm_aes128_set_iv(&packetCipher_, nonce.size(), nonce.data());
  gcm_aes128_update(&packetCipher_, header.size(), header.data());
  gcm_aes128_decrypt(&packetCipher_, frames.size(), frames.data(), sealed.data());
  gcm_aes128_digest(&packetCipher_, tag.size(), tag.data());
  return memeql_sec(tag.data(), sealed.data() + frames.size(), tag.size()) != 0;
}

}  // namespace weir
