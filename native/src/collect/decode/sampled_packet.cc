// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/sampled_packet.h"

#include <algorithm>

#include "collect/decode/field_steps.h"
#include "collect/decode/octet_cursor.h"

namespace weir::collect {

namespace {

enum EtherType : uint16_t {
  IPV4 = 0x0800,
  VLAN = 0x8100,
  IPV6 = 0x86dd,
  MPLS = 0x8847,
  PPPOE_SESSION = 0x8864,
  PROVIDER_VLAN = 0x88a8,
  OLD_PROVIDER_VLAN = 0x9100
};

enum Protocol : uint8_t {
  HOP_BY_HOP = 0,
  ICMP = 1,
  TCP = 6,
  UDP = 17,
  ROUTING = 43,
  FRAGMENT = 44,
  AUTHENTICATION = 51,
  ICMPV6 = 58,
  DESTINATION_OPTIONS = 60,
  SCTP = 132
};

constexpr size_t MOST_TAGS = 8;
constexpr size_t MOST_EXTENSIONS = 8;

bool isVlan(uint16_t type) {
  return type == VLAN || type == PROVIDER_VLAN || type == OLD_PROVIDER_VLAN;
}

class PacketReader {
 public:
  explicit PacketReader(std::span<const uint8_t> header) : at_(header) {}

  std::optional<SampledPacket> readFrame() {
    at_.takeOctets(12);
    uint16_t type = at_.take16();
    for (size_t tags = 0; isVlan(type) && tags < MOST_TAGS; ++tags) {
      const auto tag = static_cast<uint16_t>(at_.take16() & 0xfffU);
      // The outermost one is where the packet was.
      if (tags == 0) packet_.vlanId = tag;
      type = at_.take16();
    }
    if (type == MPLS) type = skipLabels();
    if (type == PPPOE_SESSION) type = skipPppoe();
    if (type == IPV4) return readIpv4();
    return type == IPV6 ? readIpv6() : std::nullopt;
  }

  std::optional<SampledPacket> readIpv4() {
    const auto header = at_.takeOctets(20);
    if (header.empty() || header[0] >> 4U != 4) return std::nullopt;
    packet_.classOfService = header[1];
    packet_.octets = load16(&header[2]);
    packet_.protocol = header[9];
    storeMapped(packet_.sourceAddress, &header[12]);
    storeMapped(packet_.destinationAddress, &header[16]);
    const size_t headerOctets = (header[0] & 0x0fU) * size_t{4};
    if (headerOctets < 20) return std::nullopt;
    at_.takeOctets(headerOctets - 20);
    const bool isLaterFragment = (load16(&header[6]) & 0x1fffU) != 0;
    if (!isLaterFragment) readTransport();
    return packet_;
  }

  std::optional<SampledPacket> readIpv6() {
    const auto header = at_.takeOctets(40);
    if (header.empty() || header[0] >> 4U != 6) return std::nullopt;
    packet_.classOfService = static_cast<uint8_t>(load16(header.data()) >> 4U);
    packet_.octets = 40U + load16(&header[4]);
    packet_.protocol = header[6];
    std::copy_n(&header[8], sizeof(Address), packet_.sourceAddress.begin());
    std::copy_n(&header[24], sizeof(Address), packet_.destinationAddress.begin());
    if (skipExtensions()) readTransport();
    return packet_;
  }

 private:
  uint16_t skipLabels() {
    for (size_t labels = 0; labels < MOST_TAGS; ++labels) {
      const bool isLast = (at_.take32() & 0x100U) != 0;
      if (!isLast) continue;
      const auto left = at_.left();
      if (left.empty()) return 0;
      return left[0] >> 4U == 4 ? IPV4 : IPV6;
    }
    return 0;
  }

  uint16_t skipPppoe() {
    constexpr uint16_t PPP_IPV4 = 0x0021;
    constexpr uint16_t PPP_IPV6 = 0x0057;
    at_.takeOctets(6);
    const uint16_t protocol = at_.take16();
    if (protocol == PPP_IPV4) return IPV4;
    return protocol == PPP_IPV6 ? uint16_t{IPV6} : uint16_t{0};
  }

  /// False for later fragments, which have no ports.
  bool skipExtensions() {
    for (size_t i = 0; i < MOST_EXTENSIONS; ++i) {
      const uint8_t kind = packet_.protocol;
      const bool isExtension = kind == HOP_BY_HOP || kind == ROUTING || kind == FRAGMENT ||
                               kind == AUTHENTICATION || kind == DESTINATION_OPTIONS;
      if (!isExtension) return true;
      packet_.protocol = at_.take8();
      const uint8_t length = at_.take8();
      if (kind == FRAGMENT) {
        const bool isLater = (at_.take16() & 0xfff8U) != 0;
        at_.take32();
        if (isLater) return false;
      } else {
        at_.takeOctets(kind == AUTHENTICATION ? (length + size_t{2}) * 4 - 2
                                              : length * size_t{8} + 6);
      }
      if (at_.failed()) return false;
    }
    return false;
  }

  void readTransport() {
    switch (packet_.protocol) {
      case ICMP:
      case ICMPV6:
        packet_.icmpTypeCode = at_.take16();
        return;
      case TCP:
        readPorts();
        at_.takeOctets(8);
        packet_.tcpFlags = at_.take16() & 0x1ffU;
        return;
      case UDP:
      case SCTP:
        readPorts();
        return;
      default:
        return;
    }
  }

  void readPorts() {
    packet_.sourcePort = at_.take16();
    packet_.destinationPort = at_.take16();
  }

  OctetCursor at_;
  SampledPacket packet_;
};

}  // namespace

std::optional<SampledPacket> readSampledPacket(HeaderProtocol protocol,
                                               std::span<const uint8_t> header) {
  PacketReader reader(header);
  switch (protocol) {
    case HeaderProtocol::ETHERNET:
      return reader.readFrame();
    case HeaderProtocol::IPV4:
      return reader.readIpv4();
    case HeaderProtocol::IPV6:
      return reader.readIpv6();
  }
  return std::nullopt;
}

}  // namespace weir::collect
