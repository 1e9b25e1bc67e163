// SPDX-License-Identifier: Apache-2.0
// RTP and RTCP (RFC 3550) by their shape over several datagrams of one direction: they have no
// words to match, and media that no SIP announced has nothing else to be known by.
#pragma once

#include <cstdint>
#include <span>

namespace weir {

enum class MediaShape : uint8_t { UNDECIDED, RTP, RTCP, NEITHER };

/// Whether a datagram alone has the form of RTP or of a compound of RTCP.
bool isMediaPacket(std::span<const uint8_t> datagram);

/// The state of one direction. RTP: four packets in a row of one source and payload type, whose
/// sequence numbers go on and whose timestamps do not go back. RTCP: two datagrams in a row of one
/// source that its packets fill exactly, four packets in all. What comes between, as STUN or DTLS
/// of the same flow, does not count. Four packets of random octets agree in one case of 2^100.
class RtpShape {
 public:
  /// Without a verdict by then the direction is NEITHER.
  static constexpr uint8_t DATAGRAMS_MAX = 12;

  /// The verdict so far; once there is one it stays.
  MediaShape add(std::span<const uint8_t> datagram);

 private:
  static constexpr uint8_t PACKETS_NEEDED = 4;

  void addRtp(std::span<const uint8_t> datagram);
  void addRtcp(std::span<const uint8_t> datagram, uint8_t packets);
  [[nodiscard]] bool continuesRtp(std::span<const uint8_t> datagram) const;
  [[nodiscard]] bool repeatsRtp(std::span<const uint8_t> datagram) const;

  uint32_t source_ = 0;
  uint32_t timestamp_ = 0;
  uint16_t sequence_ = 0;
  uint8_t payloadType_ = 0;
  uint8_t consistentRtp_ = 0;
  uint8_t consistentRtcp_ = 0;
  uint8_t datagrams_ = 0;
  MediaShape verdict_ = MediaShape::UNDECIDED;
};
static_assert(sizeof(RtpShape) <= 16);

}  // namespace weir
