// SPDX-License-Identifier: Apache-2.0
// The way of export messages to one collector or file: UDP, TCP, TLS or RFC 5655.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Reading a file may wait for room in the socket; a live capture must never.
enum class SendMode : uint8_t { WAIT, NEVER_WAIT };

/// What the data records of a message sum up to, so that its loss can be told.
struct MessageContents {
  uint32_t records = 0;
  uint64_t packets = 0;
  uint64_t octets = 0;
};

/// Every message that was given to `send` is in `messages` or `failedMessages` after `flush`.
struct SenderCounters {
  uint64_t messages = 0;        ///< handed to the kernel
  uint64_t messageOctets = 0;   ///< of those
  uint64_t failedMessages = 0;  ///< refused: full buffer, no connection, full disk
  uint64_t failedRecords = 0;   ///< contents of failedMessages
  uint64_t failedPackets = 0;
  uint64_t failedOctets = 0;
  uint64_t unreachableMessages = 0;  ///< of `messages`: answered with "port unreachable"
  uint64_t sessions = 0;  ///< transport sessions begun (connections; 1 for UDP and files)
};

/// Owned and used by one exporter of one lane.
class MessageSender {
 public:
  virtual ~MessageSender() = default;

  /// Everything that can fail for good: names, addresses, files. Throws CodedError.
  virtual void open() = 0;

  /// Octets that a message may have at most: what fits the path's MTU, or 65,535 in a stream.
  [[nodiscard]] virtual size_t maximumMessageBytes() const = 0;

  /// Number of the present transport session. When it has changed, the exporter begins anew:
  /// templates first, sequence numbers from 0 (RFC 7011 8.1, 10.4). A connection that is lost
  /// between two calls changes it no earlier than in the next `prepare`.
  [[nodiscard]] virtual uint64_t session() const { return 1; }

  /// Called before a message is begun; connects again when it is time to.
  virtual void prepare() {}

  /// Copies the message or hands it to the kernel. Failure is counted.
  virtual void send(std::span<const uint8_t> message, const MessageContents& contents) = 0;

  /// Hands over what still waits.
  virtual void flush() {}

  [[nodiscard]] const SenderCounters& counters() const { return counters_; }

 protected:
  void noteSent(size_t messageBytes) {
    ++counters_.messages;
    counters_.messageOctets += messageBytes;
  }
  void noteFailed(const MessageContents& contents) {
    ++counters_.failedMessages;
    counters_.failedRecords += contents.records;
    counters_.failedPackets += contents.packets;
    counters_.failedOctets += contents.octets;
  }

  SenderCounters counters_;
};

}  // namespace weir
