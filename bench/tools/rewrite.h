// SPDX-License-Identifier: Apache-2.0
// Gives a frame other addresses and keeps its checksums right.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "frame.h"

namespace bench {

/// Numbers stand for hosts: the same number is the same address, another number another one.
struct HostPair {
  std::optional<uint64_t> source;  ///< none: keeps its address (multicast, broadcast)
  std::optional<uint64_t> destination;
};

constexpr uint64_t MAXIMUM_HOSTS = 1U << 24;  ///< of 10.0.0.0/8

/// @param octets  the frame that `frame` was parsed from
void rewriteAddresses(std::span<uint8_t> octets, const Frame& frame, const HostPair& hosts);

/// RFC 1071 over an even or odd number of octets, not yet complemented.
uint32_t checksumOf(std::span<const uint8_t> octets, uint32_t sum);
uint16_t foldChecksum(uint32_t sum);

}  // namespace bench
