// SPDX-License-Identifier: Apache-2.0
#include "dissect/stun_message.h"

#include <algorithm>
#include <string_view>

#include "capture/byte_order.h"
#include "dissect/host_name.h"

namespace weir {
namespace {

constexpr size_t HEADER_BYTES = 20;
constexpr size_t COOKIE_AT = 4;
constexpr uint32_t MAGIC_COOKIE = 0x2112a442;
constexpr size_t ATTRIBUTE_HEADER_BYTES = 4;
constexpr uint16_t USERNAME = 0x0006;
constexpr uint16_t REALM = 0x0014;
constexpr uint16_t SOFTWARE = 0x8022;
constexpr uint16_t CLASSIC_METHOD_MAX = 2;  // Binding, Shared Secret
constexpr uint16_t CHANNEL_MIN = 0x4000;
constexpr uint16_t CHANNEL_MAX = 0x4fff;
constexpr size_t CHANNEL_HEADER_BYTES = 4;

size_t padded(size_t bytes) { return (bytes + 3) / 4 * 4; }

/// The class's two bits lie among the method's twelve (RFC 8489 5, figure 3).
void splitType(uint16_t type, StunMessage& message) {
  message.messageClass = static_cast<StunClass>((type >> 4U & 1U) | (type >> 7U & 2U));
  message.method =
      static_cast<uint16_t>((type & 0x0fU) | (type >> 1U & 0x70U) | (type >> 2U & 0xf80U));
}

std::string* textOf(uint16_t attribute, StunMessage& message) {
  switch (attribute) {
    case USERNAME:
      return &message.username;
    case REALM:
      return &message.realm;
    case SOFTWARE:
      return &message.software;
    default:
      return nullptr;
  }
}

/// `bodyBytes` octets of attributes are announced, `body` is what there is of them.
Reading readAttributes(std::span<const uint8_t> body, size_t bodyBytes, StunMessage& message) {
  size_t at = 0;
  while (at < bodyBytes) {
    if (bodyBytes - at < ATTRIBUTE_HEADER_BYTES) return Reading::NOT_THIS;
    if (body.size() < at + ATTRIBUTE_HEADER_BYTES) return Reading::NEEDS_MORE;
    const uint16_t attribute = load16Be(&body[at]);
    const size_t length = load16Be(&body[at + 2]);
    at += ATTRIBUTE_HEADER_BYTES;
    if (padded(length) > bodyBytes - at) return Reading::NOT_THIS;
    if (body.size() < at + length) return Reading::NEEDS_MORE;
    std::string* const text = textOf(attribute, message);
    if (text != nullptr && text->empty() && length > 0)
      *text = printableOf({reinterpret_cast<const char*>(&body[at]), length},
                          StunMessage::TEXT_OCTETS_MAX);
    at += padded(length);
  }
  return body.size() < bodyBytes ? Reading::NEEDS_MORE : Reading::COMPLETE;
}

bool isClassic(std::span<const uint8_t> octets, size_t bodyBytes, const StunMessage& message) {
  return message.method >= 1 && message.method <= CLASSIC_METHOD_MAX &&
         message.messageClass != StunClass::INDICATION && octets.size() <= HEADER_BYTES + bodyBytes;
}

}  // namespace

Reading readStunMessage(std::span<const uint8_t> octets, StunMessage& message) {
  message = {};
  if (!octets.empty() && octets[0] >= 0x40) return Reading::NOT_THIS;
  if (octets.size() < COOKIE_AT + sizeof MAGIC_COOKIE) return Reading::NEEDS_MORE;
  splitType(load16Be(octets.data()), message);
  const size_t bodyBytes = load16Be(&octets[2]);
  if (bodyBytes % 4 != 0) return Reading::NOT_THIS;
  if (load32Be(&octets[COOKIE_AT]) == MAGIC_COOKIE)
    message.edition = StunEdition::WITH_COOKIE;
  else if (!isClassic(octets, bodyBytes, message))
    return Reading::NOT_THIS;
  if (octets.size() < HEADER_BYTES) return Reading::NEEDS_MORE;
  const auto body = octets.subspan(HEADER_BYTES);
  return readAttributes(body.first(std::min(body.size(), bodyBytes)), bodyBytes, message);
}

Reading readTurnChannelData(std::span<const uint8_t> datagram, TurnChannelData& data) {
  data = {};
  if (datagram.size() < CHANNEL_HEADER_BYTES) return Reading::NEEDS_MORE;
  const uint16_t channel = load16Be(datagram.data());
  if (channel < CHANNEL_MIN || channel > CHANNEL_MAX) return Reading::NOT_THIS;
  const size_t length = load16Be(&datagram[2]);
  const auto rest = datagram.subspan(CHANNEL_HEADER_BYTES);
  if (rest.size() > padded(length)) return Reading::NOT_THIS;
  data = {channel, rest.first(std::min(length, rest.size()))};
  return rest.size() < length ? Reading::NEEDS_MORE : Reading::COMPLETE;
}

}  // namespace weir
