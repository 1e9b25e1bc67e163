// SPDX-License-Identifier: Apache-2.0
// What NetFlow versions share: uniflow records gathered into datagrams of bounded size and age,
// and the exporter's system clock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "export/datagram_sender.h"
#include "export/message_sender.h"
#include "export/record_exporter.h"

namespace weir {

inline constexpr int64_t NS_A_MS = 1'000'000;

/// Both directions of a biflow record leave as records of their own.
class DatagramExporter : public RecordExporter {
 public:
  explicit DatagramExporter(std::unique_ptr<MessageSender> sender) : sender_(std::move(sender)) {}

  void open() { sender_->open(); }
  void write(const FlowRecord& record) final;
  void tick(int64_t nowNs) override;
  void flush() final;
  void finish() final;
  [[nodiscard]] ExporterCounters counters() const final;

 protected:
  /// Adds one direction to the datagram; calls `sendDatagram` when it is full.
  virtual void writeDirection(const FlowRecord& record, const DirectionRecord& direction) = 0;

  /// Writes the header over the reserved octets and gives the datagram's length; called when
  /// records are pending.
  virtual size_t finishDatagram() = 0;

  /// Finishes and sends what is pending, and starts an empty datagram.
  void sendDatagram();

  void noteRecord(const DirectionRecord& direction);
  void noteUnsupported(const DirectionRecord& direction);

  /// Milliseconds since the exporter's "boot", modulo 2^32 (sysUpTime wraps after 49.7 days).
  [[nodiscard]] uint32_t upTimeMs(int64_t timeNs) const {
    return static_cast<uint32_t>((timeNs - bootNs_) / 1'000'000);
  }
  /// Export time for headers: not before the end of any record that the datagram holds.
  [[nodiscard]] int64_t exportTimeNs() const { return nowNs_; }
  [[nodiscard]] uint32_t pendingRecords() const { return contents_.records; }
  [[nodiscard]] bool started() const { return started_; }

  std::array<uint8_t, MAXIMUM_DATAGRAM_BYTES> buffer_{};

 private:
  std::unique_ptr<MessageSender> sender_;
  MessageContents contents_;  ///< of the datagram that is being filled
  int64_t bootNs_ = 0;
  int64_t nowNs_ = 0;
  int64_t pendingSinceNs_ = 0;
  bool started_ = false;
};

}  // namespace weir
