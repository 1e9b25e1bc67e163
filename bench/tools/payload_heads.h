// SPDX-License-Identifier: Apache-2.0
// The first octets of all flows of a capture, in memory, as a classifier hands them to its matcher:
// TCP directions in stream order, datagrams one by one, both within the budget.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "classify/signature.h"
#include "decode/decoded_packet.h"

namespace bench {

/// Octets that came with one packet. Those of a TCP direction follow each other without a gap.
struct HeadPiece {
  const uint8_t* octets = nullptr;
  uint32_t payloadLengthBytes = 0;  ///< of the packet
  uint32_t headBytes = 0;           ///< of these within the budget
  uint32_t sequence = 0;            ///< TCP
  uint32_t flow = 0;                ///< index in PayloadHeads::flows
  int64_t timestampNs = 0;
  weir::Sender sender = weir::Sender::A;
  weir::StreamSide side = weir::StreamSide::CLIENT;
  bool startsDirection = false;
  bool endsDirection = false;
  bool endsFlow = false;
};

struct HeadFlow {
  weir::FlowKey key;
  weir::Sender initiator = weir::Sender::A;
};

/// Grows in blocks, so what lies in it stays where it is.
class Arena {
 public:
  const uint8_t* keep(const uint8_t* octets, size_t length);

 private:
  static constexpr size_t BLOCK_BYTES = size_t{64} << 20U;

  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  size_t used_ = BLOCK_BYTES;
};

struct PayloadHeads {
  std::vector<HeadFlow> flows;
  std::vector<HeadPiece> pieces;  ///< in the capture's order
  uint64_t octets = 0;            ///< sum of headBytes
  Arena arena;
};

/// Throws CaptureError.
PayloadHeads readPayloadHeads(const std::string& capture);

}  // namespace bench
