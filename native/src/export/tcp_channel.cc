// SPDX-License-Identifier: Apache-2.0
#include "export/tcp_channel.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace weir {

namespace {

/// A collector that acknowledges nothing for this long is gone: its machine or the way to it is.
constexpr int USER_TIMEOUT_MS = 30'000;
constexpr int KEEPALIVE_IDLE_SECONDS = 15;
constexpr int KEEPALIVE_INTERVAL_SECONDS = 5;
constexpr int KEEPALIVE_PROBES = 3;

void setOption(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

void setLivenessOptions(int fd) {
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
  setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
}

}  // namespace

TcpChannel::TcpChannel(const SocketAddress& collector, const std::string& source)
    : socket_(socketFrom(collector, SOCK_STREAM | SOCK_NONBLOCK, source)) {
  if (!socket_.valid()) {
    lose(SendFailure::system(errno));
    return;
  }
  setLivenessOptions(socket_.get());
  if (connect(socket_.get(), collector.get(), collector.lengthBytes) == 0) {
    state_ = State::ESTABLISHED;
  } else if (errno != EINPROGRESS) {
    lose(SendFailure::system(errno));
  }
}

void TcpChannel::advance() {
  if (state_ != State::ESTABLISHING) return;
  pollfd ready{socket_.get(), POLLOUT, 0};
  if (poll(&ready, 1, 0) <= 0) return;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return lose(SendFailure::system(error));
  state_ = State::ESTABLISHED;
}

size_t TcpChannel::write(std::span<const uint8_t> octets) {
  if (state_ != State::ESTABLISHED) return 0;
  const ssize_t taken =
      ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (taken < 0) {
    if (errno != EAGAIN && errno != EINTR) lose(SendFailure::system(errno));
    return 0;
  }
  writtenOctets_ += static_cast<uint64_t>(taken);
  return static_cast<size_t>(taken);
}

size_t TcpChannel::read(std::span<uint8_t> octets) {
  if (state_ != State::ESTABLISHED) return 0;
  const ssize_t taken = recv(socket_.get(), octets.data(), octets.size(), MSG_DONTWAIT);
  if (taken > 0) return static_cast<size_t>(taken);
  if (taken == 0) {
    lose({SendFailure::Origin::PEER_CLOSED, 0});
  } else if (errno != EAGAIN && errno != EINTR) {
    lose(SendFailure::system(errno));
  }
  return 0;
}

void TcpChannel::listen() {
  std::array<uint8_t, LISTEN_OCTETS> scratch;
  for (int reads = 0; reads < MAXIMUM_READS && read(scratch) != 0; ++reads) {
  }
}

uint64_t TcpChannel::acknowledgedOctets() {
  int unacknowledged = 0;
  if (ioctl(socket_.get(), SIOCOUTQ, &unacknowledged) != 0) return 0;
  const uint64_t pending = static_cast<uint64_t>(unacknowledged);
  return writtenOctets_ + closingOctets_ - std::min(pending, writtenOctets_ + closingOctets_);
}

void TcpChannel::finish() {
  if (state_ == State::ESTABLISHED && closingOctets_ == 0 &&
      shutdown(socket_.get(), SHUT_WR) == 0) {
    closingOctets_ = 1;
  }
}

void TcpChannel::abandon() {
  const linger reset{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  socket_ = Fd();
  lose({});
}

short TcpChannel::advanceEvents() const { return state_ == State::ESTABLISHING ? POLLOUT : 0; }

}  // namespace weir
