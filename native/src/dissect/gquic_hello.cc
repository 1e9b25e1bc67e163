// SPDX-License-Identifier: Apache-2.0
#include "dissect/gquic_hello.h"

#include <string_view>

#include "capture/byte_order.h"
#include "dissect/host_name.h"
#include "dissect/quic_packet.h"

namespace weir {
namespace {

constexpr std::string_view CHLO = "CHLO";
constexpr size_t TAGS_MAX = 128;
constexpr size_t TAG_BYTES = 8;  // name, end of its value

constexpr ByteOrder LITTLE_ENDIAN_ORDER =
    NETWORK_ORDER == ByteOrder::SWAPPED ? ByteOrder::NATIVE : ByteOrder::SWAPPED;

std::string_view textOf(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

uint32_t load32Le(std::span<const uint8_t> octets) {
  return octets.size() < 4 ? 0 : load32(octets.data(), LITTLE_ENDIAN_ORDER);
}

/// The number in "Q046"; 0 for anything else.
unsigned versionNumber(std::span<const uint8_t> octets) {
  const std::string_view text = textOf(octets);
  if (text.size() != 4 || !text.starts_with("Q0")) return 0;
  const auto isDigit = [](char character) { return character >= '0' && character <= '9'; };
  if (!isDigit(text[2]) || !isDigit(text[3])) return 0;
  return static_cast<unsigned>((text[2] - '0') * 10 + (text[3] - '0'));
}

/// Q046: a long header with both lengths of connection IDs in one octet.
bool skipLongHeader(QuicReader& reader, uint8_t flags) {
  constexpr uint8_t CLIENT_ID_ONLY = 0x50;
  if (versionNumber(reader.take(4)) != 46) return false;
  const auto idLengths = reader.take(1);
  if (idLengths.empty() || idLengths[0] != CLIENT_ID_ONLY) return false;
  reader.take(8);
  reader.take((flags & 3U) + 1);  // packet number
  return reader.isSound();
}

/// Up to Q043: public flags, connection ID, version, packet number.
bool skipPublicHeader(QuicReader& reader, uint8_t flags) {
  constexpr uint8_t HAS_VERSION = 0x01;
  constexpr uint8_t HAS_CONNECTION_ID = 0x08;
  constexpr uint8_t PACKET_NUMBER_BYTES[] = {1, 2, 4, 6};
  if ((flags & HAS_VERSION) == 0 || (flags & HAS_CONNECTION_ID) == 0) return false;
  reader.take(8);
  // From Q039 on integers are big-endian and streams as below; before, nothing is left of it.
  const unsigned version = versionNumber(reader.take(4));
  if (version < 39 || version > 43) return false;
  reader.take(PACKET_NUMBER_BYTES[flags >> 4U & 3U]);
  return reader.isSound();
}

/// The data of a STREAM frame with stream 1, at its start.
std::span<const uint8_t> takeStreamFrame(QuicReader& reader) {
  constexpr uint8_t IS_STREAM = 0x80;
  constexpr uint8_t HAS_LENGTH = 0x20;
  const auto type = reader.take(1);
  if (type.empty() || (type[0] & IS_STREAM) == 0 || (type[0] & HAS_LENGTH) == 0) return {};
  const auto streamId = reader.take((type[0] & 3U) + 1);
  const unsigned offsetCode = type[0] >> 2U & 7U;
  const auto offset = reader.take(offsetCode == 0 ? 0 : offsetCode + 1);
  for (const uint8_t octet : offset)
    if (octet != 0) return {};
  if (streamId.empty() || streamId.back() != 1) return {};
  const auto length = reader.take(2);
  return length.empty() ? length : reader.take(load16Be(length.data()));
}

/// The index of CHLO: tags, each with where its value ends (little-endian).
Reading readTags(std::span<const uint8_t> index, std::span<const uint8_t> values,
                 ClientHello& hello) {
  constexpr std::string_view SERVER_NAME("SNI\0", 4);
  size_t begin = 0;
  for (; !index.empty(); index = index.subspan(TAG_BYTES)) {
    const size_t end = load32Le(index.subspan(4, 4));
    if (end < begin) return Reading::NOT_THIS;
    if (textOf(index.first(4)) == SERVER_NAME && end <= values.size())
      hello.serverName = hostNameOf(textOf(values.subspan(begin, end - begin)));
    begin = end;
  }
  return begin <= values.size() ? Reading::COMPLETE : Reading::NEEDS_MORE;
}

}  // namespace

Reading readGquicHello(std::span<const uint8_t> message, ClientHello& hello) {
  hello = {};
  const std::string_view start = textOf(message).substr(0, CHLO.size());
  if (start != CHLO.substr(0, start.size())) return Reading::NOT_THIS;
  QuicReader reader(message);
  reader.take(CHLO.size());
  const size_t tags = load32Le(reader.take(4)) & 0xffffU;  // the upper half is padding
  if (tags > TAGS_MAX) return Reading::NOT_THIS;
  const auto index = reader.take(tags * TAG_BYTES);
  if (!reader.isSound()) return Reading::NEEDS_MORE;
  const Reading reading = readTags(index, message.subspan(reader.position()), hello);
  if (reading == Reading::NOT_THIS) hello = {};
  return reading;
}

Reading readGquicDatagram(std::span<const uint8_t> datagram, ClientHello& hello) {
  constexpr uint8_t LONG_HEADER = 0x80;
  constexpr size_t HASH_BYTES = 12;
  hello = {};
  QuicReader reader(datagram);
  const auto flags = reader.take(1);
  if (flags.empty()) return Reading::NOT_THIS;
  const bool isKnown = (flags[0] & LONG_HEADER) != 0 ? skipLongHeader(reader, flags[0])
                                                     : skipPublicHeader(reader, flags[0]);
  if (!isKnown) return Reading::NOT_THIS;
  reader.take(HASH_BYTES);
  const auto message = takeStreamFrame(reader);
  if (!message.empty() && readGquicHello(message, hello) == Reading::COMPLETE)
    return Reading::COMPLETE;
  hello = {};
  return Reading::NOT_THIS;
}

}  // namespace weir
