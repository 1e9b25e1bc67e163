// SPDX-License-Identifier: Apache-2.0
// Live capture: one AF_PACKET TPACKET_V3 receive ring, shared with the kernel, no copy and no
// system call per frame.
#pragma once

#include <linux/if_packet.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/fanout_program.h"
#include "capture/packet_source.h"
#include "capture/told_frames.h"
#include "fd.h"

namespace weir {

enum class InterfaceMode : uint8_t { NORMAL, PROMISCUOUS };

struct PacketRingOptions {
  std::string interfaceName;
  // What a ring holds of a lane's stall is the lesser of its octets and, since the kernel hands
  // over a block however empty when its time is up, of blockCount times blockTimeoutMs. 64 MiB are
  // 2 s of 225,000 minimal frames a second, which take 144 octets each; many small blocks make it
  // 2 s at lower rates, too, although a packet waits no longer than 8 ms for its block to be handed
  // over.
  uint32_t blockSizeBytes = 1U << 18;  ///< a power of two, at least 64 KiB
  uint32_t blockCount = 256;
  uint32_t blockTimeoutMs = 8;      ///< the kernel hands over a block that is not full after this
  uint32_t snapLengthBytes = 4096;  ///< octets kept of each frame
  InterfaceMode mode = InterfaceMode::PROMISCUOUS;
  uint16_t fanoutGroupId = 0;  ///< the same in all lanes of one interface; with the interface's
                               ///< number added it is the group's, no other program's
  FanoutSeed fanoutSeed;       ///< likewise the same in all lanes
  uint32_t laneCount = 1;      ///< above 1 the lanes' rings join the fanout group
  uint32_t laneIndex = 0;
  std::shared_ptr<FrameExchange> exchange;  ///< null: the lanes do not overhear each other
};

/// Owned and used by exactly one lane thread, but for open(): whoever starts the lanes opens all
/// rings first. No frame is captured before the first receive(), so that no lane takes the frames
/// of a lane that has not joined the group yet.
class PacketRing final : public PacketSource {
 public:
  explicit PacketRing(PacketRingOptions options) : options_(std::move(options)) {
    if (options_.exchange) listener_.emplace(options_.exchange, options_.laneIndex);
  }
  ~PacketRing() override;
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  /// Throws CaptureError: no such interface, missing right, neither Ethernet nor IP, no memory for
  /// the ring.
  void open() override;

  /// Gives frames of one block; the block goes back to the kernel when all its frames were given
  /// and receive() is called again. An interface that goes down gives 0 until it is up again; one
  /// that was deleted, until there is one of its name again.
  size_t receive(std::span<PacketView> batch) override;
  [[nodiscard]] bool hasListeners() const override { return listener_.has_value(); }
  void tell(const PacketView& view) override { listener_->tell(view); }
  void stop() override;
  [[nodiscard]] bool finished() const override { return drained_; }
  /// The wall clock.
  [[nodiscard]] int64_t clockNs() const override;
  [[nodiscard]] double pressure() override;
  [[nodiscard]] CaptureCounters counters() override;
  [[nodiscard]] std::vector<std::string> warnings() const override;

 private:
  void openRing();
  void closeRing();
  void reopenRing();
  [[nodiscard]] bool interfaceExists() const;
  void checkInterface();
  void createRing();
  void bindToInterface();
  void joinFanout();
  void startCapture();
  bool nextBlock();
  [[nodiscard]] bool isWaiting(uint32_t blocksAhead) const;
  void releaseBlock();
  void waitForBlock();
  void takeKernelDrops();
  void noteEmptyRing();
  bool waitForInterface();
  size_t hear(std::span<PacketView> batch);
  size_t takeFrames(std::span<PacketView> batch);
  bool takeFrame(const tpacket3_hdr& header, PacketView& view) const;
  [[nodiscard]] tpacket_block_desc* block() const;

  PacketRingOptions options_;
  std::optional<FrameListener> listener_;
  Fd socket_;
  uint8_t* ring_ = nullptr;
  size_t ringBytes_ = 0;
  uint32_t interfaceIndex_ = 0;
  uint32_t blockIndex_ = 0;
  uint32_t framesLeft_ = 0;  ///< of the block that this side holds
  const uint8_t* nextFrame_ = nullptr;
  bool holdsBlock_ = false;
  bool capturing_ = false;
  bool stopped_ = false;
  bool drained_ = false;  ///< stopped, and the ring was empty after that
  bool gone_ = false;     ///< the interface was deleted; there is no ring
  LinkType linkType_ = LinkType::ETHERNET;
  bool loopback_ = false;  ///< sees each frame twice, as outgoing and as incoming
  CaptureCounters counters_;
  uint64_t droppedBefore_ = 0;  ///< at the last call of pressure()
};

}  // namespace weir
