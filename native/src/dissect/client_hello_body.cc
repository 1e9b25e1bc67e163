// SPDX-License-Identifier: Apache-2.0
#include "dissect/client_hello_body.h"

#include <algorithm>
#include <string_view>

#include "capture/byte_order.h"
#include "dissect/host_name.h"
#include "dissect/ja4.h"
#include "dissect/partial_reader.h"

namespace weir {
namespace {

/// IANA, TLS ExtensionType Values.
enum ExtensionType : uint16_t {
  SERVER_NAME = 0,
  SIGNATURE_ALGORITHMS = 13,
  ALPN = 16,
  SUPPORTED_VERSIONS = 43,
};

/// DTLS counts its versions down from 0xfeff.
uint16_t highest(std::span<const uint8_t> versions, HelloCarrier carrier) {
  uint16_t found = 0;
  for (size_t at = 0; at + 2 <= versions.size(); at += 2) {
    const uint16_t version = load16Be(versions.data() + at);
    if (isGrease(version)) continue;
    const bool isHigher = carrier == HelloCarrier::DTLS ? version < found : version > found;
    if (found == 0 || isHigher) found = version;
  }
  return found;
}

/// What a comma in the list could not tell apart is left out, as is GREASE.
bool isListable(std::span<const uint8_t> protocol) {
  return !protocol.empty() && std::all_of(protocol.begin(), protocol.end(), [](uint8_t octet) {
    return octet > ' ' && octet < 0x7f && octet != ',';
  });
}

std::string_view textOf(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

class BodyReader {
 public:
  BodyReader(const ClientHelloBody& body, ClientHello& hello)
      : carrier_(body.carrier), reader_(body.octets, body.lengthBytes), hello_(hello) {
    parts_.carrier = static_cast<char>(body.carrier);
  }

  Reading read() {
    Reading reading = readFixedPart();
    if (reading == Reading::COMPLETE && reader_.remainingBytes() > 0) reading = readExtensions();
    if (reading != Reading::COMPLETE) return reading;
    if (hello_.version == 0) hello_.version = legacyVersion_;
    parts_.version = hello_.version;
    hello_.ja4 = ja4(parts_);
    return reading;
  }

 private:
  Reading readFixedPart() {
    constexpr size_t RANDOM_BYTES = 32;
    constexpr size_t SESSION_ID_BYTES_MAX = 32;
    legacyVersion_ = static_cast<uint16_t>(reader_.integer(2));
    if (reader_.isSound() && !isKnownVersion()) return Reading::NOT_THIS;
    reader_.take(RANDOM_BYTES);
    if (reader_.vector(1).size() > SESSION_ID_BYTES_MAX) return Reading::NOT_THIS;
    if (carrier_ == HelloCarrier::DTLS) reader_.vector(1);  // cookie
    parts_.cipherSuites = reader_.vector(2);
    if (parts_.cipherSuites.size() % 2 != 0) return Reading::NOT_THIS;
    const bool offersCompression = !reader_.vector(1).empty();
    if (reader_.isSound() && !offersCompression) return Reading::NOT_THIS;
    return reader_.reading();
  }

  [[nodiscard]] bool isKnownVersion() const {
    if (carrier_ != HelloCarrier::DTLS) return legacyVersion_ >> 8U == 3;
    return legacyVersion_ >> 8U == 0xfe || legacyVersion_ == OPENSSL_DTLS_VERSION;
  }

  /// They are the end of the body.
  Reading readExtensions() {
    PartialReader extensions = reader_.partialVector(2);
    if (!reader_.isSound()) return reader_.reading();
    if (reader_.remainingBytes() > 0) return Reading::NOT_THIS;
    while (extensions.remainingBytes() > 0) {
      const auto type = static_cast<uint16_t>(extensions.integer(2));
      const auto content = extensions.vector(2);
      if (!extensions.isSound()) return extensions.reading();
      parts_.extensions.push_back(type);
      takeExtension(type, content);
    }
    return Reading::COMPLETE;
  }

  /// Of repeated ones, which no client may send, the first counts.
  void takeExtension(uint16_t type, std::span<const uint8_t> content) {
    constexpr uint16_t LAST_READ = SUPPORTED_VERSIONS;
    if (type > LAST_READ || (taken_ >> type & 1U) != 0) return;
    taken_ |= uint64_t{1} << type;
    PartialReader reader(content);
    if (type == SERVER_NAME) takeServerName(reader);
    if (type == ALPN) takeProtocols(reader);
    if (type == SIGNATURE_ALGORITHMS) parts_.signatureAlgorithms = reader.vector(2);
    if (type == SUPPORTED_VERSIONS) hello_.version = highest(reader.vector(1), carrier_);
  }

  /// RFC 6066 3: a list of names, of which only host names were ever defined.
  void takeServerName(PartialReader& reader) {
    constexpr uint32_t HOST_NAME = 0;
    PartialReader names(reader.vector(2));
    if (names.integer(1) == HOST_NAME) hello_.serverName = hostNameOf(textOf(names.vector(2)));
  }

  /// RFC 7301 3.1.
  void takeProtocols(PartialReader& reader) {
    PartialReader protocols(reader.vector(2));
    bool isFirst = true;
    while (protocols.remainingBytes() > 0) {
      const auto protocol = protocols.vector(1);
      if (!protocols.isSound()) return;
      if (isGreaseProtocol(protocol)) continue;
      if (isFirst) parts_.firstAlpn = protocol;
      isFirst = false;
      listProtocol(protocol);
    }
  }

  static bool isGreaseProtocol(std::span<const uint8_t> protocol) {
    return protocol.size() == 2 && isGrease(load16Be(protocol.data()));
  }

  void listProtocol(std::span<const uint8_t> protocol) {
    constexpr size_t LIST_BYTES_MAX = 255;
    if (!isListable(protocol)) return;
    if (hello_.alpn.size() + 1 + protocol.size() > LIST_BYTES_MAX) return;
    if (!hello_.alpn.empty()) hello_.alpn += ',';
    hello_.alpn.append(protocol.begin(), protocol.end());
  }

  HelloCarrier carrier_;
  PartialReader reader_;
  ClientHello& hello_;
  uint16_t legacyVersion_ = 0;
  uint64_t taken_ = 0;  ///< extensions by type, one bit each
  Ja4Parts parts_;
};

constexpr size_t HANDSHAKE_HEADER_BYTES = 4;  // type, length in three octets

}  // namespace

Reading readClientHelloBody(const ClientHelloBody& body, ClientHello& hello) {
  hello = {};
  const Reading reading = BodyReader(body, hello).read();
  if (reading == Reading::NOT_THIS) hello = {};
  return reading;
}

size_t handshakeMessageBytes(std::span<const uint8_t> octets) {
  if (octets.size() < HANDSHAKE_HEADER_BYTES) return HANDSHAKE_HEADER_BYTES;
  return HANDSHAKE_HEADER_BYTES + PartialReader(octets.subspan(1)).integer(3);
}

Reading readClientHelloMessage(std::span<const uint8_t> octets, HelloCarrier carrier,
                               ClientHello& hello) {
  hello = {};
  if (!octets.empty() && octets[0] != CLIENT_HELLO_TYPE) return Reading::NOT_THIS;
  if (octets.size() < HANDSHAKE_HEADER_BYTES) return Reading::NEEDS_MORE;
  const size_t bodyBytes = handshakeMessageBytes(octets) - HANDSHAKE_HEADER_BYTES;
  if (bodyBytes > CLIENT_HELLO_BYTES_MAX) return Reading::NOT_THIS;
  return readClientHelloBody({.octets = octets.subspan(HANDSHAKE_HEADER_BYTES),
                              .lengthBytes = bodyBytes,
                              .carrier = carrier},
                             hello);
}

}  // namespace weir
