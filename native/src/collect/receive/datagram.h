// SPDX-License-Identifier: Apache-2.0
// What the receiver hands to the decoder: one datagram, or one message out of a stream, and who
// sent it.
#pragma once

#include <cstdint>
#include <span>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

enum class Transport : uint8_t { UDP, TCP, TLS };

/// Borrows the octets from the receiver's batch: they hold until the next one is taken.
struct DatagramView {
  std::span<const uint8_t> octets;
  Address exporterAddress{};  ///< of the sender; an IPv4 address is mapped
  uint16_t exporterPort = 0;
  Transport transport = Transport::UDP;
  /// Of a TCP or TLS connection, never the same twice in one process: its templates end with it
  /// (RFC 7011 8.4). 0: UDP.
  uint64_t session = 0;
  int64_t receivedMilliseconds = 0;  ///< since the epoch, by the kernel's clock
  /// One of so many of its exporter's datagrams was let through by a rate limit: octets and packets
  /// are multiplied by it. 0: passed over by the limit; it is decoded for its templates, options
  /// and sequence numbers, and its records are no rows.
  uint32_t standsFor = 1;
};

}  // namespace weir::collect
