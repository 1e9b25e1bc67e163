// SPDX-License-Identifier: Apache-2.0
// Datagrams over real sockets: what is counted as sent, failed and unreachable.
#include "export/datagram_sender.h"

#include <doctest/doctest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "capture/byte_order.h"
#include "coded_error.h"
#include "export/test_collector.h"

namespace weir {
namespace {

constexpr int64_t MILLISECOND = 1'000'000;

std::vector<uint8_t> message(uint32_t number, size_t bytes = 100) {
  std::vector<uint8_t> octets(bytes, 0);
  std::memcpy(octets.data(), &number, sizeof number);
  return octets;
}

uint32_t numberOf(const Datagram& datagram) {
  uint32_t number = 0;
  std::memcpy(&number, datagram.data(), sizeof number);
  return number;
}

/// A port of loopback that nothing listens on.
uint16_t closedPort() { return TestCollector().port(); }

TEST_CASE("datagrams wait for company, at most 5 ms, and leave whole and in order") {
  TestCollector collector;
  DatagramSender sender({"127.0.0.1", collector.port()}, SendMode::WAIT);
  sender.open();
  sender.tick(0);
  for (uint32_t i = 0; i < 40; ++i) sender.send(message(i, 4 + i * 30), {});
  std::vector<Datagram> arrived = collector.datagrams();
  CHECK(arrived.size() == 32);
  sender.tick(5 * MILLISECOND - 1);
  CHECK(collector.datagrams().empty());
  sender.tick(5 * MILLISECOND);
  for (Datagram& datagram : collector.datagrams()) arrived.push_back(std::move(datagram));
  REQUIRE(arrived.size() == 40);
  for (uint32_t i = 0; i < 40; ++i) {
    CHECK(numberOf(arrived[i]) == i);
    CHECK(arrived[i].size() == 4 + i * 30);
  }
  CHECK(sender.counters().messages == 40);
}

TEST_CASE("a message fits an Ethernet frame unless a larger MTU is allowed, and the path has it") {
  TestCollector collector;
  DatagramSender ordinary({"127.0.0.1", collector.port()}, SendMode::WAIT);
  ordinary.open();
  CHECK(ordinary.maximumMessageBytes() == 1500 - 28);
  DatagramSender jumbo({"127.0.0.1", collector.port()}, SendMode::WAIT, {.maximumMtuBytes = 9000});
  jumbo.open();
  CHECK(jumbo.maximumMessageBytes() == 9000 - 28);
  jumbo.send(message(1, jumbo.maximumMessageBytes()), {});
  jumbo.flush();
  CHECK(collector.datagrams().at(0).size() == 9000 - 28);
  jumbo.send(message(2, jumbo.maximumMessageBytes() + 1),
             {.records = 3, .packets = 4, .octets = 5});
  jumbo.flush();
  CHECK(jumbo.counters().messages == 1);
  CHECK(jumbo.counters().failedMessages == 1);
  CHECK(jumbo.counters().failedMessagesByReason[static_cast<size_t>(FailureReason::TOO_LONG)] == 1);
  CHECK(jumbo.counters().failedRecords == 3);
  CHECK(jumbo.counters().failedPackets == 4);
  CHECK(jumbo.counters().failedOctets == 5);
}

TEST_CASE("over IPv6 a message is shorter by what its header is longer") {
  const Fd socket(::socket(AF_INET6, SOCK_DGRAM, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
  socklen_t length = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  DatagramSender sender({"::1", ntohs(address.sin6_port)}, SendMode::WAIT, {.source = "::1"});
  sender.open();
  CHECK(sender.maximumMessageBytes() == 1500 - 48);
  sender.send(message(7, sender.maximumMessageBytes()), {});
  sender.flush();
  Datagram datagram(2000);
  CHECK(recv(socket.get(), datagram.data(), datagram.size(), MSG_DONTWAIT) == 1452);
  CHECK(numberOf(datagram) == 7);
}

TEST_CASE("every datagram that meets a closed port is counted, and none twice") {
  const uint16_t port = closedPort();
  DatagramSender sender({"127.0.0.1", port}, SendMode::NEVER_WAIT);
  sender.open();
  constexpr uint32_t MESSAGES = 200;
  for (uint32_t i = 0; i < MESSAGES; ++i) sender.send(message(i), {.records = 1});
  sender.flush();
  sender.tick(20'000 * MILLISECOND);  // takes what the last one was answered with
  CHECK(sender.counters().messages == MESSAGES);
  CHECK(sender.counters().unreachableMessages == MESSAGES);
  CHECK(sender.counters().failedMessages == 0);
  CHECK(SendFailure::fromWord(sender.counters().lastUnreachable).text() == "Connection refused");
  CHECK(sender.counters().lastFailure == 0);
}

TEST_CASE("a collector that comes back gets what is sent from then on") {
  uint16_t port = 0;
  {
    TestCollector first;
    port = first.port();
  }
  DatagramSender sender({"127.0.0.1", port}, SendMode::NEVER_WAIT);
  sender.open();
  for (uint32_t i = 0; i < 40; ++i) sender.send(message(i), {});
  sender.flush();
  TestCollector second(port);
  for (uint32_t i = 40; i < 90; ++i) sender.send(message(i), {});
  sender.flush();
  const std::vector<Datagram> arrived = second.datagrams();
  REQUIRE(arrived.size() == 50);
  CHECK(numberOf(arrived.front()) == 40);
  CHECK(sender.counters().messages == 90);
  CHECK(sender.counters().unreachableMessages == 40);
}

TEST_CASE("without a route messages fail for that reason, until there is one" *
          doctest::skip(geteuid() != 0)) {
  std::thread([] {
    REQUIRE(unshare(CLONE_NEWNET) == 0);  // of this thread only
    const auto setLoopback = [](int flags) {
      const Fd control(socket(AF_INET, SOCK_DGRAM, 0));
      ifreq request{};
      std::strcpy(request.ifr_name, "lo");
      request.ifr_flags = static_cast<int16_t>(flags);
      REQUIRE(ioctl(control.get(), SIOCSIFFLAGS, &request) == 0);
    };
    DatagramSender sender({"127.0.0.1", closedPort()}, SendMode::NEVER_WAIT);
    sender.open();
    const auto sendOne = [&sender](uint32_t number) {
      sender.send(message(number), {.records = 1});
      sender.flush();
      return SendFailure::fromWord(sender.counters().lastFailure).text();
    };
    CHECK(sender.counters().connected == 0);
    CHECK(sendOne(0) == "Network is unreachable");
    sender.tick(2'000 * MILLISECOND);
    CHECK(sendOne(1) == "Network is unreachable");
    CHECK(sender.counters().failedRecords == 2);

    setLoopback(IFF_UP);
    sender.tick(4'000 * MILLISECOND);
    CHECK(sender.counters().connected == 1);
    sendOne(2);
    CHECK(sender.counters().messages == 1);

    ifreq noAddress{};
    std::strcpy(noAddress.ifr_name, "lo");
    noAddress.ifr_addr.sa_family = AF_INET;
    REQUIRE(ioctl(Fd(socket(AF_INET, SOCK_DGRAM, 0)).get(), SIOCSIFADDR, &noAddress) == 0);
    setLoopback(0);
    sender.tick(6'000 * MILLISECOND);
    sendOne(3);
    sender.tick(8'000 * MILLISECOND);
    CHECK(sendOne(4) == "Network is unreachable");
    CHECK(sender.counters().connected == 0);
    CHECK(sender.counters().failedRecords == 4);
  }).join();
}

TEST_CASE("a source address that is not this machine's is an error with a code") {
  for (const char* source : {"192.0.2.77", "eth0", "::1"}) {
    DatagramSender sender({"127.0.0.1", 2055}, SendMode::WAIT, {.source = source});
    CHECK_THROWS_AS(sender.open(), CodedError);
  }
}

}  // namespace
}  // namespace weir
