// SPDX-License-Identifier: Apache-2.0
// A sequence of frames as the harnesses of decode and of the whole lane take it:
// link type (index in LINK_TYPES), VLAN tag taken off by the kernel (0: none), then for each frame
// octets cut off by the snap length, length in two octets (little-endian), octets.
#pragma once

#include <vector>

#include "capture/packet_view.h"
#include "fuzz_input.h"

namespace weir::fuzz {

/// LINKTYPE_ values: Ethernet, loopback, raw IP, Linux cooked v1 and v2, BSD loopback, 802.11,
/// radiotap, one that nobody reads, IPv4, IPv6, PPP, PPP in HDLC framing, Cisco HDLC.
inline constexpr uint16_t LINK_TYPES[] = {1,   0,   101, 113, 276, 108, 105,
                                          127, 147, 228, 229, 9,   50,  104};
inline constexpr size_t FRAMES_MAXIMUM = 64;
inline constexpr int64_t FIRST_FRAME_NS = 1'700'000'000'000'000'000;

struct FrameSequence {
  std::vector<ExactBlock> blocks;
  std::vector<PacketView> views;
};

/// Views of frames a millisecond apart.
inline FrameSequence readFrames(FuzzInput& input, int64_t startNs = FIRST_FRAME_NS) {
  FrameSequence frames;
  const auto linkType =
      static_cast<LinkType>(LINK_TYPES[input.integer<uint8_t>() % std::size(LINK_TYPES)]);
  const auto strippedTag = input.integer<uint16_t>();
  while (!input.empty() && frames.views.size() < FRAMES_MAXIMUM) {
    const uint32_t cutOff = input.integer<uint8_t>();
    const ExactBlock& block = frames.blocks.emplace_back(input.take(input.integer<uint16_t>()));
    const auto captured = static_cast<uint32_t>(block.view().size());
    frames.views.push_back(
        {.data = block.view().data(),
         .capturedLengthBytes = captured,
         .originalLengthBytes = captured + cutOff,
         .timestampNs = startNs + static_cast<int64_t>(frames.views.size()) * 1'000'000,
         .strippedVlanTci = strippedTag == 0 ? PacketView::NO_VLAN : strippedTag,
         .linkType = linkType});
  }
  return frames;
}

}  // namespace weir::fuzz
