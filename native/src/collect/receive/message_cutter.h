// SPDX-License-Identifier: Apache-2.0
// Cuts IPFIX messages out of a stream by the length in their header (RFC 7011 3.1, 10.4). Never
// holds more than one whole message and what one read may bring. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::collect {

class MessageCutter {
 public:
  /// Where the next octets of the stream go, never empty; messages given before hold no longer.
  std::span<uint8_t> room();

  /// So many octets were put there.
  void fill(size_t octets) { end_ += octets; }

  /// The next whole message; empty: none is complete, or the stream makes no sense from here on.
  std::span<const uint8_t> next();

  [[nodiscard]] bool isMalformed() const noexcept { return isMalformed_; }

  /// Whether octets of a message that is not complete are waiting.
  [[nodiscard]] bool isInsideMessage() const noexcept { return end_ > begin_; }

 private:
  std::vector<uint8_t> octets_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool isMalformed_ = false;
};

}  // namespace weir::collect
