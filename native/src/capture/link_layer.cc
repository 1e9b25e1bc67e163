// SPDX-License-Identifier: Apache-2.0
#include "capture/link_layer.h"

namespace weir {
namespace {

/// More headers in front of IP than any network stacks: it bounds the work for a forged frame.
constexpr uint8_t MAXIMUM_HEADERS = 32;
constexpr uint32_t IPV4_MINIMUM_BYTES = 20;
constexpr uint32_t IPV6_HEADER_BYTES = 40;

/// Assigned numbers of PPP: IPv4 and IPv6, and MPLS (RFC 1332, 5072, 3032 4).
enum PppProtocol : uint16_t { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281 };

LinkLayer nothingToRead(LinkLayer link) {
  link.etherType = ETHER_TYPE_NONE;
  return link;
}

/// What lies behind `wireBytes` is padding.
void endAt(LinkLayer& link, uint32_t wireBytes) {
  link.wireBytes = std::min(link.wireBytes, wireBytes);
  link.capturedBytes = std::min(link.capturedBytes, wireBytes);
}

/// An IP header whose lengths fit what there is.
bool holdsSoundIp(const LinkLayer& link) {
  const uint8_t* const header = link.network;
  if (link.outcome != LinkOutcome::FOUND) return false;
  if (link.etherType == ETHER_TYPE_IPV4 && link.capturedBytes >= IPV4_MINIMUM_BYTES)
    return header[0] >> 4 == 4 && (header[0] & 0x0f) >= 5 && load16Be(header + 2) <= link.wireBytes;
  if (link.etherType == ETHER_TYPE_IPV6 && link.capturedBytes >= IPV6_HEADER_BYTES)
    return header[0] >> 4 == 6 && load16Be(header + 4) + IPV6_HEADER_BYTES <= link.wireBytes;
  return false;
}

/// Nothing in a label stack tells what it carries (RFC 4928). IP when the first octet says so and
/// the lengths fit; else an Ethernet pseudowire, with a control word (RFC 4448 4.6) or without,
/// when sound IP is found in it. Otherwise the first octet alone decides.
LinkLayer walkBehindMpls(const LinkLayer& link) {
  const LinkLayer ip = walkIpVersion(link);
  if (ip.outcome != LinkOutcome::FOUND || holdsSoundIp(ip)) return ip;
  constexpr uint32_t CONTROL_WORD_BYTES = 4;
  LinkLayer behindControlWord = link;
  if (link.network[0] >> 4 == 0 && skipHeader(behindControlWord, CONTROL_WORD_BYTES)) {
    const LinkLayer wire = walkInnerEthernet(behindControlWord);
    if (holdsSoundIp(wire)) return wire;
  }
  const LinkLayer wire = walkInnerEthernet(link);
  return holdsSoundIp(wire) ? wire : ip;
}

/// RFC 3032 2.1. A stack inside of a pseudowire inside of a stack is not looked into: each could be
/// read in three ways, and a forged frame would nest them.
LinkLayer walkMpls(LinkLayer link) {
  constexpr uint32_t ENTRY_BYTES = 4;
  constexpr uint8_t BOTTOM_OF_STACK = 1;
  if (link.insideMpls) return nothingToRead(link);
  link.insideMpls = true;
  do {
    if (!skipHeader(link, ENTRY_BYTES)) return link;
    const uint8_t* const entry = link.network - ENTRY_BYTES;
    if (link.mplsTopLabel == LinkLayer::NO_LABEL) link.mplsTopLabel = load32Be(entry) >> 8;
  } while ((link.network[-2] & BOTTOM_OF_STACK) == 0);
  return walkBehindMpls(link);
}

/// RFC 2516 4; code 0 is session data.
LinkLayer walkPppoe(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 6;
  constexpr uint16_t VERSION_TYPE_AND_CODE = 0x1100;
  if (!skipHeader(link, HEADER_BYTES)) return link;
  const uint8_t* const header = link.network - HEADER_BYTES;
  if (load16Be(header) != VERSION_TYPE_AND_CODE) return nothingToRead(link);
  endAt(link, load16Be(header + 4));
  link.insidePppoe = true;
  return walkPpp(link);
}

/// IEEE 802.2 with SNAP (RFC 1042), and the rare IP straight on LLC.
LinkLayer walkLlc(LinkLayer link) {
  constexpr uint32_t LLC_BYTES = 3;
  constexpr uint32_t SNAP_BYTES = 5;
  constexpr uint32_t LLC_SNAP = 0xaaaa03;
  constexpr uint32_t LLC_IP = 0x060603;
  constexpr uint32_t ENCAPSULATED_ETHERNET = 0x000000;
  constexpr uint32_t BRIDGE_TUNNEL = 0x0000f8;
  const auto load24Be = [](const uint8_t* from) {
    return static_cast<uint32_t>(from[0] << 16 | load16Be(from + 1));
  };
  if (!skipHeader(link, LLC_BYTES)) return link;
  const uint32_t llc = load24Be(link.network - LLC_BYTES);
  if (llc == LLC_IP) return walkEtherType(link, ETHER_TYPE_IPV4);
  if (llc != LLC_SNAP) return nothingToRead(link);
  if (!skipHeader(link, SNAP_BYTES)) return link;
  const uint32_t organisation = load24Be(link.network - SNAP_BYTES);
  if (organisation != ENCAPSULATED_ETHERNET && organisation != BRIDGE_TUNNEL)
    return nothingToRead(link);
  return walkEtherType(link, load16Be(link.network - 2));
}

/// IEEE 802.11-2020 9.2.4.1 and 9.3.2.1: data frames that are neither encrypted nor aggregated.
LinkLayer walkWireless(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 24;
  constexpr uint8_t TYPE_AND_NO_DATA_MASK = 0x4c;  // type, and the bit of subtypes without data
  constexpr uint8_t TYPE_DATA = 0x08;
  constexpr uint8_t SUBTYPE_QOS = 0x80;
  constexpr uint8_t BOTH_SYSTEMS = 0x03;  // to and from the distribution system
  constexpr uint8_t PROTECTED = 0x40;
  constexpr uint8_t ORDER = 0x80;
  constexpr uint8_t AGGREGATED = 0x80;
  if (!skipHeader(link, HEADER_BYTES)) return link;
  const uint8_t frame = link.network[-24];
  const uint8_t flags = link.network[-23];
  if ((frame & TYPE_AND_NO_DATA_MASK) != TYPE_DATA || (flags & PROTECTED) != 0)
    return nothingToRead(link);
  if ((flags & BOTH_SYSTEMS) == BOTH_SYSTEMS && !skipHeader(link, 6)) return link;
  if ((frame & SUBTYPE_QOS) != 0) {
    if (!skipHeader(link, 2)) return link;
    if ((link.network[-2] & AGGREGATED) != 0) return nothingToRead(link);
    if ((flags & ORDER) != 0 && !skipHeader(link, 4)) return link;
  }
  return walkLlc(link);
}

/// Linux cooked captures: the protocol is an EtherType, or 4 for a frame that begins with LLC.
LinkLayer walkCooked(LinkLayer link, uint32_t headerBytes, uint32_t protocolAt) {
  constexpr uint16_t STARTS_WITH_LLC = 4;
  constexpr uint16_t LEAST_ETHER_TYPE = 0x0600;
  if (!skipHeader(link, headerBytes)) return link;
  const uint16_t protocol = load16Be(link.network - headerBytes + protocolAt);
  if (protocol == STARTS_WITH_LLC) return walkLlc(link);
  return protocol < LEAST_ETHER_TYPE ? nothingToRead(link) : walkEtherType(link, protocol);
}

/// The family's numbers differ between systems and byte orders, the IP version does not.
LinkLayer walkLoopback(LinkLayer link) {
  constexpr uint32_t FAMILY_BYTES = 4;
  if (!skipHeader(link, FAMILY_BYTES)) return link;
  const uint32_t family = load32Be(link.network - FAMILY_BYTES);
  const bool isFamily = (family <= 0xff || (family & 0x00ffffffU) == 0) && family != 0;
  return isFamily ? walkIpVersion(link) : nothingToRead(link);
}

/// Address and control octet, then an EtherType (Cisco's framing on serial lines).
LinkLayer walkCiscoHdlc(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 4;
  if (!skipHeader(link, HEADER_BYTES)) return link;
  return walkEtherType(link, load16Be(link.network - 2));
}

LinkLayer walkPppSerial(const LinkLayer& link) {
  constexpr uint8_t CISCO_UNICAST = 0x0f;
  constexpr uint8_t CISCO_BROADCAST = 0x8f;
  const bool cisco = link.capturedBytes > 0 &&
                     (link.network[0] == CISCO_UNICAST || link.network[0] == CISCO_BROADCAST);
  return cisco ? walkCiscoHdlc(link) : walkPpp(link);
}

}  // namespace

bool skipHeader(LinkLayer& link, uint32_t headerBytes) {
  link.etherType = ETHER_TYPE_NONE;
  if (++link.headers > MAXIMUM_HEADERS) return false;
  if (link.capturedBytes < headerBytes) {
    link.outcome = LinkOutcome::TRUNCATED;
    return false;
  }
  link.network += headerBytes;
  link.capturedBytes -= headerBytes;
  link.wireBytes -= headerBytes;
  return true;
}

LinkLayer walkIpVersion(LinkLayer link) {
  link.etherType = ETHER_TYPE_NONE;
  if (link.capturedBytes == 0) {
    link.outcome = LinkOutcome::TRUNCATED;
    return link;
  }
  const uint8_t version = link.network[0] >> 4;
  if (version == 4) link.etherType = ETHER_TYPE_IPV4;
  if (version == 6) link.etherType = ETHER_TYPE_IPV6;
  return link;
}

LinkLayer walkPpp(LinkLayer link) {
  constexpr uint16_t ADDRESS_AND_CONTROL = 0xff03;
  link.etherType = ETHER_TYPE_NONE;
  if (link.capturedBytes >= 2 && load16Be(link.network) == ADDRESS_AND_CONTROL) skipHeader(link, 2);
  // A protocol's last octet is odd and the others are even, so a first octet that is odd is the
  // whole of it, compressed (RFC 1661 2 and 6.5).
  const bool compressed = link.capturedBytes > 0 && (link.network[0] & 1U) != 0;
  if (!skipHeader(link, compressed ? 1 : 2)) return link;
  const uint16_t protocol = compressed ? link.network[-1] : load16Be(link.network - 2);
  switch (protocol) {
    case PPP_IPV4:
      return walkEtherType(link, ETHER_TYPE_IPV4);
    case PPP_IPV6:
      return walkEtherType(link, ETHER_TYPE_IPV6);
    case PPP_MPLS:
      return walkMpls(link);
    default:
      return nothingToRead(link);
  }
}

LinkLayer walkInnerEthernet(LinkLayer link) {
  constexpr uint32_t HEADER_BYTES = 14;
  if (!skipHeader(link, HEADER_BYTES)) return link;
  return walkEtherType(link, load16Be(link.network - 2));
}

LinkLayer walkEtherType(LinkLayer link, uint16_t etherType) {
  constexpr uint16_t LARGEST_LENGTH = 1500;  // IEEE 802.3 3.2.6: up to here it is no type
  constexpr uint16_t SMALLEST_LENGTH = 3;
  constexpr uint32_t TAG_BYTES = 4;
  constexpr uint32_t SERVICE_TAG_BYTES = 4 + 12 + 2;  // the customer's addresses and EtherType
  for (;;) {
    switch (etherType) {
      case ETHER_TYPE_IPV4:
      case ETHER_TYPE_IPV6:
      case ETHER_TYPE_ARP:
        link.etherType = etherType;
        return link;
      case ETHER_TYPE_VLAN:
      case ETHER_TYPE_SERVICE_VLAN:
      case ETHER_TYPE_OLD_QINQ:
        if (!skipHeader(link, TAG_BYTES)) return link;
        takeTag(link, load16Be(link.network - TAG_BYTES));
        break;
      case ETHER_TYPE_BACKBONE_SERVICE:
        if (!skipHeader(link, SERVICE_TAG_BYTES)) return link;
        break;
      case ETHER_TYPE_MPLS:
      case ETHER_TYPE_MPLS_MULTICAST:
        return walkMpls(link);
      case ETHER_TYPE_PPPOE_SESSION:
        return walkPppoe(link);
      case ETHER_TYPE_TRANSPARENT_ETHERNET:
        return walkInnerEthernet(link);
      case ETHER_TYPE_PPP:
        return walkPpp(link);
      default:
        if (etherType > LARGEST_LENGTH || etherType < SMALLEST_LENGTH) return nothingToRead(link);
        endAt(link, etherType);
        return walkLlc(link);
    }
    etherType = load16Be(link.network - 2);
  }
}

bool isReadable(LinkType type) {
  switch (type) {
    case LinkType::BSD_LOOPBACK:
    case LinkType::ETHERNET:
    case LinkType::PPP:
    case LinkType::RAW_IP_12:
    case LinkType::RAW_IP_14:
    case LinkType::PPP_SERIAL:
    case LinkType::RAW_IP:
    case LinkType::CISCO_HDLC:
    case LinkType::IEEE_802_11:
    case LinkType::OPENBSD_LOOPBACK:
    case LinkType::LINUX_COOKED:
    case LinkType::IPV4:
    case LinkType::IPV6:
    case LinkType::LINUX_COOKED_2:
      return true;
  }
  return false;
}

LinkLayer walkOtherLink(const PacketView& view) {
  LinkLayer link;
  link.network = view.data;
  link.capturedBytes = view.capturedLengthBytes;
  link.wireBytes = wireBytesOf(view);
  if (view.strippedVlanTci != PacketView::NO_VLAN) takeTag(link, view.strippedVlanTci);
  switch (view.linkType) {
    case LinkType::BSD_LOOPBACK:
    case LinkType::OPENBSD_LOOPBACK:
      return walkLoopback(link);
    case LinkType::PPP:
      return walkPpp(link);
    case LinkType::PPP_SERIAL:
      return walkPppSerial(link);
    case LinkType::CISCO_HDLC:
      return walkCiscoHdlc(link);
    case LinkType::IEEE_802_11:
      return walkWireless(link);
    case LinkType::LINUX_COOKED:
      return walkCooked(link, 16, 14);
    case LinkType::LINUX_COOKED_2:
      return walkCooked(link, 20, 0);
    case LinkType::RAW_IP_12:
    case LinkType::RAW_IP_14:
    case LinkType::RAW_IP:
    case LinkType::IPV4:
    case LinkType::IPV6:
      return walkIpVersion(link);
    default:
      link.outcome = LinkOutcome::UNSUPPORTED;
      return link;
  }
}

}  // namespace weir
