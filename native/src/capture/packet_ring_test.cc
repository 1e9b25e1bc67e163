// SPDX-License-Identifier: Apache-2.0
// The live ring on a veth pair and on loopback.
#include "capture/packet_ring.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "capture/capture_error.h"
#include "capture/test_captures.h"
#include "capture/test_rings.h"
#include "decode/packet_decoder.h"
#include "decode/test_encapsulations.h"

using namespace weir;
using namespace weir::test;

namespace {

/// The outermost pair of addresses in a fixed order.
std::string pairOf(const Received& received) {
  const Octets& frame = received.packet.frame;
  DecodedPacket packet;
  PacketDecoder({.tunnels = TunnelSet::none()})
      .decode({.data = frame.data(), .capturedLengthBytes = static_cast<uint32_t>(frame.size())},
              packet);
  if (packet.exception != Exception::NONE) return {};
  return std::string(packet.key.addressA.begin(), packet.key.addressA.end()) +
         std::string(packet.key.addressB.begin(), packet.key.addressB.end());
}

/// Both directions and a later fragment of `pairs` pairs in every encapsulation on Ethernet.
std::vector<TestPacket> encapsulatedPackets(uint32_t pairs) {
  std::vector<TestPacket> packets;
  for (uint32_t pair = 0; pair < pairs; ++pair) {
    const std::string one = "10.1.0." + std::to_string(pair + 1);
    const std::string two = "172.16.0." + std::to_string(pair + 1);
    const std::string six = "2001:db8::" + std::to_string(pair + 1);
    const Octets body = udp({}, Octets(40, 1));
    for (const Encapsulation& around : linkEncapsulations()) {
      const auto add = [&](uint16_t type, const Octets& ip, Way way) {
        packets.push_back({0, around.wrap(type, ip, way)});
      };
      add(IPV4_TYPE, ipv4({.source = one, .destination = two}, body), Way::FORWARD);
      add(IPV4_TYPE, ipv4({.source = two, .destination = one}, body), Way::BACKWARD);
      add(IPV4_TYPE, ipv4({.source = one, .destination = two, .fragment = 3}, body), Way::FORWARD);
      add(IPV6_TYPE, ipv6({six, "2001:db8:1::1"}, body), Way::FORWARD);
      add(IPV6_TYPE, ipv6({"2001:db8:1::1", six}, body), Way::BACKWARD);
    }
  }
  return packets;
}

std::string codeOf(PacketRingOptions options) {
  try {
    PacketRing(std::move(options)).open();
  } catch (const CaptureError& error) {
    return error.code();
  }
  return "none";
}

}  // namespace

TEST_CASE("a ring that is stopped gives what it has captured, and nothing that comes later") {
  inNamespace([] {
    PacketRing ring(smallRing("weirb"));
    ring.open();
    std::array<PacketView, 1> none;
    CHECK(ring.receive(none) == 0);
    const auto packets = packetsOfPairs(20);
    send("weira", packets);
    ring.stop();
    send("weira", packets);
    size_t received = 0;
    while (!ring.finished()) received += ring.receive(none);
    CHECK(received == packets.size());
  });
}

TEST_CASE("a ring gives incoming and outgoing frames, with the VLAN tag that the kernel took off") {
  inNamespace([] {
    PacketRing ring(smallRing("weirb"));
    ring.open();
    std::array<PacketView, 1> none;
    CHECK(ring.receive(none) == 0);
    const auto packets = packetsOfPairs(20);
    send("weira", packets);
    auto received = receiveAll(ring);
    REQUIRE(received.size() == packets.size());
    size_t tagged = 0;
    for (size_t i = 0; i < packets.size(); ++i) {
      const bool stripped = received[i].strippedVlanTci != PacketView::NO_VLAN;
      tagged += stripped ? 1 : 0;
      CHECK(received[i].packet.frame.size() + (stripped ? 4 : 0) == packets[i].frame.size());
      if (!stripped) CHECK(received[i].packet.frame == packets[i].frame);
    }
    CHECK(tagged == 40);
    send("weirb", packets);
    CHECK(receiveAll(ring).size() == packets.size());
    CHECK(ring.counters().kernelDroppedPackets == 0);
  });
}

