// SPDX-License-Identifier: Apache-2.0
// A connected UDP socket to one collector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "capture/fd.h"
#include "export/message_sender.h"

namespace weir {

/// Octets of a datagram: fits IPv6 and UDP headers into an Ethernet frame of 1500.
inline constexpr size_t MAXIMUM_DATAGRAM_BYTES = 1452;

/// `host` is an IPv4 or IPv6 address or a name.
struct CollectorAddress {
  std::string host;
  uint16_t port = 0;
};

class DatagramSender final : public MessageSender {
 public:
  DatagramSender(CollectorAddress collector, SendMode mode);

  /// Resolves and connects. Throws CodedError when the name cannot be resolved.
  void open() override;

  [[nodiscard]] size_t maximumMessageBytes() const override { return MAXIMUM_DATAGRAM_BYTES; }
  void send(std::span<const uint8_t> message, const MessageContents& contents) override;

 private:
  bool attempt(std::span<const uint8_t> datagram);

  CollectorAddress collector_;
  SendMode mode_;
  Fd socket_;
};

}  // namespace weir
