// SPDX-License-Identifier: Apache-2.0
#include "decode/tunnel.h"

#include <algorithm>

namespace weir {
namespace {

constexpr uint32_t UDP_HEADER_BYTES = 8;
constexpr uint16_t LEAST_ETHER_TYPE = 0x0600;

constexpr const char* NAMES[] = {
    "noTunnel", "entered", "unknownHeader", "nonIp", "truncated", "malformed", "tooDeep",
};
static_assert(sizeof NAMES / sizeof *NAMES == static_cast<size_t>(TunnelOutcome::COUNT));

/// Where a tunnel's header leads. `outcome` ENTERED: to whatever `link` says, IP or not.
struct TunnelEnd {
  LinkLayer link;
  Segment segment;  ///< of no tunnel: the header names none
  TunnelOutcome outcome = TunnelOutcome::ENTERED;
  /// Reserved bits are set. Receivers are to ignore them, yet what went to a port by chance may
  /// begin with anything: then only a sound packet inside makes it a tunnel.
  bool isDoubtful = false;
};

TunnelEnd endOf(TunnelOutcome outcome) { return {.link = {}, .outcome = outcome}; }

TunnelEnd walkProtocolType(const LinkLayer& link, uint16_t type, Segment segment = {}) {
  if (type < LEAST_ETHER_TYPE) return endOf(TunnelOutcome::NON_IP);  // keepalives have 0
  return {.link = walkEtherType(link, type), .segment = segment};
}

/// Mirrored frames (draft-foschiano-erspan). Without a sequence number it is type I, which has no
/// header of its own.
TunnelEnd walkErspan2(LinkLayer link, bool hasSequence) {
  constexpr uint32_t HEADER_BYTES = 8;
  if (hasSequence && !skipHeader(link, HEADER_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  return {.link = walkInnerEthernet(link)};
}

TunnelEnd walkErspan3(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 12;
  constexpr uint32_t SUBHEADER_BYTES = 8;
  constexpr uint16_t HAS_SUBHEADER = 1;
  constexpr uint16_t FRAME_ETHERNET = 0;
  constexpr uint16_t FRAME_IP = 2;
  if (!skipHeader(link, HEADER_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  const uint16_t flags = load16Be(link.network - 2);
  if ((flags & HAS_SUBHEADER) != 0 && !skipHeader(link, SUBHEADER_BYTES))
    return endOf(TunnelOutcome::TRUNCATED);
  const uint16_t frameType = flags >> 10 & 0x1f;
  if (frameType == FRAME_ETHERNET) return {.link = walkInnerEthernet(link)};
  if (frameType == FRAME_IP) return {.link = walkIpVersion(link)};
  return endOf(TunnelOutcome::NON_IP);
}

/// WCCP's redirect header has no flag of its own: an IPv4 header follows at once, or behind it.
TunnelEnd walkWccp(LinkLayer link) {
  constexpr uint32_t REDIRECT_BYTES = 4;
  const bool redirected = link.capturedBytes > 0 && link.network[0] >> 4 != 4;
  if (redirected && !skipHeader(link, REDIRECT_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  return {.link = walkEtherType(link, ETHER_TYPE_IPV4)};
}

enum GreFlag : uint16_t {
  GRE_CHECKSUM = 0x8000,
  GRE_ROUTING = 0x4000,  // RFC 1701; deprecated
  GRE_KEY = 0x2000,
  GRE_SEQUENCE = 0x1000,
  GRE_ACKNOWLEDGMENT = 0x0080,  // version 1 only, else reserved
  GRE_VERSION_MASK = 0x0007,
};

uint32_t greOptionBytes(uint16_t flags, uint16_t version) {
  constexpr uint16_t OPTIONS[] = {GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE, GRE_ACKNOWLEDGMENT};
  if (version == 0) flags &= static_cast<uint16_t>(~GRE_ACKNOWLEDGMENT);
  uint32_t bytes = 0;
  for (const uint16_t option : OPTIONS) bytes += (flags & option) != 0 ? 4 : 0;
  return bytes;
}

/// PPTP's version (RFC 2637 4.1). Without a sequence number it is a bare acknowledgment.
TunnelEnd walkPptp(const LinkLayer& link, uint16_t flags, uint16_t type) {
  if (type != ETHER_TYPE_PPP || (flags & GRE_KEY) == 0) return endOf(TunnelOutcome::UNKNOWN_HEADER);
  if ((flags & GRE_SEQUENCE) == 0) return endOf(TunnelOutcome::NON_IP);
  return {.link = walkPpp(link)};
}

/// RFC 2784 2, RFC 2890 2; reserved bits are ignored. The key names a network only in NVGRE
/// (RFC 7637 3.2): its upper 24 bits, when it is the only option.
TunnelEnd walkGre(LinkLayer link) {
  constexpr uint32_t FIXED_BYTES = 4;
  constexpr uint16_t TYPE_ERSPAN_2 = 0x88be;
  constexpr uint16_t TYPE_ERSPAN_3 = 0x22eb;
  constexpr uint16_t TYPE_WCCP = 0x883e;
  constexpr uint16_t ALL_OPTIONS = GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE;
  if (!skipHeader(link, FIXED_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  const uint16_t flags = load16Be(link.network - 4);
  const uint16_t type = load16Be(link.network - 2);
  const uint16_t version = flags & GRE_VERSION_MASK;
  if (version > 1 || (flags & GRE_ROUTING) != 0) return endOf(TunnelOutcome::UNKNOWN_HEADER);
  if (!skipHeader(link, greOptionBytes(flags, version))) return endOf(TunnelOutcome::TRUNCATED);
  if (version == 1) return walkPptp(link, flags, type);
  if (type == TYPE_ERSPAN_2) return walkErspan2(link, (flags & GRE_SEQUENCE) != 0);
  if (type == TYPE_ERSPAN_3) return walkErspan3(link);
  if (type == TYPE_WCCP) return walkWccp(link);
  const bool nvgre = type == ETHER_TYPE_TRANSPARENT_ETHERNET && (flags & ALL_OPTIONS) == GRE_KEY;
  if (!nvgre) return walkProtocolType(link, type);
  return walkProtocolType(link, type, {load32Be(link.network - 4) >> 8, Tunnel::GRE});
}

/// RFC 7348 5. Of the reserved bits, those of the group policy extension raise no doubt.
TunnelEnd walkVxlan(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 8;
  constexpr uint8_t VALID_NETWORK = 0x08;
  constexpr uint8_t GROUP_POLICY = 0x80;
  if (!skipHeader(link, UDP_HEADER_BYTES + HEADER_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  const uint8_t* const header = link.network - HEADER_BYTES;
  if ((header[0] & VALID_NETWORK) == 0) return endOf(TunnelOutcome::UNKNOWN_HEADER);
  const bool hasReserved = (header[0] & ~(VALID_NETWORK | GROUP_POLICY)) != 0 || header[7] != 0;
  return {.link = walkInnerEthernet(link),
          .segment = {load32Be(header + 4) >> 8, Tunnel::VXLAN},
          .isDoubtful = hasReserved};
}

/// RFC 8926 3.4.
TunnelEnd walkGeneve(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 8;
  constexpr uint8_t VERSION_MASK = 0xc0;
  constexpr uint8_t OPTIONS_MASK = 0x3f;  // length in 4 octets
  constexpr uint8_t CONTROL = 0x80;
  constexpr uint8_t RESERVED_MASK = 0x3f;
  if (!skipHeader(link, UDP_HEADER_BYTES + HEADER_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  const uint8_t* const header = link.network - HEADER_BYTES;
  if ((header[0] & VERSION_MASK) != 0) return endOf(TunnelOutcome::UNKNOWN_HEADER);
  if ((header[1] & CONTROL) != 0) return endOf(TunnelOutcome::NON_IP);
  if (!skipHeader(link, (header[0] & OPTIONS_MASK) * 4U)) return endOf(TunnelOutcome::TRUNCATED);
  const Segment segment{load32Be(header + 4) >> 8, Tunnel::GENEVE};
  TunnelEnd end = walkProtocolType(link, load16Be(header + 2), segment);
  end.isDoubtful = (header[1] & RESERVED_MASK) != 0 || header[7] != 0;
  return end;
}

/// 3GPP TS 29.281 5.2. Each header's last octet is the type of the next.
bool skipGtpExtensions(LinkLayer& link) {
  while (link.network[-1] != 0) {
    const uint32_t lengthBytes = link.capturedBytes > 0 ? link.network[0] * 4U : 0;
    if (lengthBytes == 0 || !skipHeader(link, lengthBytes)) return false;
  }
  return true;
}

/// 3GPP TS 29.281 5.1. Only G-PDUs carry a user's packet.
TunnelEnd walkGtpU(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 8;
  constexpr uint32_t OPTIONAL_BYTES = 4;  // there when any of their flags is set
  constexpr uint8_t VERSION_AND_TYPE_MASK = 0xf0;
  constexpr uint8_t VERSION_1_GTP = 0x30;
  constexpr uint8_t HAS_OPTIONAL = 0x07;
  constexpr uint8_t HAS_EXTENSION = 0x04;
  constexpr uint8_t G_PDU = 0xff;
  if (!skipHeader(link, UDP_HEADER_BYTES + HEADER_BYTES)) return endOf(TunnelOutcome::TRUNCATED);
  const uint8_t flags = link.network[-8];
  if ((flags & VERSION_AND_TYPE_MASK) != VERSION_1_GTP) return endOf(TunnelOutcome::UNKNOWN_HEADER);
  if (link.network[-7] != G_PDU) return endOf(TunnelOutcome::NON_IP);
  if ((flags & HAS_OPTIONAL) != 0 && !skipHeader(link, OPTIONAL_BYTES))
    return endOf(TunnelOutcome::TRUNCATED);
  if ((flags & HAS_EXTENSION) != 0 && !skipGtpExtensions(link))
    return endOf(TunnelOutcome::TRUNCATED);
  return {.link = walkIpVersion(link)};
}

TunnelEnd walkTunnel(Tunnel kind, const LinkLayer& link, uint8_t protocol) {
  switch (kind) {
    case Tunnel::GRE:
      return walkGre(link);
    case Tunnel::IP_IN_IP:
      return {.link = walkEtherType(
                  link, protocol == IP_PROTOCOL_IPV4 ? ETHER_TYPE_IPV4 : ETHER_TYPE_IPV6)};
    case Tunnel::VXLAN:
      return walkVxlan(link);
    case Tunnel::GENEVE:
      return walkGeneve(link);
    case Tunnel::GTP_U:
      return walkGtpU(link);
    case Tunnel::NONE:
      break;
  }
  return endOf(TunnelOutcome::NO_TUNNEL);
}

Tunnel kindOf(const TransportLayer& transport) {
  if (!transport.mayBeTunnel) return Tunnel::NONE;
  if (transport.protocol == IP_PROTOCOL_GRE) return Tunnel::GRE;
  if (transport.protocol != IP_PROTOCOL_UDP) return Tunnel::IP_IN_IP;
  switch (transport.destinationPort) {
    case TUNNEL_PORT_GENEVE:
      return Tunnel::GENEVE;
    case TUNNEL_PORT_GTP_U:
      return Tunnel::GTP_U;
    default:
      return Tunnel::VXLAN;
  }
}

/// The walk goes on behind the outer IP header, within what that says it carries.
LinkLayer behindIp(const Layers& outer) {
  LinkLayer link = outer.link;
  link.network = outer.ip.transport;
  link.capturedBytes = outer.ip.capturedBytes;
  link.wireBytes = outer.ip.transportBytes;
  link.insideMpls = false;
  link.insidePppoe = false;
  return link;
}

TunnelOutcome outcomeOf(Exception exception) {
  switch (exception) {
    case Exception::NONE:
      return TunnelOutcome::ENTERED;
    case Exception::ARP:
    case Exception::NON_IP:
      return TunnelOutcome::NON_IP;
    case Exception::TRUNCATED_IP_HEADER:
    case Exception::TRUNCATED_TRANSPORT_HEADER:
      return TunnelOutcome::TRUNCATED;
    default:
      return TunnelOutcome::MALFORMED;
  }
}

TunnelOutcome decodeInner(const Layers& outer, Tunnel kind, const TunnelEnd& end, Layers& inner) {
  if (end.outcome != TunnelOutcome::ENTERED) return end.outcome;
  if (end.link.outcome != LinkOutcome::FOUND) return TunnelOutcome::TRUNCATED;
  inner = {.link = end.link,
           .ip = decodeNetwork(end.link),
           .segment = end.segment.tunnel == Tunnel::NONE ? outer.segment : end.segment,
           .tunnel = kind,
           .insideFragment = outer.insideFragment || outer.ip.fragment != FragmentKind::NONE};
  if (inner.ip.exception != Exception::NONE) return outcomeOf(inner.ip.exception);
  // What claims to be longer than its envelope is no packet, unless the rest is in later fragments.
  if (inner.ip.octets > inner.link.wireBytes && !inner.insideFragment)
    return TunnelOutcome::MALFORMED;
  inner.transport.protocol = inner.ip.protocol;
  if (inner.ip.fragment != FragmentKind::LATER) inner.transport = decodeTransport(inner.ip);
  return outcomeOf(inner.transport.exception);
}

}  // namespace

const char* tunnelOutcomeName(TunnelOutcome outcome) {
  return outcome < TunnelOutcome::COUNT ? NAMES[static_cast<size_t>(outcome)] : "unknown";
}

TunnelOutcome enterTunnel(const Layers& outer, TunnelSet kinds, Layers& inner) {
  const Tunnel kind = kindOf(outer.transport);
  if (kind == Tunnel::NONE || !kinds.has(kind)) return TunnelOutcome::NO_TUNNEL;
  const TunnelEnd end = walkTunnel(kind, behindIp(outer), outer.ip.protocol);
  const TunnelOutcome outcome = decodeInner(outer, kind, end, inner);
  const bool isSound = outcome == TunnelOutcome::ENTERED || outcome == TunnelOutcome::TRUNCATED;
  return end.isDoubtful && !isSound ? TunnelOutcome::UNKNOWN_HEADER : outcome;
}

}  // namespace weir
