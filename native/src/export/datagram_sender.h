// SPDX-License-Identifier: Apache-2.0
// A connected UDP socket to one collector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "capture/fd.h"

namespace weir {

/// `host` is an IPv4 or IPv6 address or a name.
struct CollectorAddress {
  std::string host;
  uint16_t port = 0;
};

/// Reading a file may wait for room in the socket; a live capture must never.
enum class SendMode : uint8_t { WAIT, NEVER_WAIT };

/// Owned by one exporter of one lane.
class DatagramSender {
 public:
  DatagramSender(CollectorAddress collector, SendMode mode);

  /// Resolves and connects. Throws CodedError when the name cannot be resolved.
  void open();

  /// False when the kernel refused the datagram.
  bool send(std::span<const uint8_t> datagram);

  /// Earlier datagrams that came back as "port unreachable" (ICMP): nobody listens there.
  [[nodiscard]] uint64_t unreachable() const { return unreachable_; }

 private:
  CollectorAddress collector_;
  SendMode mode_;
  Fd socket_;
  uint64_t unreachable_ = 0;
};

}  // namespace weir
