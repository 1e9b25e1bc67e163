// SPDX-License-Identifier: Apache-2.0
// A TCP connection that never blocks.
#pragma once

#include <span>
#include <string>

#include "export/collector_address.h"
#include "export/stream_channel.h"
#include "fd.h"

namespace weir {

class TcpChannel final : public StreamChannel {
 public:
  /// Begins to connect.
  TcpChannel(const SocketAddress& collector, const std::string& source);

  void advance() override;
  size_t write(std::span<const uint8_t> octets) override;
  void listen() override;
  [[nodiscard]] uint64_t acknowledgedOctets() override;
  void finish() override;
  void abandon() override;
  [[nodiscard]] int fd() const override { return socket_.get(); }
  [[nodiscard]] short advanceEvents() const override;

  /// Octets that `write` took so far.
  [[nodiscard]] uint64_t writtenOctets() const { return writtenOctets_; }

  /// What the other side said; 0: nothing at present, or the connection is lost.
  size_t read(std::span<uint8_t> octets);

 private:
  Fd socket_;
  uint64_t writtenOctets_ = 0;
  uint64_t closingOctets_ = 0;  ///< 1 once the end of the stream is on its way: it is numbered too
};

}  // namespace weir
