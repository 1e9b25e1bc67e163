// SPDX-License-Identifier: Apache-2.0
// What collectors see of a sender whose way to them was cut off for a while: they know it by the
// address and port that it sends from.
#include <doctest/doctest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <thread>

#include "capture/byte_order.h"
#include "export/ipfix_exporter.h"
#include "export/test_collector.h"

namespace weir {
namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS;

void configureLoopback(unsigned long what, ifreq request) {
  const Fd control(socket(AF_INET, SOCK_DGRAM, 0));
  std::strcpy(request.ifr_name, "lo");
  REQUIRE(ioctl(control.get(), what, &request) == 0);
}

/// Comes up with its address.
void switchOn() {
  ifreq request{};
  request.ifr_flags = IFF_UP;
  configureLoopback(SIOCSIFFLAGS, request);
}

void switchOff() {
  ifreq noAddress{};
  noAddress.ifr_addr.sa_family = AF_INET;
  configureLoopback(SIOCSIFADDR, noAddress);
  configureLoopback(SIOCSIFFLAGS, {});
}

/// Binds a socket to the port on another address of loopback.
Fd occupy(uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  address.sin_port = htons(port);
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

/// An exporter of IPFIX and its collector, in a network of their own.
struct Rig {
  TestCollector collector;
  std::mt19937_64 random{7};
  OwnedRecord owned = randomRecord(random, NOW_NS, 4);
  IpfixExporter exporter{std::make_unique<DatagramSender>(
                             CollectorAddress{"127.0.0.1", collector.port()}, SendMode::NEVER_WAIT),
                         {},
                         FlowForm::BIFLOW};
  int64_t nowNs = NOW_NS;

  Rig() {
    exporter.open();
    exporter.tick(nowNs);
  }

  [[nodiscard]] SenderCounters books() const { return exporter.counters().sender; }

  std::vector<Datagram> writeOne() {
    exporter.write(owned.get());
    exporter.flush();
    return collector.datagrams();
  }

  /// The interface goes down, a message meets that, the interface comes back.
  void cutOff() {
    switchOff();
    CHECK(writeOne().empty());
    switchOn();
  }

  void pass(int64_t spanNs) { exporter.tick(nowNs += spanNs); }
};

/// On a thread that takes its network with it.
void inNetwork(const std::function<void()>& body) {
  std::thread([&body] {
    try {
      REQUIRE(unshare(CLONE_NEWNET) == 0);
      switchOn();
      body();
    } catch (const std::exception& error) {
      FAIL_CHECK(error.what());
    } catch (...) {  // a REQUIRE that has said why
    }
  }).join();
}

uint32_t sequenceOf(const Datagram& message) { return load32Be(&message[8]); }
uint16_t firstSetOf(const Datagram& message) { return load16Be(&message[16]); }
constexpr uint16_t TEMPLATE_SET = 2;

TEST_CASE("a session comes from the same port after the way to the collector was cut off" *
          doctest::skip(geteuid() != 0)) {
  inNetwork([] {
    Rig rig;
    CHECK(rig.writeOne().size() > 1);
    const uint16_t port = rig.collector.senderPort();
    for (int times = 0; times < 3; ++times) {
      rig.cutOff();
      rig.pass(2 * SECOND_NS);
      const std::vector<Datagram> arrived = rig.writeOne();
      REQUIRE(arrived.size() == 1);
      CHECK(rig.collector.senderPort() == port);
      CHECK(firstSetOf(arrived[0]) != TEMPLATE_SET);
    }
    CHECK(rig.books().sessions == 1);
    CHECK(rig.books().failedMessages == 3);
  });
}

TEST_CASE("a session that has lost its port is a new one: templates first, sequence from 0" *
          doctest::skip(geteuid() != 0)) {
  inNetwork([] {
    Rig rig;
    rig.writeOne();
    const uint16_t port = rig.collector.senderPort();
    const Fd other = occupy(port);
    rig.cutOff();
    rig.exporter.write(rig.owned.get());  // into a message that was begun in the old session
    rig.pass(SECOND_NS / 2);
    CHECK(rig.writeOne().empty());
    CHECK(rig.books().failedMessages == 2);
    CHECK(rig.books().failedRecords == 3);
    const std::vector<Datagram> arrived = rig.writeOne();
    CHECK(rig.collector.senderPort() != port);
    REQUIRE(arrived.size() > 1);
    CHECK(firstSetOf(arrived[0]) == TEMPLATE_SET);
    CHECK(sequenceOf(arrived[0]) == 0);
    CHECK(rig.books().sessions == 2);
  });
}

}  // namespace
}  // namespace weir
