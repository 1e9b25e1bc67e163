// SPDX-License-Identifier: Apache-2.0
#include "rewrite.h"

#include <array>
#include <cstring>

#include "bytes.h"

namespace bench {
namespace {

/// Odd, so that multiplying is one-to-one: neighbours in number are far apart in address, as the
/// hosts of a real network are for a hash or a tree.
constexpr uint32_t SPREAD_24 = 0x9e3779;

void writeHost(uint8_t* address, uint32_t length, uint64_t host) {
  if (length == 4) {
    address[0] = 10;
    writeBe(address + 1, (host * SPREAD_24) & 0xffffff, 3);
    return;
  }
  static constexpr std::array<uint8_t, 8> LINK_LOCAL{0xfe, 0x80};
  static constexpr std::array<uint8_t, 8> UNIQUE_LOCAL{0xfd, 0x57, 0x65, 0x69, 0x72};
  const bool isLinkLocal = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
  std::memcpy(address, (isLinkLocal ? LINK_LOCAL : UNIQUE_LOCAL).data(), 8);
  writeBe(address + 8, scramble(host), 8);
}

/// RFC 1624: HC' = ~(~HC + ~m + m').
void adjustChecksum(uint8_t* checksum, std::span<const uint8_t> before,
                    std::span<const uint8_t> after) {
  uint32_t sum = static_cast<uint16_t>(~readBe16(checksum));
  for (size_t i = 0; i < before.size(); i += 2) {
    sum += static_cast<uint16_t>(~readBe16(before.data() + i));
    sum += readBe16(after.data() + i);
  }
  writeBe16(checksum, static_cast<uint16_t>(~foldChecksum(sum)));
}

/// Where the checksum lies that covers the addresses; 0: none does.
uint32_t checksumOffset(const Frame& frame) {
  if (frame.protocol == TCP) return 16;
  if (frame.protocol == UDP) return 6;
  return frame.protocol == ICMPV6 && frame.addressLength == 16 ? 2 : 0;
}

void adjustTransport(std::span<uint8_t> octets, const Frame& frame,
                     std::span<const uint8_t> before) {
  const uint32_t offset = checksumOffset(frame);
  const bool isThere = offset != 0 && frame.fragment != FragmentKind::LATER &&
                       frame.transportOffset + offset + 2 <= frame.ipEnd;
  if (!isThere) return;
  uint8_t* checksum = octets.data() + frame.transportOffset + offset;
  // Zero says that an IPv4 sender made none (RFC 768), and never results from making one.
  const bool isUdp = frame.protocol == UDP;
  if (isUdp && readBe16(checksum) == 0) return;
  adjustChecksum(checksum, before, octets.subspan(frame.sourceOffset, before.size()));
  if (isUdp && readBe16(checksum) == 0) writeBe16(checksum, 0xffff);
}

}  // namespace

uint32_t checksumOf(std::span<const uint8_t> octets, uint32_t sum) {
  size_t i = 0;
  for (; i + 1 < octets.size(); i += 2) sum += readBe16(octets.data() + i);
  if (i < octets.size()) sum += static_cast<uint32_t>(octets[i]) << 8;
  return sum;
}

uint16_t foldChecksum(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

void rewriteAddresses(std::span<uint8_t> octets, const Frame& frame, const HostPair& hosts) {
  std::array<uint8_t, 32> before{};
  const size_t length = 2U * frame.addressLength;
  std::memcpy(before.data(), octets.data() + frame.sourceOffset, length);
  if (hosts.source) {
    writeHost(octets.data() + frame.sourceOffset, frame.addressLength, *hosts.source);
  }
  if (hosts.destination) {
    writeHost(octets.data() + frame.destinationOffset(), frame.addressLength, *hosts.destination);
  }
  const std::span<const uint8_t> old(before.data(), length);
  if (frame.addressLength == 4) {
    adjustChecksum(octets.data() + frame.ipOffset + 10, old,
                   octets.subspan(frame.sourceOffset, length));
  }
  adjustTransport(octets, frame, old);
}

}  // namespace bench
