// SPDX-License-Identifier: Apache-2.0
// Builds frames for tests out of layers, innermost first: ethernet(ipv4({...}, udp({...}, text))).
#pragma once

#include <arpa/inet.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::test {

using Octets = std::vector<uint8_t>;

inline void append16(Octets& to, uint32_t value) {
  to.push_back(static_cast<uint8_t>(value >> 8));
  to.push_back(static_cast<uint8_t>(value));
}

inline void append32(Octets& to, uint32_t value) {
  append16(to, value >> 16);
  append16(to, value & 0xffff);
}

inline void append(Octets& to, const Octets& more) {
  to.insert(to.end(), more.begin(), more.end());
}

inline Octets text(const std::string& characters) { return {characters.begin(), characters.end()}; }

inline Octets address(const std::string& written) {
  const bool version6 = written.find(':') != std::string::npos;
  Octets octets(version6 ? 16 : 4);
  inet_pton(version6 ? AF_INET6 : AF_INET, written.c_str(), octets.data());
  return octets;
}

struct EthernetFields {
  uint16_t etherType = 0x0800;
  std::vector<uint32_t> tags;  ///< TPID << 16 | TCI, outermost first
  size_t minimumBytes = 0;     ///< pads with 0xee
};

inline Octets ethernet(const EthernetFields& fields, const Octets& body) {
  Octets frame = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
  for (const uint32_t tag : fields.tags) append32(frame, tag);
  append16(frame, fields.etherType);
  append(frame, body);
  if (frame.size() < fields.minimumBytes) frame.resize(fields.minimumBytes, 0xee);
  return frame;
}

struct Ipv4Fields {
  std::string source = "192.0.2.1";
  std::string destination = "198.51.100.2";
  uint8_t protocol = 17;
  uint16_t identification = 0;
  uint16_t fragment = 0;  ///< 0x2000 more fragments, low 13 bits the offset in 8 octets
  Octets options;         ///< a multiple of 4 octets
  int totalLength = -1;   ///< -1: as it should be
};

inline Octets ipv4(const Ipv4Fields& fields, const Octets& body) {
  const size_t headerBytes = 20 + fields.options.size();
  const size_t total = headerBytes + body.size();
  Octets packet = {static_cast<uint8_t>(0x40 | headerBytes / 4), 0x2e};
  append16(packet, static_cast<uint32_t>(fields.totalLength < 0 ? total : fields.totalLength));
  append16(packet, fields.identification);
  append16(packet, fields.fragment);
  packet.push_back(61);
  packet.push_back(fields.protocol);
  append16(packet, 0);
  append(packet, address(fields.source));
  append(packet, address(fields.destination));
  append(packet, fields.options);
  append(packet, body);
  return packet;
}

struct Ipv6Fields {
  std::string source = "2001:db8::1";
  std::string destination = "2001:db8::2";
  uint8_t nextHeader = 17;
  int payloadLength = -1;  ///< -1: as it should be
};

inline Octets ipv6(const Ipv6Fields& fields, const Octets& body) {
  Octets packet;
  append32(packet, 0x62e00000);  // traffic class 0x2e
  append16(packet,
           static_cast<uint32_t>(fields.payloadLength < 0 ? body.size() : fields.payloadLength));
  packet.push_back(fields.nextHeader);
  packet.push_back(61);
  append(packet, address(fields.source));
  append(packet, address(fields.destination));
  append(packet, body);
  return packet;
}

/// An extension header of 8 octets: hop-by-hop, routing, destination options, mobility.
inline Octets extension(uint8_t nextHeader, const Octets& body) {
  Octets octets = {nextHeader, 0, 1, 4, 0, 0, 0, 0};
  append(octets, body);
  return octets;
}

inline Octets fragmentHeader(uint8_t nextHeader, uint16_t offsetAndMore, uint32_t identification,
                             const Octets& body) {
  Octets octets = {nextHeader, 0};
  append16(octets, offsetAndMore);
  append32(octets, identification);
  append(octets, body);
  return octets;
}

struct Ports {
  uint16_t source = 40000;
  uint16_t destination = 53;
};

inline Octets udp(Ports ports, const Octets& payload) {
  Octets segment;
  append16(segment, ports.source);
  append16(segment, ports.destination);
  append16(segment, static_cast<uint32_t>(8 + payload.size()));
  append16(segment, 0);
  append(segment, payload);
  return segment;
}

struct TcpFields {
  uint32_t sequence = 1000;
  uint16_t flags = 0x018;
  Octets options;  ///< a multiple of 4 octets
};

inline Octets tcp(Ports ports, const TcpFields& fields, const Octets& payload) {
  Octets segment;
  append16(segment, ports.source);
  append16(segment, ports.destination);
  append32(segment, fields.sequence);
  append32(segment, 77);
  append16(segment, static_cast<uint32_t>((20 + fields.options.size()) / 4 << 12) | fields.flags);
  append16(segment, 0xffff);
  append32(segment, 0);
  append(segment, fields.options);
  append(segment, payload);
  return segment;
}

inline Octets icmp(uint8_t type, uint8_t code) { return {type, code, 0, 0, 0, 1, 0, 2, 'd', 'a'}; }

}  // namespace weir::test
