// SPDX-License-Identifier: Apache-2.0
#include "dissect/quic_packet.h"

#include <algorithm>

#include "capture/byte_order.h"

namespace weir {
namespace {

constexpr uint8_t LONG_HEADER = 0x80;
constexpr size_t FIXED_BYTES = 5;  // first octet and version
constexpr size_t CONNECTION_ID_BYTES_MAX = 20;

QuicPacketType typeOf(uint8_t firstOctet, const QuicVersion& version) {
  const unsigned bits = firstOctet >> 4U & 3U;
  return static_cast<QuicPacketType>(version.isVersion2 ? (bits - 1) & 3U : bits);
}

}  // namespace

std::optional<uint32_t> quicVersionField(std::span<const uint8_t> datagram) {
  if (datagram.size() < FIXED_BYTES || (datagram[0] & LONG_HEADER) == 0) return std::nullopt;
  return load32Be(datagram.data() + 1);
}

std::optional<QuicLongPacket> takeQuicLongPacket(std::span<const uint8_t>& rest) {
  QuicLongPacket packet{.version = findQuicVersion(quicVersionField(rest).value_or(0))};
  if (packet.version == nullptr) return std::nullopt;
  packet.type = typeOf(rest[0], *packet.version);
  if (packet.type == QuicPacketType::RETRY) return std::nullopt;
  QuicReader reader(rest);
  reader.take(FIXED_BYTES);
  packet.destinationId = reader.connectionId();
  const auto sourceId = reader.connectionId();
  if (packet.type == QuicPacketType::INITIAL) reader.take(reader.variableInteger());  // token
  const uint64_t lengthBytes = reader.variableInteger();
  packet.packetNumberAt = reader.position();
  reader.take(lengthBytes);
  if (!reader.isSound()) return std::nullopt;
  if (std::max(packet.destinationId.size(), sourceId.size()) > CONNECTION_ID_BYTES_MAX)
    return std::nullopt;
  packet.octets = rest.first(reader.position());
  rest = rest.subspan(packet.octets.size());
  return packet;
}

}  // namespace weir
