// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/tcp_inbound.h"

#include <sys/socket.h>

#include <cerrno>

namespace weir::collect {

size_t TcpInbound::read(std::span<uint8_t> into) {
  ssize_t count = 0;
  do {
    count = recv(socket(), into.data(), into.size(), MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count > 0) return static_cast<size_t>(count);
  if (count == 0)
    state_ = State::CLOSED;
  else if (errno != EAGAIN)
    state_ = State::RESET;
  return 0;
}

}  // namespace weir::collect
