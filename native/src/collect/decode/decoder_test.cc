// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/decoder.h"

#include <doctest/doctest.h>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

const std::vector<FieldSpec> PLAIN{
    {0, sourceIPv4Address, 4},        {0, destinationIPv4Address, 4}, {0, sourceTransportPort, 2},
    {0, destinationTransportPort, 2}, {0, protocolIdentifier, 1},     {0, octetDeltaCount, 4},
    {0, packetDeltaCount, 4},         {0, flowStartSysUpTime, 4},     {0, flowEndSysUpTime, 4}};

Octets plainRecord(uint32_t octets, uint8_t protocol = 17) {
  return bytes({{0x0a000001, 4},
                {0x0a000002, 4},
                {1234, 2},
                {53, 2},
                {protocol, 1},
                {octets, 4},
                {1, 4},
                {UPTIME - 5000, 4},
                {UPTIME - 1000, 4}});
}

}  // namespace

TEST_CASE("v9 records become rows, those before their template included") {
  Decoding decoding;
  decoding.take(netflow9({1}, set(300, concat({plainRecord(100), plainRecord(200)}))));
  CHECK(decoding.columns.rows == 0);
  const size_t row = decoding.take(
      netflow9({2}, concat({set(0, templateOf(300, PLAIN)), set(300, plainRecord(300))})));
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 3);
  CHECK(columns.octets[row] == 100);
  CHECK(columns.octets[row + 1] == 200);
  CHECK(columns.octets[row + 2] == 300);
  CHECK(columns.sourceAddress[row] == mapped(0x0a000001));
  CHECK(columns.destinationTransportPort[row] == 53);
  CHECK(columns.flowStartMilliseconds[row] == EXPORT_MS - 5000);
  CHECK(columns.flowEndMilliseconds[row] == EXPORT_MS - 1000);
  CHECK(columns.samplingInterval[row] == 1);
  CHECK(decoding.name(columns.exportProtocol[row]) == "netflow9");
  CHECK(decoding.name(columns.applicationName[row]) == "unknown");
  CHECK(decoding.count(DecodeCount::replayedSets) == 1);
  CHECK(decoding.segments.size() == 2);
  CHECK(decoding.decoder.domains()[0].statistics.clockSkewMilliseconds == 250);
}

TEST_CASE("ICMP's type and code move out of the destination port") {
  Decoding decoding;
  decoding.take(
      netflow9({1}, concat({set(0, templateOf(300, PLAIN)), set(300, plainRecord(9, 1))})));
  CHECK(decoding.columns.icmpTypeCode[0] == 53);
  CHECK(decoding.columns.destinationTransportPort[0] == 0);
}

TEST_CASE("v5 records are multiplied by the interval of their header") {
  Decoding decoding;
  Octets message = bytes({{5, 2},
                          {1, 2},
                          {UPTIME, 4},
                          {EXPORT_SECONDS, 4},
                          {500'000'000, 4},
                          {7, 4},
                          {0x0102, 2},
                          {0x4000 | 10, 2}});
  append(message, bytes({{0x0a000001, 4}, {0x0a000002, 4}, {0x0a0000fe, 4},  {3, 2},      {4, 2},
                         {5, 4},          {600, 4},        {UPTIME - 10, 4}, {UPTIME, 4}, {80, 2},
                         {4000, 2},       {0, 1},          {0x12, 1},        {6, 1},      {0x20, 1},
                         {65001, 2},      {65002, 2},      {24, 1},          {16, 1},     {0, 2}}));
  decoding.take(message);
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 1);
  CHECK(columns.octets[0] == 6000);
  CHECK(columns.packets[0] == 50);
  CHECK(columns.samplingInterval[0] == 10);
  CHECK(columns.observationDomainId[0] == 0x0102);
  CHECK(columns.ipNextHopAddress[0] == mapped(0x0a0000fe));
  CHECK(columns.ingressInterface[0] == 3);
  CHECK(columns.egressInterface[0] == 4);
  CHECK(columns.tcpControlBits[0] == 0x12);
  CHECK(columns.protocolIdentifier[0] == 6);
  CHECK(columns.ipClassOfService[0] == 0x20);
  CHECK(columns.bgpSourceAsNumber[0] == 65001);
  CHECK(columns.bgpDestinationAsNumber[0] == 65002);
  CHECK(columns.flowEndMilliseconds[0] == EXPORT_MS + 500);
}

TEST_CASE("what is missing is seen while a rate limit thins an exporter out") {
  const auto whole = concat({set(0, templateOf(300, PLAIN)), set(300, plainRecord(1))});
  const auto ipfixWhole = concat({set(2, templateOf(300, PLAIN)), set(300, plainRecord(1))});
  Decoding decoding;
  // As the limiter has it: one of three stands for all of them.
  for (uint32_t i = 0; i < 30; ++i) {
    if (i == 7 || i == 17 || i == 27) continue;
    decoding.standsFor = i % 3 == 0 ? 3 : 1;
    decoding.take(netflow9({i}, whole));
    decoding.take(ipfix({i}, ipfixWhole));
  }
  for (const DomainState& domain : decoding.decoder.domains()) {
    CHECK(domain.sequence.lostUnits == 3);
    CHECK(domain.sequence.gaps == 3);
  }
}