TEST_CASE("the lanes' rings share the frames by IP pair") {
  inNamespace([] {
    constexpr uint32_t LANES = 3;
    const auto packets = packetsOfPairs(60);
    const Rings rings = openLanes(LANES);
    send("weira", packets);  // before the first receive(): no lane takes these
    std::array<PacketView, 1> none;
    for (const auto& ring : rings) CHECK(ring->receive(none) == 0);
    send("weira", packets);
    send("weirb", packets);
    size_t frames = 0;
    std::map<std::string, uint32_t> laneOf;
    for (uint32_t lane = 0; lane < LANES; ++lane) {
      const auto received = receiveAll(*rings[lane]);
      CHECK(received.size() > 2 * packets.size() / LANES / 2);
      frames += received.size();
      for (const Received& one : received)
        CHECK(laneOf.try_emplace(pairOf(one), lane).first->second == lane);
    }
    CHECK(frames == 2 * packets.size());
    CHECK(laneOf.size() == 2 * 60 + 1);
  });
}

TEST_CASE("an IP pair has one lane, whatever lies between Ethernet and IP") {
  inNamespace([] {
    constexpr uint32_t LANES = 4;
    const auto packets = encapsulatedPackets(8);
    const Rings rings = openLanes(LANES);
    std::array<PacketView, 1> none;
    for (const auto& ring : rings) CHECK(ring->receive(none) == 0);
    send("weira", packets);
    send("weirb", packets);
    size_t frames = 0;
    std::map<std::string, uint32_t> laneOf;
    for (uint32_t lane = 0; lane < LANES; ++lane) {
      for (const Received& one : receiveAll(*rings[lane])) {
        ++frames;
        const std::string pair = pairOf(one);
        CHECK(pair != "");
        CHECK(laneOf.try_emplace(pair, lane).first->second == lane);
      }
    }
    CHECK(frames == 2 * packets.size());
    CHECK(laneOf.size() == 2 * 8);
  });
}

TEST_CASE("what one lane tells, the other lanes' rings give too, marked") {
  inNamespace([] {
    constexpr uint32_t LANES = 3;
    const auto exchange = std::make_shared<FrameExchange>(LANES);
    Rings rings;
    for (uint32_t lane = 0; lane < LANES; ++lane) {
      PacketRingOptions options = smallRing("weirb");
      options.fanoutGroupId = 4713;
      options.laneCount = LANES;
      options.laneIndex = lane;
      options.exchange = exchange;
      rings.push_back(std::make_unique<PacketRing>(options));
      rings.back()->open();
    }
    std::array<PacketView, 32> batch;
    for (const auto& ring : rings) CHECK(ring->receive(batch) == 0);
    const auto packets = packetsOfPairs(60);
    send("weira", packets);
    size_t own = 0;
    std::vector<size_t> told(LANES, 0);
    std::vector<size_t> overheard(LANES, 0);
    for (int round = 0; round < 3; ++round) {
      for (uint32_t lane = 0; lane < LANES; ++lane) {
        for (size_t count; (count = rings[lane]->receive(batch)) > 0;) {
          for (const PacketView& view : std::span(batch).first(count)) {
            ++(view.isOverheard ? overheard[lane] : own);
            if (view.isOverheard || own % 2 == 0) continue;
            rings[lane]->tell(view);
            ++told[lane];
          }
        }
      }
    }
    CHECK(own == packets.size());
    for (uint32_t lane = 0; lane < LANES; ++lane) {
      CHECK(overheard[lane] == told[(lane + 1) % LANES] + told[(lane + 2) % LANES]);
      CHECK(rings[lane]->counters().overheardLostPackets == 0);
      rings[lane]->stop();
      while (!rings[lane]->finished()) rings[lane]->receive(batch);
    }
  });
}

