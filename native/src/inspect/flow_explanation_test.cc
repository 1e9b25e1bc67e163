// SPDX-License-Identifier: Apache-2.0
#include "inspect/flow_explanation.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "classify/test_flows.h"
#include "inspect/near_misses.h"

namespace weir {
namespace {

KeptPacket packetOf(StreamSide side, uint32_t number, uint32_t sequence, std::string_view payload) {
  KeptPacket packet;
  packet.side = side;
  packet.number = number;
  packet.sequence = sequence;
  packet.datagramBytes = static_cast<uint32_t>(payload.size());
  packet.payload.assign(payload.begin(), payload.end());
  return packet;
}

std::string textOf(const PayloadStream& stream) {
  return {stream.octets.begin(), stream.octets.end()};
}

TEST_CASE("a stream is put together whatever the order of its segments") {
  KeptFlow flow;
  flow.key.protocol = 6;
  KeptPacket start = packetOf(StreamSide::CLIENT, 1, 1000, "");
  start.isStart = true;
  flow.kept = {start, packetOf(StreamSide::CLIENT, 2, 1004, "2.0"),
               packetOf(StreamSide::CLIENT, 3, 1000, "SSH-"),
               packetOf(StreamSide::CLIENT, 4, 1000, "XXXX"),
               packetOf(StreamSide::SERVER, 5, 77, "hello")};
  const auto streams = payloadStreams(flow);
  REQUIRE(streams.size() == 2);
  CHECK(textOf(streams[0]) == "SSH-2.0");
  CHECK(streams[0].startWasSeen);
  CHECK(streams[0].pieces.size() == 2);
  CHECK(streams[0].pieces[1].packet == 3);
  CHECK(textOf(streams[1]) == "hello");
  CHECK_FALSE(streams[1].startWasSeen);
}

TEST_CASE("each datagram is a stream, and no more of them than classification looks at") {
  KeptFlow flow;
  flow.key.protocol = 17;
  for (uint32_t number = 1; number <= 40; ++number) {
    flow.kept.push_back(packetOf(StreamSide::CLIENT, number, 0, "abc"));
  }
  const auto streams = payloadStreams(flow);
  CHECK(streams.size() == 12);
  CHECK(streams[0].datagramBytes == 3);
}

TEST_CASE("a pattern comes close when its first octets are there") {
  SignatureSet set;
  set.patterns = {testing::pattern("^GET /[^ ]*info_hash", 1), testing::pattern("^SSH-2", 2),
                  testing::pattern("^GET /x", 3)};
  PayloadStream stream;
  for (const char letter : std::string_view("GET /index")) {
    stream.octets.push_back(static_cast<uint8_t>(letter));
  }
  const auto misses = findNearMisses(set, stream, {});
  REQUIRE(misses.size() == 2);
  CHECK(misses[0].pattern == 0);
  CHECK(misses[1].pattern == 2);
  CHECK(misses[1].fittingBytes == 5);
  CHECK(misses[1].expected == std::vector<uint8_t>{'x'});
  ExplainedMatch match;
  match.pattern = 2;
  CHECK(findNearMisses(set, stream, {match}).size() == 1);
}

}  // namespace
}  // namespace weir
