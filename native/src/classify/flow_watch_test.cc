// SPDX-License-Identifier: Apache-2.0
#include "classify/flow_watch.h"

#include <doctest/doctest.h>

#include <random>

namespace weir {
namespace {

TEST_CASE("the start of a stream is known around it, whatever its sequence number") {
  std::mt19937 random(4);
  for (int round = 0; round < 20000; ++round) {
    const auto start = static_cast<uint32_t>(random());
    const auto offset = static_cast<int32_t>(random() % 32768) - 256;
    StreamWatch stream;
    CHECK(stream.offsetOf(start) == 0);
    stream.noteStart(static_cast<uint32_t>(random()));
    stream.noteStart(start);
    REQUIRE(FlowWatch(FlowWatch().word()).stream(StreamSide::CLIENT).bits() == 0);
    REQUIRE(stream.hasStart());
    REQUIRE_FALSE(stream.isSpent());
    REQUIRE(stream.offsetOf(start + static_cast<uint32_t>(offset)) == offset);
  }
}

TEST_CASE("a spent stream stays so and counts its packets up to a bound") {
  StreamWatch stream;
  stream.noteStart(0xffffffff);
  stream.spend();
  stream.noteStart(5);
  CHECK(stream.isSpent());
  for (uint32_t i = 1; i < 20000; ++i) {
    stream.countPacket();
    REQUIRE(stream.packets() == std::min<uint32_t>(i, SPENT_PACKETS_MAX));
    REQUIRE(stream.isSpent());
  }
}

TEST_CASE("datagrams are counted like by plain counters, in both halves of the word") {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    const DirectionBudget budget = {1 + static_cast<uint32_t>(random() % 12),
                                    1 + static_cast<uint32_t>(random() % 4095)};
    uint32_t packets[2] = {0, 0};
    uint32_t octets[2] = {0, 0};
    bool isSpent[2] = {false, false};
    FlowWatch both;
    for (int i = 0; i < 40; ++i) {
      const size_t index = random() % 2;
      const auto side = static_cast<StreamSide>(index);
      const uint32_t longest = random() % 2 ? 100 : 2000;
      const uint32_t length = 1 + static_cast<uint32_t>(random() % longest);
      const uint32_t expected =
          isSpent[index] ? 0 : std::min(length, budget.octets - octets[index]);
      const uint32_t scanned = random() % 2 ? expected : 0;
      ++packets[index];
      octets[index] += scanned;
      isSpent[index] |= packets[index] >= budget.packets;

      DatagramWatch datagrams = both.datagrams(side);
      REQUIRE(datagrams.allowance(length, budget) == expected);
      datagrams.count(scanned, budget);
      both.set(side, datagrams);
      both = FlowWatch(both.word());
      for (const size_t check : {0, 1}) {
        const DatagramWatch kept = both.datagrams(static_cast<StreamSide>(check));
        REQUIRE(kept.packets() == packets[check]);
        REQUIRE(kept.isSpent() == isSpent[check]);
      }
    }
  }
}

}  // namespace
}  // namespace weir
