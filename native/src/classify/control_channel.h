// SPDX-License-Identifier: Apache-2.0
// Reads from control channels where other flows will be: FTP's data connections (RFC 959, RFC 2428)
// and the media of SIP (SDP, RFC 8866). Pure; looks at one packet, so an announcement that is cut
// by a segment border is missed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "classify/expectation_table.h"
#include "classify/signature.h"

namespace weir {

struct Announcement {
  Endpoint endpoint;
  AnnouncedRole role = AnnouncedRole::FTP_DATA;
};

struct ControlPayload {
  std::string_view text;
  Transport transport = Transport::TCP;
  StreamSide side = StreamSide::CLIENT;
  IpAddress sender{};  ///< 229 (EPSV) announces a port of the sender's own address
};

inline constexpr size_t ANNOUNCEMENTS_MAX = 16;  ///< of one packet; more are left out

/// False for most payloads that announce nothing, by their first octet: FTP's commands and SIP
/// begin with a letter, FTP's replies with a digit from 1 to 5.
inline bool mayAnnounce(std::string_view text) {
  if (text.size() < 8) return false;
  const char first = text.front();
  const auto letter = static_cast<char>(first | 0x20);
  return (letter >= 'a' && letter <= 'z') || (first >= '1' && first <= '5');
}

/// Gives how many announcements were written.
size_t findAnnouncements(const ControlPayload& payload,
                         std::span<Announcement, ANNOUNCEMENTS_MAX> announcements);

}  // namespace weir
