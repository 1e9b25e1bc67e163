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
constexpr uint16_t SOFTWARE = 0x8022;

size_t padded(size_t bytes) { return (bytes + 3) / 4 * 4; }

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
    if (attribute == SOFTWARE && message.software.empty() && length > 0)
      message.software = printableOf({reinterpret_cast<const char*>(&body[at]), length},
                                     StunMessage::TEXT_OCTETS_MAX);
    at += padded(length);
  }
  return body.size() < bodyBytes ? Reading::NEEDS_MORE : Reading::COMPLETE;
}

}  // namespace

Reading readStunMessage(std::span<const uint8_t> octets, StunMessage& message) {
  message = {};
  if (!octets.empty() && octets[0] >= 0x40) return Reading::NOT_THIS;
  if (octets.size() < COOKIE_AT + sizeof MAGIC_COOKIE) return Reading::NEEDS_MORE;
  const size_t bodyBytes = load16Be(&octets[2]);
  if (bodyBytes % 4 != 0 || load32Be(&octets[COOKIE_AT]) != MAGIC_COOKIE) return Reading::NOT_THIS;
  if (octets.size() < HEADER_BYTES) return Reading::NEEDS_MORE;
  const auto body = octets.subspan(HEADER_BYTES);
  return readAttributes(body.first(std::min(body.size(), bodyBytes)), bodyBytes, message);
}

}  // namespace weir
