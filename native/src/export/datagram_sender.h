// SPDX-License-Identifier: Apache-2.0
// A connected UDP socket to one collector. Datagrams leave several at a time, and never in
// fragments.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "export/collector_address.h"
#include "export/message_sender.h"
#include "fd.h"

namespace weir {

/// RFC 7011 10.3.3: what every path between today's networks carries, unless it says less itself.
inline constexpr uint32_t ETHERNET_MTU_BYTES = 1500;

/// What fits an Ethernet frame in both IP versions.
inline constexpr size_t MAXIMUM_DATAGRAM_BYTES = 1452;

struct DatagramOptions {
  std::string source;                             ///< address to send from, "": the system chooses
  uint32_t maximumMtuBytes = ETHERNET_MTU_BYTES;  ///< the path's MTU counts where it is less
};

/// Waiting datagrams lie in preallocated slots and go to the kernel in one call: when all slots are
/// full, after QUEUE_AGE_NS, and at `flush`.
class DatagramSender final : public MessageSender {
 public:
  DatagramSender(CollectorAddress collector, SendMode mode, DatagramOptions options = {});

  /// Resolves and connects. Throws CodedError when the name cannot be resolved. A network that is
  /// not there yet may come: then messages fail until there is a way to the collector.
  void open() override;

  [[nodiscard]] size_t maximumMessageBytes() const override { return maximumBytes_; }
  [[nodiscard]] uint64_t session() const override { return session_; }
  void prepare() override;
  void send(std::span<const uint8_t> message, const MessageContents& contents) override;
  void tick(int64_t nowNs) override;
  void flush() override;
  [[nodiscard]] int64_t oldestRecordNs() const override;

 private:
  static constexpr size_t QUEUE_DATAGRAMS = 32;
  static constexpr int64_t QUEUE_AGE_NS = 5'000'000;

  struct Slot {
    iovec octets{};
    MessageContents contents;
  };

  void connectFirst();
  void connectAgain();
  void keepPort();
  void noteConnected(int error);
  void noteOrigin();
  void prepareSlots();
  void askMtu();
  [[nodiscard]] size_t transmit(size_t first);
  size_t settleRefusal(size_t first, int error);
  size_t fail(size_t first, FailureReason reason, int error);
  size_t failRest(size_t first, int error);
  size_t drainErrors();

  CollectorAddress collector_;
  SendMode mode_;
  DatagramOptions options_;
  Fd socket_;
  std::vector<SocketAddress> addresses_;
  SocketAddress address_;  ///< the one of them that the socket is for
  SocketAddress origin_;   ///< address and port that datagrams come from: the session's
  size_t maximumBytes_;
  size_t slotBytes_ = 0;
  std::vector<uint8_t> buffer_;  ///< of all slots
  std::array<Slot, QUEUE_DATAGRAMS> slots_{};
  std::array<mmsghdr, QUEUE_DATAGRAMS> headers_{};
  size_t waiting_ = 0;
  uint32_t retries_ = 0;  ///< of the message that is next
  int64_t nowNs_ = 0;
  int64_t waitingSinceNs_ = 0;
  int64_t mtuAskedNs_ = 0;
  int64_t connectedNs_ = 0;
  bool isCutOff_ = false;  ///< this machine has no way to the collector
  bool hasBeenConnected_ = false;
  bool isSessionOver_ = false;  ///< another begins with the next message
  uint64_t session_ = 1;
  int connectError_ = 0;  ///< errno while the socket is not connected
};

}  // namespace weir
