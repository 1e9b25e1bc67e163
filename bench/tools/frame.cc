// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include "bytes.h"

namespace bench {
namespace {

constexpr uint32_t ETHERNET_BYTES = 14;
constexpr uint16_t ETHERTYPE_IPV4 = 0x0800;
constexpr uint16_t ETHERTYPE_ARP = 0x0806;
constexpr uint16_t ETHERTYPE_IPV6 = 0x86dd;

constexpr uint8_t HOP_BY_HOP = 0;
constexpr uint8_t IP_IN_IP = 4;
constexpr uint8_t IPV6_IN_IP = 41;
constexpr uint8_t ROUTING = 43;
constexpr uint8_t FRAGMENT = 44;
constexpr uint8_t GRE = 47;
constexpr uint8_t DESTINATION_OPTIONS = 60;

bool isVlanTag(uint16_t etherType) { return etherType == 0x8100 || etherType == 0x88a8; }

/// VXLAN, GENEVE, GTP-U, L2TP, Teredo.
bool isTunnelPort(uint16_t port) {
  return port == 4789 || port == 6081 || port == 2152 || port == 1701 || port == 3544;
}

FragmentKind fragmentKind(uint16_t offset, uint16_t moreFragments) {
  if (offset != 0) return FragmentKind::LATER;
  return moreFragments != 0 ? FragmentKind::FIRST : FragmentKind::WHOLE;
}

bool isTunnel(std::span<const uint8_t> octets, const Frame& frame) {
  if (frame.protocol == IP_IN_IP || frame.protocol == IPV6_IN_IP || frame.protocol == GRE) {
    return true;
  }
  const bool hasPorts = frame.protocol == UDP && frame.fragment != FragmentKind::LATER;
  if (!hasPorts || frame.transportOffset + 4 > frame.ipEnd) return false;
  const uint8_t* ports = octets.data() + frame.transportOffset;
  return isTunnelPort(readBe16(ports)) || isTunnelPort(readBe16(ports + 2));
}

Frame finish(std::span<const uint8_t> octets, Frame frame) {
  if (frame.ipEnd > octets.size() || frame.transportOffset > frame.ipEnd) {
    frame.kind = FrameKind::MALFORMED;
  } else {
    frame.kind = isTunnel(octets, frame) ? FrameKind::TUNNEL : FrameKind::IP;
  }
  return frame;
}

Frame parseIpv4(std::span<const uint8_t> octets, uint32_t at) {
  Frame frame{.addressLength = 4, .ipOffset = at};
  if (at + 20 > octets.size() || octets[at] >> 4 != 4) return frame;
  const uint8_t* ip = octets.data() + at;
  const uint16_t fragmentField = readBe16(ip + 6);
  frame.protocol = ip[9];
  frame.sourceOffset = at + 12;
  frame.transportOffset = at + (ip[0] & 15U) * 4;
  frame.ipEnd = at + readBe16(ip + 2);
  frame.fragment = fragmentKind(fragmentField & 0x1fff, fragmentField & 0x2000);
  frame.fragmentId = readBe16(ip + 4);
  if (frame.transportOffset < at + 20) return frame;
  return finish(octets, frame);
}

Frame parseIpv6(std::span<const uint8_t> octets, uint32_t at) {
  Frame frame{.addressLength = 16, .ipOffset = at};
  if (at + 40 > octets.size() || octets[at] >> 4 != 6) return frame;
  const uint8_t* ip = octets.data() + at;
  frame.sourceOffset = at + 8;
  frame.ipEnd = at + 40 + readBe16(ip + 4);
  uint8_t next = ip[6];
  uint32_t offset = at + 40;
  while (next == HOP_BY_HOP || next == DESTINATION_OPTIONS || next == FRAGMENT) {
    if (offset + 8 > octets.size()) return frame;
    const uint8_t* header = octets.data() + offset;
    if (next == FRAGMENT) {
      frame.fragment = fragmentKind(readBe16(header + 2) & 0xfff8, readBe16(header + 2) & 1);
      frame.fragmentId = readBe32(header + 4);
    }
    offset += next == FRAGMENT ? 8 : (header[1] + 1U) * 8;
    next = header[0];
    if (frame.fragment == FragmentKind::LATER) break;
  }
  frame.protocol = next;
  frame.transportOffset = offset;
  if (next != ROUTING) return finish(octets, frame);
  // The checksum covers the last destination, which is not the one in the header.
  frame.kind = FrameKind::UNSUPPORTED;
  return frame;
}

}  // namespace

Frame parseFrame(std::span<const uint8_t> octets) {
  uint32_t at = ETHERNET_BYTES;
  if (octets.size() < at) return {};
  uint16_t etherType = readBe16(octets.data() + 12);
  while (isVlanTag(etherType) && at + 4 <= octets.size()) {
    etherType = readBe16(octets.data() + at + 2);
    at += 4;
  }
  if (etherType == ETHERTYPE_IPV4) return parseIpv4(octets, at);
  if (etherType == ETHERTYPE_IPV6) return parseIpv6(octets, at);
  return {.kind = etherType == ETHERTYPE_ARP ? FrameKind::ARP : FrameKind::UNSUPPORTED};
}

}  // namespace bench
