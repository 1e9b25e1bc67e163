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

/// Whether other lanes than the one that counts a frame are to learn from it.
enum class Audience : uint8_t { ONE_LANE, ALL_LANES };

struct LaneChoice {
  uint32_t lane = 0;  ///< that counts the frame
  Audience audience = Audience::ONE_LANE;
};

/// Hash of the frame's two IP addresses, the same for both directions and for all fragments of a
/// datagram. It is the outermost IP packet that counts, which decode finds by the same walk. 0 for
/// frames that are not IP, and for frames too short to hold both addresses.
uint32_t ipPairHash(const PacketView& view);

/// Index of the lane among `count`, and whether the others overhear the frame: by the ports of the
/// outermost packet (telling_ports.h). Those behind IPv6 extension headers are not looked for: then
/// all lanes overhear it and find out what it is.
LaneChoice chooseLane(const PacketView& view, uint32_t count);

}  // namespace weir
