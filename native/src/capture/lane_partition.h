// SPDX-License-Identifier: Apache-2.0
// Which lane a frame of a capture file belongs to. Live, the kernel decides the same question with
// the program in fanout_program.h. Pure functions, any thread.
#pragma once

#include <cstdint>

#include "capture/packet_view.h"

namespace weir {

/// One lane's share of a source that several lanes read: frames whose hash modulo `count` is
/// `index`.
struct LaneShare {
  uint32_t index = 0;
  uint32_t count = 1;
};

/// Hash of the frame's two IP addresses, the same for both directions and for all fragments of a
/// datagram. It is the outermost IP packet that counts, which decode finds by the same walk. 0 for
/// frames that are not IP, and for frames too short to hold both addresses.
uint32_t ipPairHash(const PacketView& view);

/// Index of the lane among `count`.
inline uint32_t laneOf(const PacketView& view, uint32_t count) { return ipPairHash(view) % count; }

inline bool belongsTo(const LaneShare& lane, const PacketView& view) {
  return lane.count <= 1 || laneOf(view, lane.count) == lane.index;
}

}  // namespace weir
