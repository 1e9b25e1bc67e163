// SPDX-License-Identifier: Apache-2.0
// For tests: a UDP socket that exporters can send to, and records to send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <random>
#include <vector>

#include "capture/fd.h"
#include "export/datagram_sender.h"
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

  /// All that has arrived since the last call.
  std::vector<Datagram> datagrams() {
    std::vector<Datagram> all;
    for (;;) {
      Datagram datagram(65536);
      const ssize_t length = recv(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT);
      if (length < 0) return all;
      datagram.resize(static_cast<size_t>(length));
      all.push_back(std::move(datagram));
    }
  }

 private:
  Fd socket_;
  uint16_t port_ = 0;
};

/// Owns what a FlowRecord borrows.
struct OwnedRecord {
  IpAddress source{};
  IpAddress destination{};
  FlowRecord record;

  [[nodiscard]] FlowRecord get() const {
    FlowRecord borrowed = record;
    borrowed.forward.sourceAddress = borrowed.reverse.destinationAddress = &source;
    borrowed.forward.destinationAddress = borrowed.reverse.sourceAddress = &destination;
    return borrowed;
  }
};

inline OwnedRecord randomRecord(std::mt19937_64& random, int64_t nowNs, uint8_t ipVersion) {
  OwnedRecord owned;
  for (IpAddress* address : {&owned.source, &owned.destination}) {
    for (uint8_t& octet : *address) octet = static_cast<uint8_t>(random());
  }
  const auto fill = [&](DirectionRecord& direction) {
    // Mostly ordinary counters, sometimes ones that do not fit 32 bits, sometimes none.
    if (random() % 5 == 0) return;
    const bool isLarge = random() % 8 == 0;
    direction.packets = 1 + random() % (isLarge ? uint64_t{1} << 34U : 100'000);
    direction.octets = 20 + random() % (isLarge ? uint64_t{1} << 36U : 100'000'000);
    direction.sourcePort = static_cast<uint16_t>(random());
    direction.destinationPort = static_cast<uint16_t>(random());
    direction.tcpFlags = static_cast<uint16_t>(random() % 512);
    direction.ipClassOfService = static_cast<uint8_t>(random());
  };
  FlowRecord& record = owned.record;
  fill(record.forward);
  fill(record.reverse);
  record.endNs = nowNs - static_cast<int64_t>(random() % 15'000) * 1'000'000;
  record.startNs = record.endNs - static_cast<int64_t>(random() % 60'000) * 1'000'000;
  for (DirectionRecord* direction : {&record.forward, &record.reverse}) {
    direction->startMs = record.startNs / 1'000'000;
    direction->endMs = record.endNs / 1'000'000;
  }
  record.application = static_cast<uint32_t>(random() % (1U << 24U));
  record.interfaceIndex = static_cast<uint32_t>(random());
  record.vlanId = static_cast<uint16_t>(random() % 4096);
  record.protocol = static_cast<uint8_t>(random());
  record.ipVersion = ipVersion;
  record.endReason = static_cast<EndReason>(1 + random() % 5);
  return owned;
}

}  // namespace weir
