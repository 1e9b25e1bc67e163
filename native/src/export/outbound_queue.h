// SPDX-License-Identifier: Apache-2.0
// Messages on their way into one connection: octets that wait for room, and the books of all
// messages that have not arrived yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "export/message_sender.h"

namespace weir {

/// A bounded ring of octets. Memory is touched only as far as messages ever waited.
class OutboundQueue {
 public:
  struct Message {
    MessageContents contents;
    size_t octets = 0;
    uint64_t endsAt = 0;  ///< position in the stream after its last octet
  };

  explicit OutboundQueue(size_t capacityBytes)
      : ring_(std::make_unique_for_overwrite<uint8_t[]>(capacityBytes)),
        capacityBytes_(capacityBytes) {}

  [[nodiscard]] bool hasRoomFor(size_t octets) const {
    return octets <= capacityBytes_ - waitingOctets_;
  }

  /// The caller made sure that there is room.
  void push(std::span<const uint8_t> message, const MessageContents& contents);

  /// Octets that wait, from the first on, as far as they lie together.
  [[nodiscard]] std::span<const uint8_t> front() const;
  /// The first of them were taken by the connection.
  void take(size_t octets);

  [[nodiscard]] size_t waitingOctets() const { return waitingOctets_; }
  /// Taken since the stream began.
  [[nodiscard]] uint64_t takenOctets() const { return takenOctets_; }
  /// Messages that were pushed and are not yet settled.
  [[nodiscard]] bool isEmpty() const { return messages_.empty(); }
  /// MessageContents::sinceNs of the first of them that holds records.
  [[nodiscard]] int64_t oldestRecordNs() const;

  /// Hands each message that ends up to `position` of the stream to `settle`, and forgets it.
  template <typename Settle>
  void settleUpTo(uint64_t position, Settle settle) {
    while (!messages_.empty() && messages_.front().endsAt <= position) {
      settle(messages_.front());
      messages_.pop_front();
    }
  }

  /// Forgets all; the next message begins a stream.
  void clear();

 private:
  std::unique_ptr<uint8_t[]> ring_;
  size_t capacityBytes_;
  size_t start_ = 0;  ///< of the octets that wait
  size_t waitingOctets_ = 0;
  uint64_t takenOctets_ = 0;
  std::deque<Message> messages_;
};

}  // namespace weir
