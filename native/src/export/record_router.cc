// SPDX-License-Identifier: Apache-2.0
#include "export/record_router.h"

#include <cstring>

namespace weir {

namespace {

constexpr uint8_t ICMP = 1;
constexpr uint8_t ICMP_IPV6 = 58;

/// The finalizer of SplitMix64: every bit of the input changes half of the output's.
uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

uint64_t endpoint(const IpAddress& address, uint16_t port) {
  uint64_t high = 0;
  uint64_t low = 0;
  for (size_t i = 0; i < 8; ++i) {
    high = high << 8U | address[i];
    low = low << 8U | address[8 + i];
  }
  return mix(mix(high) ^ low) + port;
}

}  // namespace

uint64_t flowShare(const FlowRecord& record) {
  const DirectionRecord& forward = record.forward;
  // Type and code stand in the ports of ICMP, and they differ by direction.
  const bool hasPorts = record.protocol != ICMP && record.protocol != ICMP_IPV6;
  const uint64_t source = endpoint(*forward.sourceAddress, hasPorts ? forward.sourcePort : 0);
  const uint64_t destination =
      endpoint(*forward.destinationAddress, hasPorts ? forward.destinationPort : 0);
  return mix(mix(source) + mix(destination) + record.protocol);
}

}  // namespace weir
