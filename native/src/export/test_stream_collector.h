// SPDX-License-Identifier: Apache-2.0
// For tests: a collector that takes messages from TCP connections and cuts them by their length
// field, as every reader of IPFIX does.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "capture/byte_order.h"
#include "fd.h"

namespace weir {

using StreamMessage = std::vector<uint8_t>;

/// Octets 2 and 3 hold the length (RFC 7011 3.1), 4 to 7 a number to know the message by.
inline StreamMessage streamMessage(uint32_t number, size_t octets = 100) {
  StreamMessage message(octets, static_cast<uint8_t>(number));
  message[0] = 0;
  message[1] = 10;
  message[2] = static_cast<uint8_t>(octets >> 8U);
  message[3] = static_cast<uint8_t>(octets);
  std::memcpy(message.data() + 4, &number, sizeof number);
  return message;
}

/// Cuts what arrives; a message that is not what `streamMessage` made fails the test.
class MessageCutter {
 public:
  void take(const uint8_t* octets, size_t count) {
    rest_.insert(rest_.end(), octets, octets + count);
    size_t at = 0;
    while (rest_.size() - at >= 8) {
      const size_t length = load16Be(&rest_[at + 2]);
      REQUIRE(length >= 8);
      if (rest_.size() - at < length) break;
      uint32_t number = 0;
      std::memcpy(&number, &rest_[at + 4], sizeof number);
      const StreamMessage message(rest_.begin() + at, rest_.begin() + at + length);
      CHECK(message == streamMessage(number, length));
      numbers.push_back(number);
      at += length;
    }
    rest_.erase(rest_.begin(), rest_.begin() + at);
  }

  std::vector<uint32_t> numbers;  ///< of whole messages, in order

 private:
  std::vector<uint8_t> rest_;
};

/// Octets of a connection that its owner has taken from the kernel.
inline uint64_t takenOctets(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  int unread = 0;
  REQUIRE(ioctl(fd, FIONREAD, &unread) == 0);
  REQUIRE(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0);
  return info.tcpi_bytes_received - static_cast<uint64_t>(unread);
}

/// Room for that much at `fd`, and waits until it is there.
inline void awaitUnread(int fd, int octets) {
  const int bufferBytes = 4 * octets;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bufferBytes, sizeof bufferBytes);
  int unread = 0;
  for (int i = 0; i < 1000 && unread < octets; ++i) {
    usleep(10'000);
    REQUIRE(ioctl(fd, FIONREAD, &unread) == 0);
  }
  REQUIRE(unread >= octets);
}

/// Listens on loopback. Nothing is accepted or read but by `read`.
class StreamCollector {
 public:
  /// `port` 0: one that is free. `receiveBufferBytes` 0: the system's.
  explicit StreamCollector(uint16_t port = 0, int receiveBufferBytes = 0)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    const int yes = 1;
    setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (receiveBufferBytes != 0) {
      setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes,
                 sizeof receiveBufferBytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listener_.get(), 8) == 0);
    socklen_t length = sizeof address;
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] uint16_t port() const { return port_; }

  /// Accepts and reads until nothing has come for `quietMs`.
  void read(int quietMs = 30) {
    for (;;) {
      pollfd waiting[2] = {{listener_.get(), POLLIN, 0}, {connection_.get(), POLLIN, 0}};
      if (poll(waiting, 2, quietMs) <= 0) return;
      if (waiting[0].revents != 0) accept();
      if (waiting[1].revents != 0 && !readOnce()) return;
    }
  }

  /// Octets of the connection that have arrived here and that nobody has read.
  [[nodiscard]] size_t unreadOctets() const {
    int octets = 0;
    REQUIRE(ioctl(connection_.get(), FIONREAD, &octets) == 0);
    return static_cast<size_t>(octets);
  }

  /// Accepts a connection and reads nothing of it.
  void acceptOnly() {
    pollfd waiting{listener_.get(), POLLIN, 0};
    REQUIRE(poll(&waiting, 1, 10'000) == 1);
    accept();
  }

  /// Talks, which no collector of IPFIX has to, until `octets` are on their way.
  void talk(size_t octets) {
    const std::vector<uint8_t> chatter(octets, 'x');
    for (size_t said = 0; said < octets;) {
      pollfd ready{connection_.get(), POLLOUT, 0};
      REQUIRE(poll(&ready, 1, 10'000) == 1);
      const ssize_t taken = ::send(connection_.get(), chatter.data(), octets - said, MSG_DONTWAIT);
      REQUIRE(taken > 0);
      said += static_cast<size_t>(taken);
    }
  }

  /// Hangs up; unread octets make it a reset.
  void hangUp() { connection_ = Fd(); }

  [[nodiscard]] const std::vector<uint32_t>& numbers() const { return cutter_.numbers; }
  [[nodiscard]] size_t connections() const { return connections_; }

 private:
  void accept() {
    connection_ = Fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK));
    const std::vector<uint32_t> before = std::move(cutter_.numbers);
    cutter_ = MessageCutter();
    cutter_.numbers = before;
    ++connections_;
  }

  bool readOnce() {
    uint8_t octets[65536];
    const ssize_t count = recv(connection_.get(), octets, sizeof octets, 0);
    if (count <= 0) {
      connection_ = Fd();
      return false;
    }
    cutter_.take(octets, static_cast<size_t>(count));
    return true;
  }

  Fd listener_;
  Fd connection_;
  MessageCutter cutter_;
  size_t connections_ = 0;
  uint16_t port_ = 0;
};

}  // namespace weir
