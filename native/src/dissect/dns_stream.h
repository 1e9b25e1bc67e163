// SPDX-License-Identifier: Apache-2.0
// DNS over TCP: messages one behind the other, each behind its length (RFC 1035 4.2.2, RFC 7766 8).
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// Longer messages are not read. What an answer says of addresses is at its start, and zone
/// transfers say nothing of flows.
inline constexpr size_t DNS_STREAM_MESSAGE_BYTES_MAX = 4095;

/// Whether a stream that begins so can have a standard query or its response there, with one
/// question. True as long as too little is there to tell.
bool mayBeDnsStream(std::span<const uint8_t> octets);

/// Takes the first message off `stream`, and its length; nothing when it is not all there.
std::optional<std::span<const uint8_t>> takeDnsMessage(std::span<const uint8_t>& stream);

}  // namespace weir
