// SPDX-License-Identifier: Apache-2.0
#include "classify/announced_flows.h"

#include <array>
#include <span>

#include "classify/control_channel.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;

/// Between whom the announced flow may be. FTP serves its data connections from the host that
/// announces them: what names another host could be anybody's wish for others' flows.
HostPair pairFor(const Announcement& announcement, const IpAddress& sender, const FlowKey& key,
                 Audience audience) {
  const bool isForOther =
      announcement.role == AnnouncedRole::FTP_DATA && announcement.endpoint.address != sender;
  return audience == Audience::ALL_LANES && !isForOther ? HostPair{} : HostPair::of(key);
}

}  // namespace

void AnnouncedFlows::read(const DecodedPacket& packet, StreamSide side, Audience audience) {
  const ControlPayload payload{
      {reinterpret_cast<const char*>(packet.payload), packet.payloadLengthBytes},
      packet.key.protocol == PROTOCOL_TCP ? Transport::TCP : Transport::UDP,
      side,
      packet.sender == Sender::A ? packet.key.addressA : packet.key.addressB};
  std::array<Announcement, ANNOUNCEMENTS_MAX> announcements;
  const size_t count = findAnnouncements(payload, announcements);
  for (const Announcement& announcement : std::span(announcements).first(count)) {
    const HostPair pair = pairFor(announcement, payload.sender, packet.key, audience);
    table_.add({announcement.endpoint, pair}, announcement.role, packet.timestampNs);
  }
}

uint32_t AnnouncedFlows::applicationOf(AnnouncedRole role) const {
  switch (role) {
    case AnnouncedRole::FTP_DATA:
      return known_.ftpData;
    case AnnouncedRole::RTP:
      return known_.rtp;
    case AnnouncedRole::RTCP:
      return known_.rtcp;
    case AnnouncedRole::NONE:
      break;
  }
  return 0;
}

}  // namespace weir
