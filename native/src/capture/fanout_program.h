// SPDX-License-Identifier: Apache-2.0
// The classic BPF program that tells the kernel which lane's ring gets a frame. Pure data.
#pragma once

#include <linux/filter.h>

#include <vector>

namespace weir {

/// For PACKET_FANOUT_CBPF. Its value, modulo the number of rings, is the same for both directions
/// of an IP pair and for all fragments of a datagram; 0 for what is not IP. The kernel takes one
/// VLAN tag off on receipt; the program looks through two more.
std::vector<sock_filter> fanoutProgram();

}  // namespace weir
