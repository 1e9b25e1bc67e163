// SPDX-License-Identifier: Apache-2.0
// What NetFlow v5, v9 and IPFIX share: records gathered into messages of bounded size and age,
// transport sessions, and the exporter's clock.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "export/message_sender.h"
#include "export/record_exporter.h"

namespace weir {

class MessageExporter : public RecordExporter {
 public:
  MessageExporter(std::unique_ptr<MessageSender> sender, size_t headerBytes)
      : sender_(std::move(sender)), headerBytes_(headerBytes), length_(headerBytes) {}

  /// Throws CodedError as MessageSender::open does.
  void open();
  void tick(int64_t nowNs) override;
  void flush() final;
  void finish() override;
  void stopWaiting() override { sender_->stopWaiting(); }
  [[nodiscard]] ExporterCounters counters() const final;

 protected:
  /// A new transport session: its sequence starts at 0, and its collector knows no template.
  /// Called while no message is begun.
  virtual void sessionBegan() = 0;

  /// Writes the header of a message that holds something.
  virtual void finishMessage() = 0;

  /// Connects again when it is time to, and notices a new session. Only while no message is begun.
  void checkSession();
  void beginMessage();
  /// Finishes and sends the message if it holds something. No message is begun afterwards.
  void sendMessage();
  [[nodiscard]] bool isBegun() const { return limitBytes_ != 0; }

  /// Room of the message that is begun, and where its next octet goes. Both 0 outside of one.
  [[nodiscard]] size_t limitBytes() const { return limitBytes_; }
  [[nodiscard]] size_t length() const { return length_; }
  /// Takes `bytes` of the message; the caller made sure that there is room.
  uint8_t* take(size_t bytes) {
    uint8_t* const at = buffer_.data() + length_;
    length_ += bytes;
    return at;
  }
  [[nodiscard]] uint8_t* message() { return buffer_.data(); }

  void noteTime(int64_t timeNs) {
    if (timeNs > nowNs_) nowNs_ = timeNs;
  }
  /// Counts a record of the message, with the sums of what it says.
  void noteRecord(uint64_t packets, uint64_t octets) {
    if (contents_.records++ == 0) contents_.sinceNs = nowNs_;
    contents_.packets += packets;
    contents_.octets += octets;
    ++counters_.records;
    counters_.packets += packets;
    counters_.octets += octets;
  }
  void noteUnsupported(const DirectionRecord& direction);

  [[nodiscard]] const MessageSender& sender() const { return *sender_; }
  /// The exporter's "boot", on a whole second before all packets.
  [[nodiscard]] int64_t bootMs() const { return bootMs_; }
  /// Milliseconds since boot, modulo 2^32 (sysUpTime wraps after 49.7 days).
  [[nodiscard]] uint32_t upTimeMs(int64_t timeMs) const {
    return static_cast<uint32_t>(timeMs - bootMs_);
  }
  /// Export time: not before the end of any record that the message holds.
  [[nodiscard]] int64_t exportTimeNs() const { return nowNs_; }
  /// The same for headers that have seconds only, rounded up.
  [[nodiscard]] int64_t exportTimeSeconds() const;
  [[nodiscard]] uint32_t pendingRecords() const { return contents_.records; }

 private:
  static constexpr uint64_t NO_SESSION = UINT64_MAX;
  static constexpr int64_t NO_TIME = INT64_MIN;

  [[nodiscard]] int64_t oldestRecordNs() const;

  std::unique_ptr<MessageSender> sender_;
  std::vector<uint8_t> buffer_;
  size_t headerBytes_;
  size_t limitBytes_ = 0;
  size_t length_;
  MessageContents contents_;  ///< of the message that is begun
  uint64_t session_ = NO_SESSION;
  int64_t bootMs_ = NO_TIME;
  int64_t nowNs_ = 0;
};

}  // namespace weir
