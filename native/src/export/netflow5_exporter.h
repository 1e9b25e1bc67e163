// SPDX-License-Identifier: Apache-2.0
// NetFlow version 5: fixed records of 48 octets, at most 30 in a datagram, IPv4 only.
#pragma once

#include "export/message_exporter.h"

namespace weir {

/// Sequence numbers count flows. IPv6 records are counted as unsupported. A record whose counters
/// do not fit 32 bits leaves as several.
class Netflow5Exporter final : public MessageExporter {
 public:
  Netflow5Exporter(std::unique_ptr<MessageSender> sender, uint8_t engineId);

  void write(const FlowRecord& record) override;
  void setSampling(const SamplingState& sampling) override;

 private:
  void sessionBegan() override { flowSequence_ = 0; }
  void finishMessage() override;
  void writeDirection(const FlowRecord& record, const DirectionRecord& direction);
  void writeRecord(const FlowRecord& record, const DirectionRecord& direction);
  [[nodiscard]] uint16_t samplingField() const;

  SamplingState sampling_;
  uint32_t flowSequence_ = 0;
  uint8_t engineId_;
};

}  // namespace weir
