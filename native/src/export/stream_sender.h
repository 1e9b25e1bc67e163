// SPDX-License-Identifier: Apache-2.0
// Messages to one collector over connections (RFC 7011 10.4): whole messages only, what cannot
// leave waits in a bounded buffer, and a connection that is lost is made again.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "export/address_lookup.h"
#include "export/message_sender.h"
#include "export/outbound_queue.h"
#include "export/stream_channel.h"

namespace weir {

struct StreamOptions {
  std::string source;                      ///< address to send from, "": the system chooses
  size_t bufferBytes = size_t{16} << 20U;  ///< of messages that wait for the collector
};

/// Begins to connect to one address of the collector.
using ChannelFactory = std::function<std::unique_ptr<StreamChannel>(const SocketAddress&)>;

/// A message counts as sent when the collector's machine has acknowledged its last octet. While no
/// connection is there, messages wait for the first of the session: none of them can be torn. When
/// one is lost that had taken octets, all that was not acknowledged has failed, and the next
/// message begins a new session. It is tried again after 1 s, 2 s, and so on up to 30 s, each time
/// with the addresses that the name has by then.
class StreamSender final : public MessageSender {
 public:
  StreamSender(AddressLookup lookup, SendMode mode, const StreamOptions& options,
               ChannelFactory connect);

  /// Resolves the name and begins to connect. A collector that is not there is no error. Throws
  /// CodedError when the name cannot be resolved.
  void open() override;

  [[nodiscard]] size_t maximumMessageBytes() const override { return STREAM_MESSAGE_BYTES; }
  [[nodiscard]] bool isReliable() const override { return true; }
  [[nodiscard]] uint64_t session() const override { return session_; }
  void prepare() override;
  void send(std::span<const uint8_t> message, const MessageContents& contents) override;
  void tick(int64_t nowNs) override;
  void flush() override;

  /// Waits for the collector to take the rest: WAIT as long as it takes some every STALL_LIMIT_NS,
  /// NEVER_WAIT CLOSE_LIMIT_NS at most.
  void close() override;

  void stopWaiting() override { mode_.store(SendMode::NEVER_WAIT, std::memory_order_relaxed); }

  [[nodiscard]] int64_t oldestRecordNs() const override { return queue_.oldestRecordNs(); }

 private:
  static constexpr int64_t STALL_LIMIT_NS = 30'000'000'000;
  static constexpr int64_t CLOSE_LIMIT_NS = 5'000'000'000;

  void step(int64_t nowNs);
  void connectNext(int64_t nowNs);
  void noteEstablished(int64_t nowNs);
  void noteLost(int64_t nowNs);
  void drain();
  void settleAcknowledged();
  void endSession();
  void failAll(FailureReason reason);
  [[nodiscard]] bool waitForRoom(size_t octets);
  void waitAndStep();
  [[nodiscard]] bool mayWait() const;
  [[nodiscard]] bool isEstablished() const;
  [[nodiscard]] bool canStillArrive(int64_t deadlineNs) const;

  AddressLookup lookup_;
  std::atomic<SendMode> mode_;
  ChannelFactory connect_;
  OutboundQueue queue_;
  std::vector<SocketAddress> addresses_;
  size_t nextAddress_ = 0;
  std::unique_ptr<StreamChannel> channel_;
  uint64_t session_ = 1;
  bool isSessionOver_ = false;  ///< its connection was lost; `prepare` begins the next
  bool isWaitingGivenUp_ = false;
  int64_t stepDueNs_ = 0;  ///< all times monotonic, not the lane's
  int64_t retryAtNs_ = 0;
  int64_t backoffNs_;
  int64_t attemptedNs_ = 0;
  int64_t establishedNs_ = 0;
  int64_t progressedNs_ = 0;
};

}  // namespace weir
