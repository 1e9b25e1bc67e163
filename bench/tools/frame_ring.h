// SPDX-License-Identifier: Apache-2.0
// A TPACKET_V3 ring of one interface, and the loop over its frames until SIGTERM or SIGINT. One per
// process.
#pragma once

#include <linux/if_packet.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <span>

namespace bench {

struct RingSize {
  uint32_t blockBytes = 1U << 20;
  uint32_t blocks = 64;  ///< as the probe's
};

class FrameRing {
 public:
  /// Ends the program with a message when it cannot be had.
  FrameRing(const char* interfaceName, RingSize size);
  ~FrameRing();
  FrameRing(const FrameRing&) = delete;
  FrameRing& operator=(const FrameRing&) = delete;

  /// Gives each frame, as it lies in the ring, to `visit`; what the ring still holds when a signal
  /// has come, too.
  template <typename Visit>
  void run(const Visit& visit) {
    while (!isStopping()) {
      if (!takeBlock(visit)) wait();
    }
    while (takeBlock(visit)) {
    }
  }

  /// Since the last call.
  [[nodiscard]] uint32_t kernelDrops() const;

  [[nodiscard]] static bool isStopping();

 private:
  template <typename Visit>
  bool takeBlock(const Visit& visit) {
    uint8_t* block = blocks_ + static_cast<size_t>(next_) * size_.blockBytes;
    auto& header = reinterpret_cast<tpacket_block_desc*>(block)->hdr.bh1;
    const std::atomic_ref<uint32_t> status(header.block_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return false;
    const uint8_t* at = block + header.offset_to_first_pkt;
    for (uint32_t i = 0; i < header.num_pkts; ++i) {
      const auto& frame = *reinterpret_cast<const tpacket3_hdr*>(at);
      visit(std::span(at + frame.tp_mac, frame.tp_snaplen), frame.tp_len);
      at += frame.tp_next_offset;
    }
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % size_.blocks;
    return true;
  }

  [[nodiscard]] uint8_t* createRing() const;
  void wait() const;

  const RingSize size_;
  const int handle_;
  uint8_t* const blocks_;
  uint32_t next_ = 0;
};

}  // namespace bench
