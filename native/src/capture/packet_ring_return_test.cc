// SPDX-License-Identifier: Apache-2.0
// The live ring when its interface goes away and comes back.
#include <array>

#include "capture/test_rings.h"

using namespace weir;
using namespace weir::test;

TEST_CASE("a capture outlives its interface going down and up") {
  inNamespace([] {
    PacketRing ring(smallRing("weirb"));
    ring.open();
    const auto packets = packetsOfPairs(2);
    std::array<PacketView, 4> batch;
    CHECK(ring.receive(batch) == 0);
    REQUIRE(run("ip link set weirb down"));
    CHECK(ring.receive(batch) == 0);
    CHECK(ring.receive(batch) == 0);
    REQUIRE(run("ip link set weirb up"));
    send("weira", packets);
    CHECK(receiveAll(ring).size() == packets.size());
    CHECK_FALSE(ring.finished());
  });
}

TEST_CASE("a capture outlives its interface being deleted and made anew, and counts it") {
  for (const uint32_t lanes : {1U, 2U}) {
    inNamespace([lanes] {
      const Rings rings = openLanes(lanes);
      std::array<PacketView, 4> batch;
      for (const auto& ring : rings) CHECK(ring->receive(batch) == 0);
      const auto packets = packetsOfPairs(20);
      send("weira", packets);
      REQUIRE(run("ip link del weirb"));
      size_t frames = 0;
      for (const auto& ring : rings) {
        frames += receiveAll(*ring).size();
        CHECK(ring->counters().interfaceLosses == 1);
        CHECK(ring->counters().interfaceReturns == 0);
        CHECK_FALSE(ring->finished());
      }
      CHECK(frames == packets.size());
      REQUIRE(
          run("ip link add weira type veth peer name weirb && ip link set weira up && "
              "ip link set weirb up"));
      for (const auto& ring : rings) CHECK(ring->receive(batch) == 0);
      for (const auto& ring : rings) CHECK(ring->counters().interfaceReturns == 1);
      send("weira", packets);
      for (const auto& ring : rings) frames += receiveAll(*ring).size();
      CHECK(frames == 2 * packets.size());
      REQUIRE(run("ip link del weirb"));
      for (const auto& ring : rings) {
        CHECK(receiveAll(*ring).empty());
        ring->stop();
        CHECK(ring->receive(batch) == 0);
        CHECK(ring->finished());
      }
    });
  }
}
