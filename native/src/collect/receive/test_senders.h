// SPDX-License-Identifier: Apache-2.0
// For tests: exporters on loopback. Each of 127.0.0.0/8 is an address of this machine.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "collect/receive/listening_sockets.h"
#include "fd.h"

namespace weir::collect::test {

using Octets = std::vector<uint8_t>;

inline sockaddr_storage socketAddress(const std::string& host, uint16_t port) {
  sockaddr_storage storage{};
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
  } else {
    REQUIRE(inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr) == 1);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
  }
  return storage;
}

/// A socket that is bound to `from` and connected to the port on the loopback of that family.
inline Fd connectFrom(const std::string& from, uint16_t port, int type = SOCK_DGRAM) {
  const sockaddr_storage source = socketAddress(from, 0);
  const bool isIpv6 = source.ss_family == AF_INET6;
  const sockaddr_storage target = socketAddress(isIpv6 ? "::1" : "127.0.0.1", port);
  const socklen_t length = isIpv6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  Fd made(socket(source.ss_family, type, 0));
  REQUIRE(bind(made.get(), reinterpret_cast<const sockaddr*>(&source), length) == 0);
  REQUIRE(connect(made.get(), reinterpret_cast<const sockaddr*>(&target), length) == 0);
  return made;
}

inline void sendAll(const Fd& to, const Octets& octets) {
  for (size_t sent = 0; sent < octets.size();) {
    const ssize_t count = send(to.get(), octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
    REQUIRE(count > 0);
    sent += static_cast<size_t>(count);
  }
}

/// Waits, but not for ever.
template <typename IsDone>
void awaitUntil(IsDone isDone) {
  for (int i = 0; i < 10'000 && !isDone(); ++i) poll(nullptr, 0, 1);
  CHECK(isDone());
}

/// A message with a header that says its length and carries a number to know it by.
inline Octets ipfixMessage(uint32_t number, size_t octets = 100) {
  Octets message(octets, static_cast<uint8_t>(number));
  message[0] = 0;
  message[1] = 10;
  message[2] = static_cast<uint8_t>(octets >> 8U);
  message[3] = static_cast<uint8_t>(octets);
  for (size_t i = 0; i < 4; ++i) message[4 + i] = static_cast<uint8_t>(number >> (8 * i));
  return message;
}

inline uint32_t numberOf(std::span<const uint8_t> message) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number |= static_cast<uint32_t>(message[4 + i]) << (8 * i);
  return number;
}

}  // namespace weir::collect::test
