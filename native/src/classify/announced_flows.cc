// SPDX-License-Identifier: Apache-2.0
#include "classify/announced_flows.h"

#include <array>

#include "classify/control_channel.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;

uint32_t applicationOf(AnnouncedRole role, const KnownApplications& known) {
  switch (role) {
    case AnnouncedRole::FTP_DATA:
      return known.ftpData;
    case AnnouncedRole::RTP:
      return known.rtp;
    case AnnouncedRole::RTCP:
      return known.rtcp;
  }
  return 0;
}

}  // namespace

void AnnouncedFlows::read(const DecodedPacket& packet, StreamSide side, Audience audience) {
  const ControlPayload payload{
      {reinterpret_cast<const char*>(packet.payload), packet.payloadLengthBytes},
      packet.key.protocol == PROTOCOL_TCP ? Transport::TCP : Transport::UDP,
      side,
      packet.sender == Sender::A ? packet.key.addressA : packet.key.addressB};
  const HostPair pair = audience == Audience::ALL_LANES ? HostPair{} : HostPair::of(packet.key);
  std::array<Announcement, ANNOUNCEMENTS_MAX> announcements;
  const size_t count = findAnnouncements(payload, announcements);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t application = applicationOf(announcements[i].role, known_);
    if (application != 0)
      table_.add({announcements[i].endpoint, pair}, application, packet.timestampNs);
  }
}

}  // namespace weir
