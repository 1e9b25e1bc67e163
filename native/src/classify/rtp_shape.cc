// SPDX-License-Identifier: Apache-2.0
#include "classify/rtp_shape.h"

#include <algorithm>

#include "capture/byte_order.h"

namespace weir {
namespace {

constexpr size_t RTP_HEADER_BYTES = 12;
constexpr size_t RTCP_HEADER_BYTES = 8;  // with the sender's SSRC
constexpr size_t SSRC_AT = 8;
constexpr uint8_t RTCP_SR = 200;
constexpr uint8_t RTCP_RR = 201;
constexpr uint8_t RTCP_LAST = 207;  // XR
constexpr uint16_t SEQUENCE_GAP_MAX = 16;
constexpr uint32_t TIMESTAMP_STEP_MAX = 1U << 24U;  // three minutes at 90 kHz

bool isVersion2(std::span<const uint8_t> octets) { return octets[0] >> 6U == 2; }

/// Assigned statically (RFC 3551 6), or dynamic.
bool isPayloadType(uint8_t type) {
  constexpr uint64_t STATIC = 0b111'1001'0110'0000'0111'1111'1111'1111'1001;
  return type >= 96 || (type <= 34 && (STATIC >> type & 1U) != 0);
}

/// A header with its contributing sources and its extension (RFC 3550 5.1, 5.3.1), and something
/// behind it.
bool isRtp(std::span<const uint8_t> datagram) {
  if (datagram.size() <= RTP_HEADER_BYTES || !isVersion2(datagram)) return false;
  if (!isPayloadType(datagram[1] & 0x7fU) || load32Be(&datagram[SSRC_AT]) == 0) return false;
  size_t headerBytes = RTP_HEADER_BYTES + (datagram[0] & 0x0fU) * size_t{4};
  const bool hasExtension = (datagram[0] & 0x10U) != 0;
  if (hasExtension) {
    if (datagram.size() < headerBytes + 4) return false;
    headerBytes += 4 + load16Be(&datagram[headerBytes + 2]) * size_t{4};
  }
  return headerBytes <= datagram.size();
}

/// The packets of a compound that begins with a report and fills its datagram (RFC 3550 6.1); 0
/// when it is none.
uint8_t rtcpPackets(std::span<const uint8_t> datagram) {
  if (datagram.size() < RTCP_HEADER_BYTES) return 0;
  if (datagram[1] != RTCP_SR && datagram[1] != RTCP_RR) return 0;
  uint8_t packets = 0;
  while (!datagram.empty()) {
    if (datagram.size() < 4 || !isVersion2(datagram)) return 0;
    if (datagram[1] < RTCP_SR || datagram[1] > RTCP_LAST) return 0;
    const size_t bytes = (load16Be(&datagram[2]) + size_t{1}) * 4;
    if (bytes > datagram.size() || packets == UINT8_MAX) return 0;
    datagram = datagram.subspan(bytes);
    ++packets;
  }
  return packets;
}

}  // namespace

bool isMediaPacket(std::span<const uint8_t> datagram) {
  return isRtp(datagram) || rtcpPackets(datagram) > 0;
}

MediaShape RtpShape::add(std::span<const uint8_t> datagram) {
  if (verdict_ != MediaShape::UNDECIDED) return verdict_;
  ++datagrams_;
  if (const uint8_t packets = rtcpPackets(datagram); packets > 0)
    addRtcp(datagram, packets);
  else if (isRtp(datagram))
    addRtp(datagram);
  if (verdict_ == MediaShape::UNDECIDED && datagrams_ == DATAGRAMS_MAX)
    verdict_ = MediaShape::NEITHER;
  return verdict_;
}

bool RtpShape::continuesRtp(std::span<const uint8_t> datagram) const {
  const auto gap = static_cast<uint16_t>(load16Be(&datagram[2]) - sequence_);
  const uint32_t step = load32Be(&datagram[4]) - timestamp_;
  return consistentRtp_ > 0 && source_ == load32Be(&datagram[SSRC_AT]) &&
         payloadType_ == (datagram[1] & 0x7fU) && gap >= 1 && gap <= SEQUENCE_GAP_MAX &&
         step < TIMESTAMP_STEP_MAX;
}

bool RtpShape::repeatsRtp(std::span<const uint8_t> datagram) const {
  return consistentRtp_ > 0 && source_ == load32Be(&datagram[SSRC_AT]) &&
         sequence_ == load16Be(&datagram[2]) && timestamp_ == load32Be(&datagram[4]);
}

/// A packet that does not go on is the first of a new row. One that comes twice, as mirror ports
/// give them, changes nothing.
void RtpShape::addRtp(std::span<const uint8_t> datagram) {
  if (repeatsRtp(datagram)) return;
  consistentRtp_ = continuesRtp(datagram) ? static_cast<uint8_t>(consistentRtp_ + 1) : 1;
  consistentRtcp_ = 0;
  source_ = load32Be(&datagram[SSRC_AT]);
  timestamp_ = load32Be(&datagram[4]);
  sequence_ = load16Be(&datagram[2]);
  payloadType_ = datagram[1] & 0x7fU;
  if (consistentRtp_ == PACKETS_NEEDED) verdict_ = MediaShape::RTP;
}

/// The reports of a flow that carries both (RFC 5761) come between its RTP packets; they leave that
/// row alone.
void RtpShape::addRtcp(std::span<const uint8_t> datagram, uint8_t packets) {
  if (consistentRtp_ > 0) return;
  const uint32_t source = load32Be(&datagram[4]);
  const bool goesOn = consistentRtcp_ > 0 && source == source_;
  // However many packets a compound has, one datagram alone is not enough.
  const int before = goesOn ? consistentRtcp_ : 0;
  const int limit = goesOn ? PACKETS_NEEDED : PACKETS_NEEDED - 1;
  consistentRtcp_ = static_cast<uint8_t>(std::min(before + packets, limit));
  source_ = source;
  if (consistentRtcp_ == PACKETS_NEEDED) verdict_ = MediaShape::RTCP;
}

}  // namespace weir
