// SPDX-License-Identifier: Apache-2.0
#include "classify/dns_queries.h"

#include <doctest/doctest.h>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

TEST_CASE("an answer is one to a query of the same hosts, ports, id and name, and to one alone") {
  const FlowEntry flow = newFlow(testing::UDP, 53);
  FlowEntry otherPort = flow;
  otherPort.key.portA = 40001;
  FlowEntry otherClient = flow;
  otherClient.key.addressA = testing::ipv4(9);
  DnsQueries queries(64);
  CHECK_FALSE(queries.take(packetOf(flow, SERVER, "ab"), "a.example"));
  queries.note(packetOf(flow, CLIENT, "ab"), "a.example");
  CHECK_FALSE(queries.take(packetOf(otherPort, SERVER, "ab"), "a.example"));
  CHECK_FALSE(queries.take(packetOf(otherClient, SERVER, "ab"), "a.example"));
  CHECK_FALSE(queries.take(packetOf(flow, SERVER, "ac"), "a.example"));
  CHECK_FALSE(queries.take(packetOf(flow, SERVER, "ab"), "b.example"));
  CHECK_FALSE(queries.take(packetOf(flow, SERVER, "a"), "a.example"));
  CHECK(queries.take(packetOf(flow, SERVER, "ab"), "a.example"));
  CHECK_FALSE(queries.take(packetOf(flow, SERVER, "ab"), "a.example"));

  queries.note(packetOf(flow, CLIENT, "ab"), "a.example");
  DecodedPacket late = packetOf(flow, SERVER, "ab");
  late.timestampNs += DnsQueries::LIFETIME_NS + 1;
  CHECK_FALSE(queries.take(late, "a.example"));
}

TEST_CASE("a flood of queries pushes out the oldest, and takes no more memory") {
  const FlowEntry flow = newFlow(testing::UDP, 53);
  DnsQueries queries(64);
  for (int i = 0; i < 1000; ++i) {
    DecodedPacket query = packetOf(flow, CLIENT, "ab");
    query.timestampNs += i;
    queries.note(query, "n" + std::to_string(i));
  }
  CHECK(queries.take(packetOf(flow, SERVER, "ab"), "n999") == false);  // it came before
  DecodedPacket answer = packetOf(flow, SERVER, "ab");
  answer.timestampNs += 1000;
  int answered = 0;
  for (int i = 0; i < 999; ++i) answered += queries.take(answer, "n" + std::to_string(i)) ? 1 : 0;
  CHECK(answered > 40);
  CHECK(answered < 64);
}

}  // namespace
}  // namespace weir
