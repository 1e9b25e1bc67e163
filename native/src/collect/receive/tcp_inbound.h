// SPDX-License-Identifier: Apache-2.0
// An exporter's connection as plain TCP. One thread.
#pragma once

#include "collect/receive/inbound_channel.h"

namespace weir::collect {

class TcpInbound final : public InboundChannel {
 public:
  explicit TcpInbound(Fd socket) : InboundChannel(std::move(socket)) { state_ = State::OPEN; }

  size_t read(std::span<uint8_t> into) override;
};

}  // namespace weir::collect
