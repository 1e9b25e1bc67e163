// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/message_cutter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;

namespace {

void put(MessageCutter& cutter, std::span<const uint8_t> octets) {
  while (!octets.empty()) {
    const std::span<uint8_t> room = cutter.room();
    const size_t count = std::min(room.size(), octets.size());
    std::copy_n(octets.begin(), count, room.begin());
    cutter.fill(count);
    octets = octets.subspan(count);
    if (octets.empty()) return;
  }
}

}  // namespace

TEST_CASE("messages are the same however the stream was cut") {
  std::mt19937 random(3);
  for (int round = 0; round < 30; ++round) {
    Octets stream;
    std::vector<Octets> sent;
    for (uint32_t i = 0; i < 40; ++i) {
      const size_t length = random() % 8 == 0 ? 65'535 : 16 + random() % 3000;
      sent.push_back(ipfixMessage(i, length));
      stream.insert(stream.end(), sent.back().begin(), sent.back().end());
    }
    MessageCutter cutter;
    std::vector<Octets> cut;
    for (size_t at = 0; at < stream.size();) {
      const size_t count = std::min<size_t>(1 + random() % 16'000, stream.size() - at);
      put(cutter, {&stream[at], count});
      at += count;
      for (std::span<const uint8_t> next; !(next = cutter.next()).empty();)
        cut.emplace_back(next.begin(), next.end());
      CHECK(cutter.room().size() > 0);
    }
    CHECK(cut == sent);
    CHECK_FALSE(cutter.isInsideMessage());
  }
}

TEST_CASE("what is no IPFIX ends the stream") {
  for (const Octets& wrong :
       {Octets{0, 9, 0, 20}, Octets{0, 10, 0, 15}, Octets{'G', 'E', 'T', ' '}}) {
    MessageCutter cutter;
    put(cutter, ipfixMessage(1, 16));
    put(cutter, wrong);
    CHECK(cutter.next().size() == 16);
    CHECK(cutter.next().empty());
    CHECK(cutter.isMalformed());
    put(cutter, ipfixMessage(2));
    CHECK(cutter.next().empty());
  }
}
