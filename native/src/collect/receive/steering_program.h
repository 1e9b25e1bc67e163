// SPDX-License-Identifier: Apache-2.0
// The classic BPF program that tells the kernel which lane's socket gets what an exporter sends.
// Pure data.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// What makes the choice of a lane one that nobody outside can foresee: who could would send all
/// of his datagrams to one lane. The multiplier is odd. The same for all sockets of a collector, so
/// that one lane has an exporter whatever port and transport it uses.
struct SteeringSeed {
  uint32_t addend = 0x6a09e667;
  uint32_t multiplier = 0x9e3779b1;

  static SteeringSeed random();
};

/// For SO_ATTACH_REUSEPORT_CBPF, UDP and TCP: the index of a socket in its group, below `lanes`, by
/// the source address alone. The kernel has put fragments together before it asks, so all
/// fragments of a datagram go where the datagram goes.
std::vector<sock_filter> steeringProgram(uint32_t lanes, const SteeringSeed& seed);

/// The same choice, for who knows the address and has no packet.
uint32_t steeredLane(const Address& source, uint32_t lanes, const SteeringSeed& seed);

}  // namespace weir::collect
