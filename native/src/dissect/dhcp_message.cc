// SPDX-License-Identifier: Apache-2.0
#include "dissect/dhcp_message.h"

#include <string_view>

#include "capture/byte_order.h"
#include "dissect/host_name.h"

namespace weir {
namespace {

constexpr size_t FIXED_BYTES = 236;
constexpr size_t OPTIONS_AT = FIXED_BYTES + 4;
constexpr uint32_t MAGIC_COOKIE = 0x63825363;
constexpr uint8_t BOOT_REQUEST = 1;
constexpr uint8_t BOOT_REPLY = 2;
constexpr uint8_t HARDWARE_ADDRESS_BYTES_MAX = 16;

enum Option : uint8_t {
  PAD = 0,
  HOST_NAME = 12,
  MESSAGE_TYPE = 53,
  VENDOR_CLASS = 60,
  END = 255,
};

/// Of an option that is repeated the first counts.
void readOption(uint8_t option, std::span<const uint8_t> value, DhcpMessage& message) {
  std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  if (option == MESSAGE_TYPE && value.size() == 1 && message.messageType == 0)
    message.messageType = value[0];
  if (option == VENDOR_CLASS && message.vendorClass.empty())
    message.vendorClass = printableOf(text, DhcpMessage::VENDOR_CLASS_OCTETS_MAX);
  if (option == HOST_NAME && message.hostName.empty()) {
    if (text.ends_with('\0')) text.remove_suffix(1);  // some clients send their C string whole
    message.hostName = hostNameOf(text);
  }
}

Reading readOptions(std::span<const uint8_t> options, DhcpMessage& message) {
  size_t at = 0;
  while (at < options.size()) {
    const uint8_t option = options[at++];
    if (option == END) return Reading::COMPLETE;
    if (option == PAD) continue;
    if (at == options.size()) break;
    const size_t length = options[at++];
    if (options.size() - at < length) break;
    readOption(option, options.subspan(at, length), message);
    at += length;
  }
  return Reading::NEEDS_MORE;
}

}  // namespace

Reading readDhcpMessage(std::span<const uint8_t> datagram, DhcpMessage& message) {
  message = {};
  if (!datagram.empty() && datagram[0] != BOOT_REQUEST && datagram[0] != BOOT_REPLY)
    return Reading::NOT_THIS;
  if (datagram.size() > 2 && datagram[2] > HARDWARE_ADDRESS_BYTES_MAX) return Reading::NOT_THIS;
  if (datagram.size() < OPTIONS_AT) return Reading::NEEDS_MORE;
  if (load32Be(&datagram[FIXED_BYTES]) != MAGIC_COOKIE) return Reading::NOT_THIS;
  return readOptions(datagram.subspan(OPTIONS_AT), message);
}

}  // namespace weir
