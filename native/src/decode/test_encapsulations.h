// SPDX-License-Identifier: Apache-2.0
// Every way in which Weir finds an IP packet in a frame, for tests that must hold for all of them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "capture/packet_view.h"
#include "decode/flow_key.h"
#include "decode/test_frames.h"

namespace weir::test {

/// In tunnels the outer addresses are swapped with the inner ones.
enum class Way : uint8_t { FORWARD, BACKWARD };

struct Encapsulation {
  std::string name;
  std::function<Octets(uint16_t etherType, const Octets& ip, Way way)> wrap;
  Tunnel tunnel = Tunnel::NONE;
  uint32_t segmentId = 0;
  uint16_t vlanId = 0;
  uint16_t customerVlanId = 0;
  uint32_t mplsTopLabel = 0;
  LinkType linkType = LinkType::ETHERNET;
};

inline constexpr uint16_t IPV4_TYPE = 0x0800;
inline constexpr uint16_t IPV6_TYPE = 0x86dd;
inline constexpr uint16_t FRAME_TYPE = 0x6558;

inline Octets joined(std::initializer_list<Octets> parts) {
  Octets all;
  for (const Octets& part : parts) append(all, part);
  return all;
}

inline Octets be16(uint32_t value) {
  Octets octets;
  append16(octets, value);
  return octets;
}

inline Octets be32(uint32_t value) {
  Octets octets;
  append32(octets, value);
  return octets;
}

/// Label stack entries, the bottom one marked; TTL 64.
inline Octets mpls(const std::vector<uint32_t>& labels, const Octets& body) {
  Octets octets;
  for (size_t i = 0; i < labels.size(); ++i)
    append32(octets, labels[i] << 12 | (i + 1 == labels.size() ? 0x100U : 0U) | 64U);
  append(octets, body);
  return octets;
}

inline Octets pppoe(const Octets& ppp) {
  return joined({{0x11, 0x00, 0x00, 0x07}, be16(static_cast<uint32_t>(ppp.size())), ppp});
}

inline Octets pppProtocol(uint16_t etherType) {
  return be16(etherType == IPV4_TYPE ? 0x0021 : 0x0057);
}

/// An outer packet from a tunnel's one end to the other.
inline Octets outer4(Way way, uint8_t protocol, const Octets& body) {
  const std::string one = "192.168.9.1";
  const std::string two = "192.168.9.200";
  return ipv4({.source = way == Way::FORWARD ? one : two,
               .destination = way == Way::FORWARD ? two : one,
               .protocol = protocol},
              body);
}

inline Octets outer6(Way way, uint8_t nextHeader, const Octets& body) {
  const std::string one = "2001:db8:9::1";
  const std::string two = "2001:db8:9::2";
  return ipv6({way == Way::FORWARD ? one : two, way == Way::FORWARD ? two : one, nextHeader}, body);
}

inline Octets gre(const Octets& header, const Octets& body) { return joined({header, body}); }

inline Octets vxlan(uint32_t network, const Octets& frame) {
  return joined({{0x08, 0, 0, 0}, be32(network << 8), frame});
}

inline Octets geneve(uint16_t type, uint32_t network, const Octets& options, const Octets& body) {
  return joined({{static_cast<uint8_t>(options.size() / 4), 0},
                 be16(type),
                 be32(network << 8),
                 options,
                 body});
}

/// With its length; `optional` holds the octets behind the fixed header.
inline Octets gtpU(uint8_t flags, uint8_t type, const Octets& optional, const Octets& body) {
  const auto length = static_cast<uint32_t>(optional.size() + body.size());
  return joined({{flags, type}, be16(length), be32(0x1234), optional, body});
}

using Wrap = std::function<Octets(uint16_t etherType, const Octets& ip, Way way)>;

/// In an Ethernet frame of `etherType` behind `header`.
inline Wrap behind(uint16_t etherType, const Octets& header) {
  return [=](uint16_t, const Octets& ip, Way) {
    return ethernet({etherType}, joined({header, ip}));
  };
}

/// GRE whose header is `flags`, the inner EtherType, and `options`.
inline Wrap overGre(uint16_t flags, const Octets& options) {
  return [=](uint16_t type, const Octets& ip, Way way) {
    return ethernet({}, outer4(way, 47, joined({be16(flags), be16(type), options, ip})));
  };
}

/// GRE of a fixed protocol type whose body is made from the inner packet.
inline Wrap overGreType(const Octets& header, const std::function<Octets(uint16_t, Octets)>& body) {
  return [=](uint16_t type, const Octets& ip, Way way) {
    return ethernet({}, outer4(way, 47, joined({header, body(type, ip)})));
  };
}

inline Wrap overUdp(uint16_t port, const std::function<Octets(uint16_t, Octets)>& body) {
  return [=](uint16_t type, const Octets& ip, Way way) {
    const auto sourcePort = static_cast<uint16_t>(way == Way::FORWARD ? 50000 : 60000);
    return ethernet({}, outer4(way, 17, udp({sourcePort, port}, body(type, ip))));
  };
}

inline Octets framed(uint16_t type, const Octets& ip) { return ethernet({type}, ip); }

inline std::vector<Encapsulation> linkEncapsulations() {
  const auto tagged = [](std::vector<uint32_t> tags) -> Wrap {
    return [=](uint16_t type, const Octets& ip, Way) { return ethernet({type, tags}, ip); };
  };
  const auto snap = [](const Octets& ip, uint16_t type) {
    return joined({{0xaa, 0xaa, 3, 0, 0, 0}, be16(type), ip});
  };
  return {
      {"plain", tagged({})},
      {"802.1Q", tagged({0x8100e00a}), Tunnel::NONE, 0, 10},
      {"802.1ad", tagged({0x88a80014, 0x8100000a}), Tunnel::NONE, 0, 20, 10},
      {"9100", tagged({0x91000014, 0x81000015, 0x8100000a}), Tunnel::NONE, 0, 20, 21},
      {"802.1ah",
       [](uint16_t type, const Octets& ip, Way) {
         return ethernet({0x88e7, {0x88a80014}},
                         joined({be32(77), ethernet({type, {0x81000009}}, ip)}));
       },
       Tunnel::NONE, 0, 20, 9},
      {"LLC/SNAP",
       [=](uint16_t type, const Octets& ip, Way) {
         const Octets body = snap(ip, type);
         return ethernet({static_cast<uint16_t>(body.size())}, body);
       }},
      {"MPLS, one label",
       [](uint16_t, const Octets& ip, Way) { return ethernet({0x8847}, mpls({16}, ip)); },
       Tunnel::NONE, 0, 0, 0, 16 << 4 | 1},
      {"MPLS, four labels in a VLAN",
       [](uint16_t, const Octets& ip, Way) {
         return ethernet({0x8847, {0x81000003}}, mpls({1000000, 2, 3, 4}, ip));
       },
       Tunnel::NONE, 0, 3, 0, 1000000 << 4},
      {"MPLS in one direction only",
       [](uint16_t type, const Octets& ip, Way way) {
         return way == Way::FORWARD ? ethernet({0x8847}, mpls({17, 18}, ip)) : ethernet({type}, ip);
       },
       Tunnel::NONE, 0, 0, 0, 17 << 4},
      {"pseudowire with control word",
       [](uint16_t type, const Octets& ip, Way) {
         return ethernet({0x8847}, mpls({16}, joined({be32(5), framed(type, ip)})));
       },
       Tunnel::NONE, 0, 0, 0, 16 << 4 | 1},
      {"pseudowire without control word",
       [](uint16_t type, const Octets& ip, Way) {
         return ethernet({0x8847}, mpls({16}, framed(type, ip)));
       },
       Tunnel::NONE, 0, 0, 0, 16 << 4 | 1},
      {"PPPoE",
       [](uint16_t type, const Octets& ip, Way) {
         return ethernet({0x8864, {0x81000007}}, pppoe(joined({pppProtocol(type), ip})));
       },
       Tunnel::NONE, 0, 7},
      {"PPPoE, compressed protocol",
       [](uint16_t type, const Octets& ip, Way) {
         return ethernet({0x8864}, pppoe(joined({{pppProtocol(type)[1]}, ip})));
       }},
  };
}

inline std::vector<Encapsulation> otherLinkTypes() {
  const auto with = [](const char* name, LinkType linkType,
                       const std::function<Octets(uint16_t)>& header) {
    return Encapsulation{.name = name,
                         .wrap =
                             [=](uint16_t type, const Octets& ip, Way) {
                               return joined({header(type), ip});
                             },
                         .linkType = linkType};
  };
  const auto nothing = [](uint16_t) { return Octets{}; };
  const auto snap = [](uint16_t type) { return joined({{0xaa, 0xaa, 3, 0, 0, 0}, be16(type)}); };
  return {
      with("loopback of this machine", LinkType::BSD_LOOPBACK,
           [](uint16_t type) {
             return Octets{static_cast<uint8_t>(type == IPV4_TYPE ? 2 : 30), 0, 0, 0};
           }),
      with("loopback of another machine", LinkType::BSD_LOOPBACK,
           [](uint16_t type) { return be32(type == IPV4_TYPE ? 2 : 24); }),
      with("OpenBSD loopback", LinkType::OPENBSD_LOOPBACK,
           [](uint16_t type) { return be32(type == IPV4_TYPE ? 2 : 24); }),
      with("raw IP", LinkType::RAW_IP, nothing),
      with("raw IP 12", LinkType::RAW_IP_12, nothing),
      with("raw IP 14", LinkType::RAW_IP_14, nothing),
      with("PPP", LinkType::PPP, [](uint16_t type) { return pppProtocol(type); }),
      with("PPP in HDLC framing", LinkType::PPP_SERIAL,
           [](uint16_t type) {
             return joined({{0xff, 3}, pppProtocol(type)});
           }),
      with("Cisco HDLC", LinkType::CISCO_HDLC,
           [](uint16_t type) {
             return joined({{0x0f, 0}, be16(type)});
           }),
      with("Linux cooked", LinkType::LINUX_COOKED,
           [](uint16_t type) {
             return joined({Octets(14, 1), be16(type)});
           }),
      with("Linux cooked 2", LinkType::LINUX_COOKED_2,
           [](uint16_t type) {
             return joined({be16(type), Octets(18, 1)});
           }),
      with("802.11", LinkType::IEEE_802_11,
           [=](uint16_t type) {
             return joined({{0x08, 0x01}, Octets(22, 2), snap(type)});
           }),
      with("802.11 QoS between stations of a bridge", LinkType::IEEE_802_11,
           [=](uint16_t type) {
             return joined({{0x88, 0x03}, Octets(28, 2), {0, 0}, snap(type)});
           }),
  };
}

inline std::vector<Encapsulation> tunnels() {
  const auto ppp = [](uint16_t type, const Octets& ip) {
    return joined({{0xff, 3}, pppProtocol(type), ip});
  };
  const auto erspan2 = [](uint16_t type, const Octets& ip) {
    return joined({Octets(8, 0x10), framed(type, ip)});
  };
  const auto erspan3 = [](uint16_t type, const Octets& ip) {
    return joined({{0x20, 1, 0, 2}, Octets(6), {0, 1}, Octets(8), framed(type, ip)});
  };
  return {
      {"GRE", overGre(0, {}), Tunnel::GRE},
      {"GRE, all options", overGre(0xb000, Octets(12, 9)), Tunnel::GRE},
      {"GRE, Ethernet", overGreType({0, 0, 0x65, 0x58}, framed), Tunnel::GRE},
      {"NVGRE", overGreType({0x20, 0, 0x65, 0x58, 0, 0x11, 0x22, 5}, framed), Tunnel::GRE, 0x1122},
      {"GRE, MPLS",
       overGreType({0, 0, 0x88, 0x47}, [](uint16_t, const Octets& ip) { return mpls({77}, ip); }),
       Tunnel::GRE, 0, 0, 0, 77 << 4 | 1},
      {"ERSPAN I", overGreType({0, 0, 0x88, 0xbe}, framed), Tunnel::GRE},
      {"ERSPAN II", overGreType({0x10, 0, 0x88, 0xbe, 0, 0, 0, 1}, erspan2), Tunnel::GRE},
      {"ERSPAN III", overGreType({0x10, 0, 0x22, 0xeb, 0, 0, 0, 1}, erspan3), Tunnel::GRE},
      {"PPTP", overGreType({0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2}, ppp),
       Tunnel::GRE},
      {"IP in IPv4",
       [](uint16_t type, const Octets& ip, Way way) {
         return ethernet({}, outer4(way, type == IPV4_TYPE ? 4 : 41, ip));
       },
       Tunnel::IP_IN_IP},
      {"IP in IPv6",
       [](uint16_t type, const Octets& ip, Way way) {
         const uint8_t protocol = type == IPV4_TYPE ? 4 : 41;
         return ethernet({IPV6_TYPE}, outer6(way, 60, extension(protocol, ip)));
       },
       Tunnel::IP_IN_IP},
      {"VXLAN",
       overUdp(4789, [](uint16_t type, const Octets& ip) { return vxlan(5000, framed(type, ip)); }),
       Tunnel::VXLAN, 5000},
      {"VXLAN of tagged frames on the old port",
       overUdp(8472,
               [](uint16_t type, const Octets& ip) {
                 return vxlan(5, ethernet({type, {0x8100000c}}, ip));
               }),
       Tunnel::VXLAN, 5, 12},
      {"GENEVE, Ethernet",
       overUdp(6081,
               [](uint16_t type, const Octets& ip) {
                 return geneve(FRAME_TYPE, 0xabcdef, Octets(8, 3), framed(type, ip));
               }),
       Tunnel::GENEVE, 0xabcdef},
      {"GENEVE, IP",
       overUdp(6081, [](uint16_t type, const Octets& ip) { return geneve(type, 1, {}, ip); }),
       Tunnel::GENEVE, 1},
      {"GTP-U", overUdp(2152, [](uint16_t, const Octets& ip) { return gtpU(0x30, 0xff, {}, ip); }),
       Tunnel::GTP_U},
      {"GTP-U with extension headers",
       overUdp(2152,
               [](uint16_t, const Octets& ip) {
                 return gtpU(0x36, 0xff, {0, 1, 0, 0x85, 1, 0x10, 9, 0xc0, 1, 0, 0, 0}, ip);
               }),
       Tunnel::GTP_U},
      {"IP in GRE in VXLAN",
       overUdp(4789,
               [](uint16_t type, const Octets& ip) {
                 const Octets gre4 = joined({be16(0), be16(type), ip});
                 return vxlan(6, framed(IPV4_TYPE, ipv4({.protocol = 47}, gre4)));
               }),
       Tunnel::GRE, 6},
  };
}

inline std::vector<Encapsulation> allEncapsulations() {
  std::vector<Encapsulation> all = linkEncapsulations();
  for (auto& one : otherLinkTypes()) all.push_back(std::move(one));
  for (auto& one : tunnels()) all.push_back(std::move(one));
  return all;
}

}  // namespace weir::test
