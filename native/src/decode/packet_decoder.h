// SPDX-License-Identifier: Apache-2.0
// Decodes frames into flow keys and payloads; remembers the ports of fragmented datagrams.
#pragma once

#include "capture/packet_view.h"
#include "decode/decoded_packet.h"
#include "decode/fragment_cache.h"

namespace weir {

/// Owned by one lane. Never reads beyond `capturedLengthBytes`, whatever the octets say.
class PacketDecoder {
 public:
  /// Fills `packet` (all fields) from `view`.
  void decode(const PacketView& view, DecodedPacket& packet);

 private:
  FragmentCache fragments_;
};

}  // namespace weir
