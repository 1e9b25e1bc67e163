// SPDX-License-Identifier: Apache-2.0
// Finds the messages in segments of DNS over TCP, also those that go on in the next segment: flows
// of DNS are decided before their answers come, and nothing else puts their streams together then.
// Of bounded size. Owned by one lane.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/decoded_packet.h"
#include "decode/seeded_hash.h"
#include "dissect/dns_stream.h"

namespace weir {

class DnsSegments {
 public:
  /// Messages that may be kept in part, each of one direction of one flow; of two that hash alike
  /// the later is kept.
  static constexpr size_t PARTS = 256;

  explicit DnsSegments(const SeededHash::Seed& seed = SeededHash::randomSeed()) : hash_(seed) {}

  /// Calls `visit(message)` for each message that ends in the packet, in order. Behind a segment
  /// that is missing or came too early, the next one that begins like a message is a start.
  template <typename Visit>
  void read(const DecodedPacket& packet, Visit visit) {
    std::span<const uint8_t> rest = join(packet);
    while (const auto message = takeDnsMessage(rest)) visit(*message);
    keep(packet, rest);
  }

 private:
  struct Part {
    FlowKey key;
    Sender sender = Sender::A;
    uint32_t nextSequence = 0;
    std::vector<uint8_t> octets;  ///< of a message from its length on; empty: there is none
  };

  Part& partOf(const DecodedPacket& packet);
  std::span<const uint8_t> join(const DecodedPacket& packet);
  void keep(const DecodedPacket& packet, std::span<const uint8_t> rest);

  SeededHash hash_;
  std::vector<Part> parts_;  ///< PARTS of them once there was a message in part
  std::vector<uint8_t> joined_;
};

}  // namespace weir
