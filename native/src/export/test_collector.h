// SPDX-License-Identifier: Apache-2.0
// For tests: a UDP socket that exporters can send to, and records to send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "export/datagram_sender.h"
#include "fd.h"
#include "flow/flow_record.h"

namespace weir {

using Datagram = std::vector<uint8_t>;

/// Listens on loopback; the kernel keeps what was sent until `datagrams` takes it.
class TestCollector {
 public:
  /// `port` 0: one that is free.
  explicit TestCollector(uint16_t port = 0) : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    const int bufferBytes = 8 << 20;
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bufferBytes, sizeof bufferBytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::unique_ptr<MessageSender> sender() const {
    return std::make_unique<DatagramSender>(CollectorAddress{"127.0.0.1", port_}, SendMode::WAIT);
  }

  [[nodiscard]] uint16_t port() const { return port_; }

  /// Of the last datagram that was taken.
  [[nodiscard]] uint16_t senderPort() const { return senderPort_; }

  /// All that has arrived since the last call.
  std::vector<Datagram> datagrams() {
    std::vector<Datagram> all;
    for (;;) {
      Datagram datagram(65536);
      sockaddr_in sender{};
      socklen_t senderBytes = sizeof sender;
      const ssize_t length = recvfrom(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT,
                                      reinterpret_cast<sockaddr*>(&sender), &senderBytes);
      if (length < 0) return all;
      senderPort_ = ntohs(sender.sin_port);
      datagram.resize(static_cast<size_t>(length));
      all.push_back(std::move(datagram));
    }
  }

 private:
  Fd socket_;
  uint16_t port_ = 0;
  uint16_t senderPort_ = 0;
};

/// Keeps messages as a transport would deliver them; tests set what a connection does.
class MemorySender final : public MessageSender {
 public:
  void open() override {}
  [[nodiscard]] size_t maximumMessageBytes() const override { return maximumBytes; }
  [[nodiscard]] bool isReliable() const override { return reliable; }
  [[nodiscard]] uint64_t session() const override { return session_; }
  void prepare() override { session_ = nextSession; }
  void send(std::span<const uint8_t> message, const MessageContents& contents) override {
    messages.emplace_back(message.begin(), message.end());
    contentsOf.push_back(contents);
    noteSent(message.size(), contents);
  }

  std::vector<Datagram> messages;
  std::vector<MessageContents> contentsOf;
  size_t maximumBytes = MAXIMUM_DATAGRAM_BYTES;
  bool reliable = false;
  uint64_t nextSession = 1;  ///< takes effect in `prepare`

 private:
  uint64_t session_ = 0;
};

/// Owns what a FlowRecord borrows.
struct OwnedRecord {
  IpAddress source{};
  IpAddress destination{};
  MacAddress sourceMac{};
  MacAddress destinationMac{};
  bool hasMacAddresses = true;
  FlowRecord record;

  [[nodiscard]] FlowRecord get() const {
    FlowRecord borrowed = record;
    borrowed.forward.sourceAddress = borrowed.reverse.destinationAddress = &source;
    borrowed.forward.destinationAddress = borrowed.reverse.sourceAddress = &destination;
    if (!hasMacAddresses) return borrowed;
    borrowed.forward.sourceMac = borrowed.reverse.destinationMac = &sourceMac;
    borrowed.forward.destinationMac = borrowed.reverse.sourceMac = &destinationMac;
    return borrowed;
  }
};

inline DirectionRecord randomDirection(std::mt19937_64& random, int64_t nowNs) {
  DirectionRecord direction;
  // Mostly ordinary counters, sometimes octets that do not fit 32 bits, sometimes none.
  if (random() % 5 == 0) return direction;
  // One draw a statement, here and in other tests: the order within an expression is the
  // compiler's.
  const uint64_t packetRange = random() % 8 == 0 ? UINT32_MAX : 100'000;
  direction.packets = 1 + random() % packetRange;
  const uint64_t octetRange = random() % 8 == 0 ? uint64_t{1} << 36U : 100'000'000;
  direction.octets = 20 + random() % octetRange;
  direction.outerOctets = direction.octets + random() % 1'000;
  direction.sourcePort = static_cast<uint16_t>(random());
  direction.destinationPort = static_cast<uint16_t>(random());
  direction.tcpFlags = static_cast<uint16_t>(random() % 512);
  direction.icmpTypeCode = static_cast<uint16_t>(random());
  direction.ipClassOfService = static_cast<uint8_t>(random());
  direction.ipTimeToLive = static_cast<uint8_t>(random());
  direction.endMs = nowNs / 1'000'000 - static_cast<int64_t>(random() % 15'000);
  direction.startMs = direction.endMs - static_cast<int64_t>(random() % 60'000);
  return direction;
}

/// A second tag, labels or a tunnel: what every sixth record has.
inline void putEncapsulation(std::mt19937_64& random, FlowRecord& record) {
  record.customerVlanId = static_cast<uint16_t>(random() % 4096);
  record.tunnel = static_cast<Tunnel>(random() % 6);
  const bool hasSegment = record.tunnel != Tunnel::NONE && random() % 2 == 0;
  constexpr Tunnel NAMING[] = {Tunnel::VXLAN, Tunnel::GENEVE, Tunnel::GRE};
  record.segmentTunnel = hasSegment ? NAMING[random() % 3] : Tunnel::NONE;
  record.segmentId = hasSegment ? static_cast<uint32_t>(random() % (1U << 24U)) : 0;
  for (DirectionRecord* direction : {&record.forward, &record.reverse}) {
    const bool hasLabels = random() % 2 == 0;
    direction->mplsTopLabel = hasLabels ? static_cast<uint32_t>(random() % (1U << 24U)) : 0;
  }
}

inline OwnedRecord randomRecord(std::mt19937_64& random, int64_t nowNs, uint8_t ipVersion) {
  OwnedRecord owned;
  for (IpAddress* address : {&owned.source, &owned.destination}) {
    for (uint8_t& octet : *address) octet = static_cast<uint8_t>(random());
  }
  for (MacAddress* address : {&owned.sourceMac, &owned.destinationMac}) {
    for (uint8_t& octet : *address) octet = static_cast<uint8_t>(random());
  }
  owned.hasMacAddresses = random() % 4 != 0;
  FlowRecord& record = owned.record;
  record.forward = randomDirection(random, nowNs);
  record.reverse = randomDirection(random, nowNs);
  record.endNs = std::max(record.forward.endMs, record.reverse.endMs) * 1'000'000;
  record.startNs = std::min(record.forward.startMs, record.reverse.startMs) * 1'000'000;
  if (random() % 6 == 0) putEncapsulation(random, record);
  record.flowId = random();
  record.application = static_cast<uint32_t>(random() % (1U << 24U));
  record.interfaceIndex = static_cast<uint32_t>(random());
  record.insidePppoe = random() % 8 == 0;
  record.vlanId = static_cast<uint16_t>(random() % 4096);
  constexpr uint8_t PROTOCOLS[] = {1, 6, 17, 58, 132};
  record.protocol = PROTOCOLS[random() % 5];
  record.ipVersion = ipVersion;
  record.endReason = static_cast<EndReason>(1 + random() % 5);
  return owned;
}

}  // namespace weir
