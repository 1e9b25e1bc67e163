// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace weir::collect {

namespace {

constexpr size_t IPV4_AT = 12;

Address mapped(const void* ipv4) {
  Address address{};
  address[10] = address[11] = 0xff;
  std::memcpy(&address[IPV4_AT], ipv4, 4);
  return address;
}

}  // namespace

Address addressOf(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET)
    return mapped(&reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
  Address address{};
  if (peer.ss_family == AF_INET6)
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, 16);
  return address;
}

uint16_t portOf(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(peer).sin_port);
  if (peer.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(peer).sin6_port);
  return 0;
}

std::string textOf(const Address& address) {
  char text[INET6_ADDRSTRLEN];
  if (isIpv4(address))
    inet_ntop(AF_INET, &address[IPV4_AT], text, sizeof text);
  else
    inet_ntop(AF_INET6, address.data(), text, sizeof text);
  return text;
}

std::optional<Address> parseAddress(const std::string& text) {
  in_addr ipv4{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return mapped(&ipv4);
  Address address{};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool isIpv4(const Address& address) {
  static constexpr std::array<uint8_t, IPV4_AT> PREFIX{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(PREFIX.begin(), PREFIX.end(), address.begin());
}

}  // namespace weir::collect
