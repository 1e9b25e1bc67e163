// SPDX-License-Identifier: Apache-2.0
// The flows that control channels have announced: reads the announcements, remembers them for a
// while, and knows a new flow that was announced. Owned by one lane.
#pragma once

#include <cstdint>
#include <string_view>

#include "capture/lane_partition.h"
#include "classify/control_channel.h"
#include "classify/expectation_table.h"
#include "classify/signature.h"
#include "decode/decoded_packet.h"

namespace weir {

class AnnouncedFlows {
 public:
  AnnouncedFlows(const KnownApplications& known, uint32_t expectationsMax)
      : known_(known), table_(expectationsMax) {}

  /// What announced flows are called from now on.
  void setKnown(const KnownApplications& known) { known_ = known; }

  /// Looks for announcements in a packet's payload. A few compares where there are none. What not
  /// all lanes hear holds for the packet's own pair of hosts.
  void observe(const DecodedPacket& packet, StreamSide side, Audience audience) {
    const std::string_view text(reinterpret_cast<const char*>(packet.payload),
                                packet.payloadLengthBytes);
    if (mayAnnounce(text)) read(packet, side, audience);
  }

  /// What the new flow of this packet was announced as.
  [[nodiscard]] AnnouncedRole find(const DecodedPacket& packet) const {
    return table_.find(packet.key, packet.timestampNs);
  }

  /// What flows announced so are called now; 0 when the signatures have no name for them.
  [[nodiscard]] uint32_t applicationOf(AnnouncedRole role) const;

  /// Whether flows of this application go on announcing others after their verdict.
  [[nodiscard]] bool isControl(uint32_t application) const {
    return application == known_.ftp || application == known_.sip;
  }

 private:
  void read(const DecodedPacket& packet, StreamSide side, Audience audience);

  KnownApplications known_;
  ExpectationTable table_;
};

}  // namespace weir
