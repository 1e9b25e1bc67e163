// SPDX-License-Identifier: Apache-2.0
// The way of export messages to one collector or file: UDP, TCP, TLS or RFC 5655.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "export/send_failure.h"

namespace weir {

/// Reading a file may wait for room in the socket; a live capture must never.
enum class SendMode : uint8_t { WAIT, NEVER_WAIT };

/// Messages in streams and files: long enough to be cheap, and one TLS record each.
inline constexpr size_t STREAM_MESSAGE_BYTES = 16'384;

/// What the data records of a message sum up to, so that its loss can be told, and how long they
/// wait.
struct MessageContents {
  uint32_t records = 0;
  uint64_t packets = 0;
  uint64_t octets = 0;
  int64_t sinceNs = 0;  ///< the lane's clock when the first of them was written
};

/// Later than any record: none waits.
inline constexpr int64_t NO_RECORD_WAITS = std::numeric_limits<int64_t>::max();

/// Every message that was given to `send` is in `messages` or `failedMessages` after `close`.
struct SenderCounters {
  uint64_t messages = 0;        ///< taken by the network; in a stream: acknowledged
  uint64_t messageOctets = 0;   ///< of those
  uint64_t sentRecords = 0;     ///< likewise
  uint64_t failedMessages = 0;  ///< sum over failedMessagesByReason
  uint64_t failedRecords = 0;   ///< contents of failedMessages
  uint64_t failedPackets = 0;
  uint64_t failedOctets = 0;
  std::array<uint64_t, static_cast<size_t>(FailureReason::COUNT)> failedMessagesByReason{};
  uint64_t unreachableMessages = 0;  ///< of `messages`: answered with an ICMP error
  /// Transport sessions begun: connections, files, and by UDP what comes from another port.
  uint64_t sessions = 0;
  uint64_t connected = 0;        ///< 1 while there is a session, else 0
  uint64_t lastFailure = 0;      ///< SendFailure::word of why a message failed last
  uint64_t lastUnreachable = 0;  ///< likewise of unreachableMessages
};

/// Owned and used by one exporter of one lane.
class MessageSender {
 public:
  virtual ~MessageSender() = default;

  /// Everything that can fail for good: names, addresses, files. Throws CodedError.
  virtual void open() = 0;

  /// Octets that a message may have at most: what fits the path's MTU, or
  /// STREAM_MESSAGE_BYTES.
  [[nodiscard]] virtual size_t maximumMessageBytes() const = 0;

  /// Whether what is sent arrives, within a session: then templates are announced once.
  [[nodiscard]] virtual bool isReliable() const { return false; }

  /// Number of the present transport session. When it has changed, the exporter begins anew:
  /// templates first, sequence numbers from 0 (RFC 7011 8.1, 10.4). It may be one that is not
  /// connected yet: messages wait for it then.
  [[nodiscard]] virtual uint64_t session() const { return 1; }

  /// Called before a message is begun: the only moment when `session` may change.
  virtual void prepare() {}

  /// Copies the message or hands it to the kernel. Failure is counted.
  virtual void send(std::span<const uint8_t> message, const MessageContents& contents) = 0;

  /// The lane's clock went on: hands over what has waited long enough, connects when it is time.
  virtual void tick(int64_t /*nowNs*/) {}

  /// Hands over what can be handed over without waiting.
  virtual void flush() {}

  /// Hands over the rest and ends the session. May wait for the collector, up to a bound.
  virtual void close() { flush(); }

  /// Somebody wants the process to end: from now on nothing waits longer for the collector than a
  /// live capture would. May be called from any thread.
  virtual void stopWaiting() {}

  /// When the oldest record was written that `send` was given and that has neither left nor failed,
  /// by the lane's clock.
  [[nodiscard]] virtual int64_t oldestRecordNs() const { return NO_RECORD_WAITS; }

  [[nodiscard]] const SenderCounters& counters() const { return counters_; }

 protected:
  void noteSent(size_t messageBytes, const MessageContents& contents) {
    ++counters_.messages;
    counters_.messageOctets += messageBytes;
    counters_.sentRecords += contents.records;
  }
  void noteFailed(const MessageContents& contents, FailureReason reason) {
    ++counters_.failedMessages;
    ++counters_.failedMessagesByReason[static_cast<size_t>(reason)];
    counters_.failedRecords += contents.records;
    counters_.failedPackets += contents.packets;
    counters_.failedOctets += contents.octets;
  }

  void noteFailure(SendFailure failure) { counters_.lastFailure = failure.word(); }

  SenderCounters counters_;
};

}  // namespace weir
