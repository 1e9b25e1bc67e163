// SPDX-License-Identifier: Apache-2.0
// Keeps what a capture has of one flow: the packets that classification looks at, and its verdict.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "classify/signature.h"
#include "inspect/capture_walk.h"

namespace weir {

/// Either endpoint may have begun the flow.
struct FlowChoice {
  std::string addresses[2];  ///< as text
  uint16_t ports[2] = {0, 0};
  uint8_t protocol = 0;
  std::optional<int64_t> startMs;  ///< of one of its records; else the first flow is meant
};

struct KeptPacket {
  StreamSide side = StreamSide::CLIENT;
  uint32_t number = 0;         ///< in the flow, from 1
  uint32_t sequence = 0;       ///< of the first octet of payload, if TCP
  bool isStart = false;        ///< has SYN
  uint32_t datagramBytes = 0;  ///< as DecodedPacket::datagramBytes
  std::vector<uint8_t> payload;
};

/// `number` is that of the packet in its flow.
KeptPacket keepPacket(const FlowEntry& entry, const DecodedPacket& packet, uint32_t number);

struct KeptFlow {
  FlowKey key;
  Sender initiator = Sender::A;
  uint32_t packets = 0;
  std::vector<int64_t> recordStartsMs;
  std::vector<KeptPacket> kept;  ///< those with SYN or payload, the first of them
  uint32_t application = 0;
  FlowLabel label;  ///< `facts` is null: see `facts`
  FlowFacts facts;
};

class FlowCollector final : public WalkObserver {
 public:
  /// Throws CodedError for an address that is none.
  explicit FlowCollector(const FlowChoice& choice);

  void packet(const FlowEntry& entry, const DecodedPacket& packet) override;
  void record(const FlowEntry& entry, const FlowRecord& record) override;
  void ended(const FlowEntry& entry) override;

  /// After the walk. Null when there is none.
  [[nodiscard]] const KeptFlow* chosen() const;

 private:
  /// Many times what a verdict can take, retransmissions included.
  static constexpr size_t KEPT_PACKETS_MAX = 512;
  static constexpr size_t FLOWS_MAX = 1024;

  [[nodiscard]] bool isMeant(const FlowKey& key) const;

  IpAddress addresses_[2] = {};
  const FlowChoice choice_;
  std::map<const FlowEntry*, KeptFlow> live_;
  std::vector<KeptFlow> ended_;
};

}  // namespace weir
