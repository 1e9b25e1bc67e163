// SPDX-License-Identifier: Apache-2.0
// The octets of one exporter's connection. Never waits. One thread.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>
#include <utility>

#include "fd.h"

namespace weir::collect {

class InboundChannel {
 public:
  enum class State : uint8_t {
    ESTABLISHING,
    OPEN,
    CLOSED,               ///< by the exporter, as it should be
    RESET,                ///< broken, or the exporter is gone
    FAILED_HANDSHAKE,     ///< no TLS, or no certificate that is vouched for
    FOREIGN_CERTIFICATE,  ///< vouched for, but for other addresses than the peer's
  };

  explicit InboundChannel(Fd socket) : socket_(std::move(socket)) {}
  virtual ~InboundChannel() = default;
  InboundChannel(const InboundChannel&) = delete;
  InboundChannel& operator=(const InboundChannel&) = delete;

  /// How many octets were put into `into`; 0: none at the moment, or `state` says why there will be
  /// no more.
  virtual size_t read(std::span<uint8_t> into) = 0;

  /// Octets that have left the socket already, which will not tell of them.
  [[nodiscard]] virtual size_t pendingOctets() const { return 0; }

  /// What to wait for at the socket (EPOLLIN, EPOLLOUT).
  [[nodiscard]] virtual uint32_t events() const { return EPOLLIN; }

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] bool isAlive() const noexcept {
    return state_ == State::ESTABLISHING || state_ == State::OPEN;
  }
  [[nodiscard]] int socket() const { return socket_.get(); }

 protected:
  State state_ = State::ESTABLISHING;

 private:
  Fd socket_;
};

}  // namespace weir::collect
