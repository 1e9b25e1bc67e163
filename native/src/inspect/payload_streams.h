// SPDX-License-Identifier: Apache-2.0
// What classification looks at of a flow's payload: each TCP direction in order, each datagram,
// within the budget.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inspect/flow_collector.h"

namespace weir {

/// Octets that came together.
struct StreamPiece {
  uint32_t packet = 0;  ///< number in the flow
  uint64_t offset = 0;  ///< in the stream
  uint32_t length = 0;
};

/// A TCP direction, or a datagram, which is a stream of its own.
struct PayloadStream {
  Transport transport = Transport::TCP;
  StreamSide side = StreamSide::CLIENT;
  bool startWasSeen = true;    ///< of TCP: its SYN is in the capture
  uint32_t datagramBytes = 0;  ///< all of its payload; 0 for TCP
  std::vector<uint8_t> octets;
  std::vector<StreamPiece> pieces;
};

/// None for a flow of other transports.
std::vector<PayloadStream> payloadStreams(const KeptFlow& flow);

}  // namespace weir