TEST_CASE("loopback frames come once") {
  inNamespace([] {
    PacketRing ring(smallRing("lo"));
    ring.open();
    std::array<PacketView, 1> none;
    CHECK(ring.receive(none) == 0);
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    for (int i = 0; i < 5; ++i)
      ::sendto(socket.get(), "hello", 5, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    CHECK(receiveAll(ring).size() == 5);
  });
}

TEST_CASE("an interface without link headers gives IP packets, incoming and outgoing") {
  inNamespace([] {
    const Fd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strcpy(request.ifr_name, "weirtun");
    if (!tun.valid() || ::ioctl(tun.get(), TUNSETIFF, &request) != 0 ||
        !run("ip address add 10.9.0.1/24 dev weirtun && ip link set weirtun up")) {
      MESSAGE("skipped: needs /dev/net/tun");
      return;
    }
    PacketRing ring(smallRing("weirtun"));
    ring.open();
    std::array<PacketView, 1> none;
    CHECK(ring.receive(none) == 0);
    const Octets in = ipv4({.source = "10.9.0.2", .destination = "10.9.0.1"}, udp({}, text("in")));
    CHECK(::write(tun.get(), in.data(), in.size()) == static_cast<ssize_t>(in.size()));
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    to.sin_addr.s_addr = htonl(0x0a090002);
    CHECK(::sendto(socket.get(), "out", 3, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) ==
          3);
    PacketDecoder decoder;
    std::vector<std::string> payloads;
    std::array<PacketView, 8> batch;
    for (int waits = 0; waits < 2; ++waits) {
      const size_t count = ring.receive(batch);
      for (size_t i = 0; i < count; ++i) {
        DecodedPacket packet;
        decoder.decode(batch[i], packet);
        CHECK(packet.exception == Exception::NONE);
        CHECK(packet.octets == batch[i].originalLengthBytes);
        if (packet.key.protocol == 17)
          payloads.emplace_back(reinterpret_cast<const char*>(packet.payload),
                                packet.payloadLengthBytes);
      }
    }
    CHECK(std::count(payloads.begin(), payloads.end(), "in") == 1);
    CHECK(std::count(payloads.begin(), payloads.end(), "out") == 1);
  });
}

TEST_CASE("an interface that merges packets is warned of, one that does not is not") {
  inNamespace([] {
    PacketRing ring(smallRing("weirb"));
    ring.open();
    for (const std::string state : {"on", "off"}) {
      if (!run("ethtool -K weirb gro " + state + " 2>/dev/null")) return;
      const auto warnings = ring.warnings();
      REQUIRE(warnings.size() == (state == "on" ? 1 : 0));
      if (state == "on")
        CHECK(warnings[0].find("ethtool -K weirb gro off lro off") != std::string::npos);
    }
  });
}

TEST_CASE("the snap length cuts the capture, not the wire length, and full rings count drops") {
  inNamespace([] {
    PacketRingOptions options = smallRing("weirb");
    options.snapLengthBytes = 64;
    PacketRing ring(options);
    ring.open();
    std::array<PacketView, 1> batch;
    CHECK(ring.receive(batch) == 0);
    const std::vector<TestPacket> flood(20'000,
                                        {0, ethernet({}, ipv4({}, udp({}, Octets(900)))), 0});
    send("weira", flood);
    REQUIRE(ring.receive(batch) == 1);
    CHECK(batch[0].capturedLengthBytes == 64);
    CHECK(batch[0].originalLengthBytes == 942);
    const size_t received = 1 + receiveAll(ring).size();
    CHECK(ring.counters().kernelDroppedPackets > 0);
    CHECK(received + ring.counters().kernelDroppedPackets == flood.size());
  });
}

TEST_CASE("a ring that cannot be opened says why, with a stable code") {
  inNamespace([] {
    CHECK(codeOf(smallRing("weirnone")) == "WEIR_CAPTURE_NO_SUCH_INTERFACE");
    PacketRingOptions odd = smallRing("weirb");
    odd.blockSizeBytes = 1000;
    CHECK(codeOf(odd) == "WEIR_CAPTURE_RING_FAILED");
    if (run("ip link add weirmon type nlmon 2>/dev/null"))
      CHECK(codeOf(smallRing("weirmon")) == "WEIR_CAPTURE_UNSUPPORTED_INTERFACE");
    try {
      PacketRing(smallRing("weirnone")).open();
    } catch (const CaptureError& error) {
      CHECK(std::string(error.what()).find("weira") != std::string::npos);
    }
  });
}

TEST_CASE("a ring is built without opening anything") {
  PacketRing ring({.interfaceName = "weirnone"});
  CHECK(ring.counters().kernelDroppedPackets == 0);
  CHECK_FALSE(ring.finished());
}
