// SPDX-License-Identifier: Apache-2.0
// The ways in which exporters say the same: times, addresses, ICMP, sampling, both directions.
#include <doctest/doctest.h>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

/// One record of a template of its own.
void takeOne(Decoding& decoding, const std::vector<FieldSpec>& fields, const Octets& record) {
  decoding.take(ipfix({}, concat({set(2, templateOf(300, fields)), set(300, record)})));
}

void takeOne9(Decoding& decoding, const std::vector<FieldSpec>& fields, const Octets& record,
              uint32_t uptime = UPTIME) {
  decoding.take(netflow9({0, 1, EXPORT_SECONDS, uptime},
                         concat({set(0, templateOf(300, fields)), set(300, record)})));
}

constexpr FieldSpec OCTETS{0, octetDeltaCount, 4};

}  // namespace

TEST_CASE("times are read from uptime over its wrap, seconds, NTP and deltas") {
  Decoding decoding;
  takeOne9(decoding, {{0, flowStartSysUpTime, 4}, OCTETS}, bytes({{0xffff'fc18, 4}, {1, 4}}), 1000);
  takeOne(decoding, {{0, flowStartSeconds, 4}, OCTETS}, bytes({{EXPORT_SECONDS - 9, 4}, {1, 4}}));
  takeOne(decoding, {{0, flowStartMicroseconds, 8}, OCTETS},
          bytes({{EXPORT_SECONDS - 9 + 2'208'988'800U, 4}, {0x8000'0000, 4}, {1, 4}}));
  takeOne(decoding, {{0, flowStartDeltaMicroseconds, 4}, OCTETS}, bytes({{2'500'000, 4}, {1, 4}}));
  takeOne(decoding,
          {{0, systemInitTimeMilliseconds, 8},
           {0, flowStartSysUpTime, 4},
           {0, flowEndSysUpTime, 4},
           OCTETS},
          bytes({{EXPORT_MS - 60'000, 8}, {1000, 4}, {2000, 4}, {1, 4}}));
  takeOne(decoding, {{0, flowEndMilliseconds, 8}, {0, flowDurationMilliseconds, 4}, OCTETS},
          bytes({{EXPORT_MS - 1000, 8}, {500, 4}, {1, 4}}));
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 6);
  CHECK(columns.flowStartMilliseconds[0] == EXPORT_MS - 2000);
  CHECK(columns.flowEndMilliseconds[0] == EXPORT_MS - 2000);
  CHECK(columns.flowStartMilliseconds[1] == EXPORT_MS - 9000);
  CHECK(columns.flowStartMilliseconds[2] == EXPORT_MS - 8500);
  CHECK(columns.flowStartMilliseconds[3] == EXPORT_MS - 2500);
  CHECK(columns.flowStartMilliseconds[4] == EXPORT_MS - 59'000);
  CHECK(columns.flowEndMilliseconds[4] == EXPORT_MS - 58'000);
  CHECK(columns.flowStartMilliseconds[5] == EXPORT_MS - 1500);
  CHECK(decoding.count(DecodeCount::implausibleTimes) == 0);
}

TEST_CASE("impossible times become the time of export, and are counted") {
  Decoding decoding;
  takeOne(decoding, {{0, flowEndMilliseconds, 8}, OCTETS}, bytes({{UINT64_MAX, 8}, {1, 4}}));
  takeOne(decoding, {{0, flowStartMilliseconds, 8}, {0, flowEndMilliseconds, 8}, OCTETS},
          bytes({{EXPORT_MS, 8}, {EXPORT_MS - 9, 8}, {1, 4}}));
  CHECK(decoding.columns.flowEndMilliseconds[0] == EXPORT_MS);
  CHECK(decoding.columns.flowStartMilliseconds[1] == EXPORT_MS);
  CHECK(decoding.count(DecodeCount::implausibleTimes) == 2);
}

TEST_CASE("an IPFIX uptime whose start nobody told is the time of export") {
  Decoding decoding;
  takeOne(decoding, {{0, flowStartSysUpTime, 4}, OCTETS}, bytes({{1000, 4}, {1, 4}}));
  CHECK(decoding.columns.flowStartMilliseconds[0] == EXPORT_MS);
}

TEST_CASE("of two address families the one that is set counts") {
  Decoding decoding;
  Octets records = bytes({{0, 4}, {0x2001'0db8'0000'0000, 8}, {0x42, 8}});
  append(records, bytes({{0xc0000201, 4}, {0, 8}, {0, 8}}));
  takeOne9(decoding, {{0, sourceIPv4Address, 4}, {0, sourceIPv6Address, 16}}, records);
  REQUIRE(decoding.columns.rows == 2);
  CHECK(decoding.columns.sourceAddress[0][0] == 0x20);
  CHECK(decoding.columns.sourceAddress[0][15] == 0x42);
  CHECK(decoding.columns.sourceAddress[1] == mapped(0xc0000201));
}

TEST_CASE("ICMP is read from its fields, as one and as two") {
  Decoding decoding;
  const FieldSpec protocol{0, protocolIdentifier, 1};
  takeOne9(decoding, {protocol, {0, icmpTypeCodeIPv4, 2}, {0, destinationTransportPort, 2}, OCTETS},
           bytes({{1, 1}, {0, 2}, {4711, 2}, {1, 4}}));
  takeOne9(decoding, {protocol, {0, icmpCodeIPv4, 1}, {0, icmpTypeIPv4, 1}, OCTETS},
           bytes({{1, 1}, {4, 1}, {3, 1}, {1, 4}}));
  CHECK(decoding.columns.icmpTypeCode[0] == 0);
  CHECK(decoding.columns.destinationTransportPort[0] == 0);
  CHECK(decoding.columns.icmpTypeCode[1] == 0x0304);
}

TEST_CASE("totals count only where a template has no delta") {
  Decoding decoding;
  takeOne(decoding, {{0, octetTotalCount, 8}, OCTETS, {0, packetTotalCount, 4}},
          bytes({{900, 8}, {10, 4}, {3, 4}}));
  CHECK(decoding.columns.octets[0] == 10);
  CHECK(decoding.columns.packets[0] == 3);
}

TEST_CASE("octets times the sampling interval end at 64 bits") {
  Decoding decoding;
  takeOne(decoding, {{0, octetDeltaCount, 8}, {0, packetDeltaCount, 4}, {0, samplingInterval, 4}},
          bytes({{UINT64_MAX / 2, 8}, {2, 4}, {1000, 4}}));
  CHECK(decoding.columns.octets[0] == UINT64_MAX);
  CHECK(decoding.columns.packets[0] == 2000);
  CHECK(decoding.columns.samplingInterval[0] == 1000);
  CHECK(decoding.count(DecodeCount::saturatedCounters) == 1);
}

TEST_CASE("sampling is told by the record, its sampler, its interface, or for all") {
  Decoding decoding;
  const auto options = [](uint16_t id, const std::vector<FieldSpec>& fields, const Octets& record) {
    return concat({set(3, ipfixOptionsTemplate(id, 1, fields)), set(id, record)});
  };
  decoding.take(ipfix(
      {},
      concat({options(
                  301,
                  {{0, selectorId, 4}, {0, samplingPacketInterval, 4}, {0, samplingPacketSpace, 4}},
                  bytes({{9, 4}, {2, 4}, {198, 4}})),
              options(302, {{0, ingressInterface, 4}, {0, samplingInterval, 4}},
                      bytes({{5, 4}, {50, 4}})),
              options(303, {{0, observationDomainId, 4}, {0, samplingInterval, 4}},
                      bytes({{1, 4}, {10, 4}}))})));
  const std::vector<FieldSpec> flow{
      {0, selectorId, 4}, {0, ingressInterface, 4}, {0, samplingInterval, 4}, OCTETS};
  Octets records = bytes({{9, 4}, {5, 4}, {7, 4}, {1, 4}});
  append(records, bytes({{9, 4}, {5, 4}, {0, 4}, {1, 4}}));
  append(records, bytes({{8, 4}, {5, 4}, {0, 4}, {1, 4}}));
  append(records, bytes({{8, 4}, {6, 4}, {0, 4}, {1, 4}}));
  takeOne(decoding, flow, records);
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 4);
  CHECK(columns.octets[0] == 7);
  CHECK(columns.octets[1] == 100);
  CHECK(columns.octets[2] == 50);
  CHECK(columns.octets[3] == 10);
}

namespace {

const std::vector<FieldSpec> BIFLOW{{0, sourceIPv4Address, 4},
                                    {0, destinationIPv4Address, 4},
                                    {0, sourceTransportPort, 2},
                                    {0, destinationTransportPort, 2},
                                    OCTETS,
                                    {0, samplingInterval, 1},
                                    {REVERSE_ENTERPRISE, octetDeltaCount, 4},
                                    {REVERSE_ENTERPRISE, tcpControlBits, 1}};

Octets biflow(uint32_t back) {
  return bytes({{0x0a000001, 4},
                {0x0a000002, 4},
                {40000, 2},
                {443, 2},
                {100, 4},
                {2, 1},
                {back, 4},
                {0x1b, 1}});
}

}  // namespace

TEST_CASE("a biflow becomes a row for each direction that has traffic") {
  Decoding decoding;
  takeOne(decoding, BIFLOW, concat({biflow(7000), biflow(0)}));
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 3);
  CHECK(columns.octets[0] == 200);
  CHECK(columns.octets[2] == 14'000);
  CHECK(columns.sourceAddress[2] == mapped(0x0a000002));
  CHECK(columns.destinationAddress[2] == mapped(0x0a000001));
  CHECK(columns.sourceTransportPort[2] == 443);
  CHECK(columns.destinationTransportPort[2] == 40000);
  CHECK(columns.tcpControlBits[2] == 0x1b);
  CHECK(columns.tcpControlBits[0] == 0);
  CHECK(decoding.name(columns.exportProtocol[2]) == "ipfix");
  CHECK(decoding.segments.back().to == 3);
}

TEST_CASE("a biflow is kept as one row where the operator wants that") {
  DecoderOptions options;
  options.biflows = BiflowRows::KEEP;
  Decoding decoding(options);
  takeOne(decoding, BIFLOW, biflow(7000));
  REQUIRE(decoding.columns.rows == 1);
  CHECK(decoding.columns.octets[0] == 200);
  CHECK(decoding.columns.reverseOctets[0] == 14'000);
}

TEST_CASE("of a firewall's events those with traffic and denials become rows") {
  Decoding decoding;
  const std::vector<FieldSpec> event{{0, sourceIPv4Address, 4},
                                     {0, firewallEvent, 1},
                                     {0, initiatorOctets, 4},
                                     {0, responderOctets, 4}};
  Octets records = bytes({{1, 4}, {1, 1}, {0, 4}, {0, 4}});    // created
  append(records, bytes({{2, 4}, {2, 1}, {60, 4}, {70, 4}}));  // ended
  append(records, bytes({{3, 4}, {3, 1}, {0, 4}, {0, 4}}));    // denied
  takeOne9(decoding, event, records);
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 3);
  CHECK(columns.sourceAddress[0] == mapped(2));
  CHECK(columns.octets[0] == 60);
  CHECK(columns.sourceAddress[1] == mapped(3));
  CHECK(columns.octets[2] == 70);
  CHECK(columns.destinationAddress[2] == mapped(2));
  CHECK(decoding.count(DecodeCount::eventsWithoutTraffic) == 1);
}

TEST_CASE("templates are withdrawn one by one and all at once") {
  Decoding decoding;
  const std::vector<FieldSpec> flow{{0, sourceIPv4Address, 4}, OCTETS};
  const auto templates = [&] { return decoding.decoder.domains()[0].templates; };
  decoding.take(ipfix(
      {}, concat({set(2, templateOf(300, flow)), set(2, templateOf(301, flow)),
                  set(2, templateOf(302, flow)), set(3, ipfixOptionsTemplate(303, 1, flow))})));
  REQUIRE(templates() == 4);
  decoding.take(ipfix({}, set(2, templateOf(301, {}))));
  CHECK(templates() == 3);
  decoding.take(ipfix({}, set(2, templateOf(2, {}))));
  CHECK(templates() == 1);
  decoding.take(ipfix({}, set(3, templateOf(3, {}))));
  CHECK(templates() == 0);
  CHECK(decoding.count(DecodeCount::withdrawnTemplates) == 4);
}

TEST_CASE("IPFIX sequence numbers count data records, options data among them") {
  Decoding decoding;
  const std::vector<FieldSpec> flow{{0, sourceIPv4Address, 4}, OCTETS};
  const Octets record = bytes({{1, 4}, {2, 4}});
  decoding.take(ipfix(
      {0}, concat({set(2, templateOf(300, flow)), set(3, ipfixOptionsTemplate(301, 1, flow))})));
  decoding.take(ipfix({0}, concat({set(300, concat({record, record})), set(301, record)})));
  decoding.take(ipfix({3}, set(300, record)));
  CHECK(decoding.decoder.domains()[0].sequence.lostUnits == 0);
  decoding.take(ipfix({9}, set(300, record)));
  CHECK(decoding.decoder.domains()[0].sequence.lostUnits == 5);
  // How many records wait here nobody knows: the next number is taken as it comes.
  decoding.take(ipfix({10}, set(999, record)));
  decoding.take(ipfix({17}, set(300, record)));
  CHECK(decoding.decoder.domains()[0].sequence.lostUnits == 5);
}

TEST_CASE("templates that no record can have are refused, and leave nothing of the one before") {
  const std::vector<FieldSpec> flow{{0, sourceIPv4Address, 4}, OCTETS};
  const auto refused = [&](const Octets& templates) {
    Decoding decoding;
    decoding.take(netflow9({}, set(0, templateOf(300, flow))));
    decoding.take(netflow9({}, templates));
    return decoding.count(DecodeCount::malformedTemplate);
  };
  CHECK(refused(set(0, templateOf(255, flow))) == 1);
  CHECK(refused(set(0, bytes({{300, 2}, {0, 2}}))) == 1);
  CHECK(refused(set(0, bytes({{300, 2}, {9, 2}}))) == 1);
  CHECK(refused(set(0, templateOf(300, {{0, octetDeltaCount, 0}}))) == 1);
  CHECK(refused(set(1, bytes({{300, 2}, {3, 2}, {4, 2}, {0, 4}}))) == 1);
  Decoding decoding;
  decoding.take(netflow9({}, set(0, templateOf(300, flow))));
  decoding.take(netflow9({}, set(0, templateOf(300, {{0, octetDeltaCount, 0}}))));
  decoding.take(netflow9({}, set(300, bytes({{1, 4}, {2, 4}}))));
  CHECK(decoding.columns.rows == 0);
}

TEST_CASE("data that waits costs its own time, however much waits") {
  Decoding decoding;
  Octets flood;
  for (uint32_t i = 0; i < 12'000; ++i) append(flood, set(static_cast<uint16_t>(300 + i % 7), {1}));
  Octets flips;
  for (uint32_t i = 0; i < 8000; ++i)
    append(flips, templateOf(400, {{0, octetDeltaCount, static_cast<uint16_t>(1 + i % 2)}}));
  for (int i = 0; i < 3; ++i) decoding.take(netflow9({}, flood));
  decoding.take(netflow9({}, set(0, flips)));
  CHECK(decoding.count(DecodeCount::unknownTemplateDropped) > 1000);
}
