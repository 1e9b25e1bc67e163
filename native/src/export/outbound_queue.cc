// SPDX-License-Identifier: Apache-2.0
#include "export/outbound_queue.h"

#include <algorithm>
#include <cstring>

namespace weir {

void OutboundQueue::push(std::span<const uint8_t> message, const MessageContents& contents) {
  const size_t end = (start_ + waitingOctets_) % capacityBytes_;
  const size_t first = std::min(message.size(), capacityBytes_ - end);
  std::memcpy(ring_.get() + end, message.data(), first);
  std::memcpy(ring_.get(), message.data() + first, message.size() - first);
  waitingOctets_ += message.size();
  messages_.push_back({contents, message.size(), takenOctets_ + waitingOctets_});
}

std::span<const uint8_t> OutboundQueue::front() const {
  return {ring_.get() + start_, std::min(waitingOctets_, capacityBytes_ - start_)};
}

void OutboundQueue::take(size_t octets) {
  takenOctets_ += octets;
  waitingOctets_ -= octets;
  // Back to the beginning when empty: a collector that keeps up uses few pages again and again.
  start_ = waitingOctets_ == 0 ? 0 : (start_ + octets) % capacityBytes_;
}

int64_t OutboundQueue::oldestRecordNs() const {
  const auto oldest = std::find_if(messages_.begin(), messages_.end(), [](const Message& message) {
    return message.contents.records != 0;
  });
  return oldest == messages_.end() ? NO_RECORD_WAITS : oldest->contents.sinceNs;
}

void OutboundQueue::clear() {
  start_ = 0;
  waitingOctets_ = 0;
  takenOctets_ = 0;
  messages_.clear();
}

}  // namespace weir
