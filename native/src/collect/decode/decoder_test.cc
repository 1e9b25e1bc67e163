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
    decoding.standsFor = i % 3 == 0 ? 3 : 0;
    decoding.take(netflow9({i}, whole));
    decoding.take(ipfix({i}, ipfixWhole));
  }
  for (const DomainState& domain : decoding.decoder.domains()) {
    CHECK(domain.sequence.lostUnits == 3);
    CHECK(domain.sequence.gaps == 3);
  }
}

TEST_CASE("what waits for its template while a rate limit thins an exporter out counts once") {
  constexpr uint32_t FACTOR = 10;
  const auto options = netflow9OptionsTemplate(256, 1, {{0, 1, 4}, {0, samplingInterval, 4}});
  Decoding decoding;
  size_t passedOver = 0;
  const auto take = [&](uint32_t standsFor, const Octets& octets) {
    decoding.standsFor = standsFor;
    decoding.take(octets);
    passedOver += decoding.passedOver;
  };
  for (uint32_t i = 0; i < FACTOR; ++i)
    take(i == 0 ? FACTOR : 0, netflow9({i}, set(300, plainRecord(100))));
  take(0, netflow9({FACTOR}, set(256, bytes({{1, 4}, {5, 4}}))));
  SUBCASE("the template comes in a datagram that is kept") {
    take(1, netflow9({FACTOR + 1}, concat({set(1, options), set(0, templateOf(300, PLAIN))})));
  }
  SUBCASE("the template comes in one that is passed over") {
    take(0, netflow9({FACTOR + 1}, concat({set(1, options), set(0, templateOf(300, PLAIN))})));
  }
  REQUIRE(decoding.columns.rows == 1);
  CHECK(decoding.columns.octets[0] == FACTOR * 5 * 100);  // options are taken from all datagrams
  CHECK(decoding.segments.size() == 1);
  CHECK(passedOver == FACTOR - 1);
  CHECK(decoding.decoder.domains()[0].statistics.limitedRecords == FACTOR - 1);
  CHECK(decoding.count(DecodeCount::records) == FACTOR);
}

TEST_CASE("what is wrong with datagrams is counted for who sent them, too") {
  const auto reserved = set(7, bytes({{0, 4}}));
  const auto malformed = bytes({{300, 2}, {200, 2}, {1, 4}});
  Decoding decoding;
  decoding.take(netflow9({0}, concat({set(0, templateOf(300, PLAIN)), set(300, plainRecord(1))})));
  decoding.take(netflow9({1}, concat({reserved, reserved, malformed})));
  decoding.exporter = mapped(0xc0000202);
  decoding.take(ipfix({0}, reserved));
  decoding.take(ipfix({0, 2}, malformed));
  decoding.take(bytes({{99, 4}}));  // of no protocol, and so of no domain
  DecodeShare sums{};
  for (const DomainState& domain : decoding.decoder.domains())
    for (size_t i = 0; i < DECODE_COUNTS; ++i) sums[i] += domain.statistics.counted[i];
  for (const auto count :
       {DecodeCount::reservedSet, DecodeCount::malformedSet, DecodeCount::templates}) {
    CHECK(decoding.count(count) > 0);
    CHECK(sums[static_cast<size_t>(count)] == decoding.count(count));
  }
  CHECK(decoding.count(DecodeCount::unsupportedVersion) == 1);
  CHECK(sums[static_cast<size_t>(DecodeCount::unsupportedVersion)] == 0);
}

TEST_CASE("names are told in one line that commands no terminal") {
  const std::vector<FieldSpec> fields{
      {0, 1, 4}, {0, applicationId, 4}, {0, applicationName, 32}, {0, applicationDescription, 8}};
  Octets record = bytes({{1, 4}, {0x0d000001, 4}});
  append(record, text("evil\x1b[31mRED\a\nrow2\xc2\x9b"
                      "A\x9b\x7f!"));
  record.resize(8 + 32);
  append(record, text("na\xc3\xafve\r\n"));
  Decoding decoding;
  decoding.take(
      netflow9({1}, concat({set(1, netflow9OptionsTemplate(256, 1, fields)), set(256, record)})));
  const auto known = decoding.decoder.applications();
  REQUIRE(known.size() == 1);
  constexpr const char* LOST = "\xef\xbf\xbd";
  CHECK(known[0].name == std::string("evil") + LOST + "[31mRED" + LOST + LOST + "row2" + LOST +
                             "A" + LOST + LOST + "!");
  CHECK(known[0].description == "na\xc3\xafve");
}

TEST_CASE("texts of records are in one line, too") {
  std::vector<FieldSpec> fields = PLAIN;
  fields.push_back({0, applicationName, 8});
  Octets record = plainRecord(100);
  append(record, text("a\x1b]0;x\a!"));
  Decoding decoding;
  decoding.take(netflow9({1}, concat({set(0, templateOf(300, fields)), set(300, record)})));
  REQUIRE(decoding.columns.rows == 1);
  CHECK(decoding.name(decoding.columns.applicationName[0]) == "a\xef\xbf\xbd]0;x\xef\xbf\xbd!");
}
