// SPDX-License-Identifier: Apache-2.0
#include "dissect/quic_initial.h"

#include "dissect/client_hello_body.h"
#include "dissect/gquic_hello.h"

namespace weir {
namespace {

/// A client fills each datagram with an Initial packet up to this (RFC 9000 14.1), so that nobody
/// is made to derive keys for a few octets.
constexpr size_t INITIAL_DATAGRAM_BYTES_MIN = 1200;

/// RFC 9000 19: those that an Initial packet may have, but for PADDING, which is 0.
enum QuicFrame : uint64_t {
  PING = 0x01,
  ACK = 0x02,
  ACK_WITH_ECN = 0x03,
  CRYPTO = 0x06,
  GOOGLE_CRYPTO = 0x08,
  CONNECTION_CLOSE = 0x1c,
};

void skipAcknowledgement(QuicReader& reader, uint64_t type) {
  reader.variableInteger();  // largest
  reader.variableInteger();  // delay
  const uint64_t ranges = reader.variableInteger();
  reader.variableInteger();  // first range
  for (uint64_t i = 0; i < ranges && reader.isSound(); ++i) {
    reader.variableInteger();  // gap
    reader.variableInteger();  // range
  }
  if (type != ACK_WITH_ECN) return;
  for (int counts = 0; counts < 3; ++counts) reader.variableInteger();
}

/// False when no such frame may be there.
bool skipFrame(QuicReader& reader, uint64_t type) {
  switch (type) {
    case PING:
      return true;
    case ACK:
    case ACK_WITH_ECN:
      skipAcknowledgement(reader, type);
      return reader.isSound();
    case CONNECTION_CLOSE:
      reader.variableInteger();               // error
      reader.variableInteger();               // frame that was to blame
      reader.take(reader.variableInteger());  // reason
      return reader.isSound();
    default:
      return false;
  }
}

}  // namespace

Reading QuicInitialReader::add(std::span<const uint8_t> datagram) {
  if (reading_ != Reading::NEEDS_MORE) return reading_;
  reading_ = readDatagram(datagram);
  if (reading_ == Reading::NOT_THIS) hello_ = {};
  return reading_;
}

Reading QuicInitialReader::readDatagram(std::span<const uint8_t> datagram) {
  if (hasBegun()) return readPackets(datagram);
  const Reading inClear = readGquicDatagram(datagram, hello_);
  if (inClear != Reading::NOT_THIS) return inClear;
  if (isReservedQuicVersion(quicVersionField(datagram).value_or(0))) return Reading::NEEDS_MORE;
  return readPackets(datagram);
}

/// Packets may share a datagram (RFC 9000 12.2). Behind one that cannot be opened nothing is tried,
/// so a datagram costs two derivations of keys at most.
Reading QuicInitialReader::readPackets(std::span<const uint8_t> datagram) {
  std::optional<QuicInitialOpener> opener;
  std::vector<uint8_t> frames;
  bool isQuic = hasBegun();
  const bool isFilled = datagram.size() >= INITIAL_DATAGRAM_BYTES_MIN;
  while (const auto packet = takeQuicLongPacket(datagram)) {
    // Early data may overtake the packet that opens the connection.
    if (packet->type == QuicPacketType::ZERO_RTT) isQuic = true;
    if (packet->type != QuicPacketType::INITIAL) continue;
    if (!isFilled) break;
    if (opener.has_value()) {
      if (!opener->open(*packet, frames)) break;
    } else {
      opener = openFirst(*packet, frames);
      if (!opener.has_value()) break;
    }
    isQuic = true;
    if (!takeFrames(frames)) return Reading::NOT_THIS;
  }
  return isQuic ? readHello() : Reading::NOT_THIS;
}

/// Keys are another's after a Retry, when the client repeats its handshake (RFC 9000 17.2.5.3).
std::optional<QuicInitialOpener> QuicInitialReader::openFirst(const QuicLongPacket& packet,
                                                              std::vector<uint8_t>& frames) {
  std::optional<QuicInitialOpener> opener;
  if (hasBegun()) {
    opener.emplace(*keys_);
    if (opener->open(packet, frames)) return opener;
  }
  const QuicInitialKeys keys = deriveQuicInitialKeys(*packet.version, packet.destinationId);
  opener.emplace(keys);
  if (!opener->open(packet, frames)) return std::nullopt;
  version_ = packet.version;
  keys_ = keys;
  return opener;
}

bool QuicInitialReader::takeCryptoFrame(QuicReader& reader) {
  const uint64_t offset = reader.variableInteger();
  const auto octets = reader.take(reader.variableInteger());
  if (reader.isSound()) stream_.add(offset, octets);
  return reader.isSound();
}

bool QuicInitialReader::takeFrames(std::span<const uint8_t> frames) {
  const bool isGoogle = version_->frames == QuicFrames::GOOGLE;
  const uint64_t cryptoType = isGoogle ? GOOGLE_CRYPTO : CRYPTO;
  QuicReader reader(frames);
  for (reader.skipZeros(); !reader.isAtEnd(); reader.skipZeros()) {
    const uint64_t type = reader.variableInteger();
    // Google's other frames begin differently; none comes before a hello.
    if (isGoogle && type != cryptoType) return true;
    const bool isSound = type == cryptoType ? takeCryptoFrame(reader) : skipFrame(reader, type);
    if (!isSound || !reader.isSound()) return false;
  }
  return true;
}

Reading QuicInitialReader::readHello() {
  const auto message = stream_.contiguous();
  return version_ != nullptr && version_->handshake == QuicHandshake::GOOGLE
             ? readGquicHello(message, hello_)
             : readClientHelloMessage(message, HelloCarrier::QUIC, hello_);
}

}  // namespace weir
