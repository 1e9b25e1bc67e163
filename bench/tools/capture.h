// SPDX-License-Identifier: Apache-2.0
// A capture file in memory: its frames, its hosts and its conversations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frame.h"

namespace bench {

struct CapturedFrame {
  uint64_t offsetUs = 0;  ///< since the capture's first frame; never falls
  size_t at = 0;          ///< in Capture::octets
  uint32_t length = 0;
  uint32_t conversation = 0;
  Frame frame;
  std::optional<uint32_t> sourceHost;
  std::optional<uint32_t> destinationHost;
};

struct Conversation {
  uint64_t packets = 0;
  uint64_t octets = 0;
  bool isIp = false;
  bool hasHost = false;  ///< an address that can be rewritten; DHCP's 0.0.0.0 to broadcast has none

  [[nodiscard]] double meanOctets() const {
    return packets == 0 ? 0 : static_cast<double>(octets) / static_cast<double>(packets);
  }
};

struct Capture {
  std::string path;
  std::vector<uint8_t> octets;
  std::vector<CapturedFrame> frames;
  std::vector<Conversation> conversations;
  uint32_t hostCount = 0;
  uint64_t durationUs = 0;
  std::map<std::string, uint64_t> leftOut;  ///< frames by reason

  [[nodiscard]] std::span<const uint8_t> octetsOf(const CapturedFrame& frame) const {
    return {octets.data() + frame.at, frame.length};
  }
};

/// Throws std::runtime_error: no such file, not a capture, not Ethernet.
Capture loadCapture(const std::string& path);

}  // namespace bench
