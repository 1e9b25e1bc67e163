// SPDX-License-Identifier: Apache-2.0
// The classic BPF program that tells the kernel which lane's ring gets a frame. Pure data.
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <vector>

#include "capture/packet_view.h"

namespace weir {

/// What makes the choice of a lane one that nobody outside can foresee: who could would send all
/// of his traffic to one lane. The same for all rings of an interface. Multipliers are odd.
struct FanoutSeed {
  uint32_t addend = 0x6a09e667;
  std::array<uint32_t, 3> multipliers{0x9e3779b1, 0x85ebca6b, 0xc2b2ae35};

  static FanoutSeed random();
};

/// For PACKET_FANOUT_CBPF. Its value, modulo the number of rings, is the same for both directions
/// of an IP pair and for all fragments of a datagram; 0 for what is not IP. It finds IP as
/// walkLink() does, within bounds: three tags besides the one that the kernel takes off, PPPoE,
/// SNAP, six MPLS labels, and behind them or an 802.1ah tag an Ethernet frame with at most one tag.
/// What lies deeper goes to the first ring. A pseudowire without a control word to an address that
/// begins with 4 or 6 looks like IP, as it does to every router (RFC 8469). `linkType` is that of
/// the interface: Ethernet or raw IP.
std::vector<sock_filter> fanoutProgram(LinkType linkType, const FanoutSeed& seed);

}  // namespace weir
