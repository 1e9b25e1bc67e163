// SPDX-License-Identifier: Apache-2.0
// Rings on a veth pair, in a network namespace of the test's own thread. Needs root and `ip`; says
// so and passes without.
#pragma once

#include <doctest/doctest.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "capture/packet_ring.h"
#include "capture/test_captures.h"

namespace weir::test {

inline constexpr const char* NAMESPACE_SETUP =
    "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; "
    "ip link set lo up && ip link add weira type veth peer name weirb && "
    "ip link set weira up && ip link set weirb up";

inline bool run(const std::string& command) { return std::system(command.c_str()) == 0; }

/// Runs `body` in a fresh network namespace, on a thread that takes the namespace with it.
inline void inNamespace(const std::function<void()>& body) {
  std::thread([&body] {
    if (::unshare(CLONE_NEWNET) != 0 || !run(NAMESPACE_SETUP + std::string(" 2>/dev/null"))) {
      MESSAGE("skipped: a network namespace needs root and iproute2");
      return;
    }
    try {
      body();
    } catch (const std::exception& error) {
      FAIL_CHECK(error.what());
    }
  }).join();
}

inline PacketRingOptions smallRing(const std::string& interfaceName) {
  return {.interfaceName = interfaceName, .blockSizeBytes = 1U << 17, .blockCount = 8};
}

/// Sends whole frames from `interfaceName`.
inline void send(const std::string& interfaceName, const std::vector<TestPacket>& packets) {
  const Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interfaceName.c_str()));
  for (const TestPacket& packet : packets)
    CHECK(::sendto(socket.get(), packet.frame.data(), packet.frame.size(), 0,
                   reinterpret_cast<const sockaddr*>(&address), sizeof address) > 0);
}

struct Received {
  TestPacket packet;
  uint32_t strippedVlanTci;
};

/// Receives until nothing has come for two waits: what was sent is in the ring long before.
inline std::vector<Received> receiveAll(PacketRing& ring) {
  std::vector<Received> received;
  std::array<PacketView, 32> batch;
  for (int emptyWaits = 0; emptyWaits < 2;) {
    const size_t count = ring.receive(batch);
    emptyWaits = count == 0 ? emptyWaits + 1 : 0;
    for (size_t i = 0; i < count; ++i) {
      CHECK(batch[i].timestampNs <= ring.clockNs());
      received.push_back({copyOf(batch[i]), batch[i].strippedVlanTci});
    }
  }
  return received;
}

using Rings = std::vector<std::unique_ptr<PacketRing>>;

inline Rings openLanes(uint32_t lanes) {
  Rings rings;
  for (uint32_t lane = 0; lane < lanes; ++lane) {
    PacketRingOptions options = smallRing("weirb");
    options.fanoutGroupId = 4711;
    options.laneCount = lanes;
    rings.push_back(std::make_unique<PacketRing>(options));
    rings.back()->open();
  }
  return rings;
}

}  // namespace weir::test
