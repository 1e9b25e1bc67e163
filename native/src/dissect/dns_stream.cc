// SPDX-License-Identifier: Apache-2.0
#include "dissect/dns_stream.h"

#include "capture/byte_order.h"

namespace weir {
namespace {

constexpr size_t LENGTH_BYTES = 2;
constexpr size_t MESSAGE_BYTES_MIN = 12 + 1 + 4;  // header, the root's name, type and class

}  // namespace

bool mayBeDnsStream(std::span<const uint8_t> octets) {
  constexpr size_t FLAGS_AT = LENGTH_BYTES + 2;
  constexpr size_t QUESTIONS_AT = LENGTH_BYTES + 4;
  constexpr uint8_t OPERATION = 0x78;
  const auto has = [&](size_t at) { return at < octets.size(); };
  if (has(0) && octets[0] > DNS_STREAM_MESSAGE_BYTES_MAX >> 8U) return false;
  if (has(1) && load16Be(octets.data()) < MESSAGE_BYTES_MIN) return false;
  if (has(FLAGS_AT) && (octets[FLAGS_AT] & OPERATION) != 0) return false;
  if (has(QUESTIONS_AT) && octets[QUESTIONS_AT] != 0) return false;
  return !has(QUESTIONS_AT + 1) || octets[QUESTIONS_AT + 1] == 1;
}

std::optional<std::span<const uint8_t>> takeDnsMessage(std::span<const uint8_t>& stream) {
  if (stream.size() < LENGTH_BYTES || !mayBeDnsStream(stream)) return std::nullopt;
  const size_t bytes = load16Be(stream.data());
  if (stream.size() - LENGTH_BYTES < bytes) return std::nullopt;
  const auto message = stream.subspan(LENGTH_BYTES, bytes);
  stream = stream.subspan(LENGTH_BYTES + bytes);
  return message;
}

}  // namespace weir
