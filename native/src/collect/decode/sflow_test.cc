// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "collect/decode/sampled_packet.h"
#include "collect/decode/test_sflow.h"

using namespace weir::collect;
using namespace weir::collect::test;

TEST_CASE("a flow sample becomes a row that stands for its sampling rate") {
  Decoding decoding;
  const Octets gateway = tagged(1003, bytes({{1, 4},
                                             {0x0a0000fe, 4},
                                             {65000, 4},
                                             {65001, 4},
                                             {65001, 4},
                                             {1, 4},
                                             {2, 4},
                                             {2, 4},
                                             {65010, 4},
                                             {65020, 4},
                                             {0, 4},
                                             {100, 4}}));
  const Octets router = tagged(1002, bytes({{1, 4}, {0x0a0000fd, 4}, {24, 4}, {16, 4}}));
  decoding.take(
      sflow({tagged(2, Octets(40)), flowSample({rawHeader(tcpFrame()), gateway, router})}));
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == 1);
  CHECK(columns.sourceAddress[0] == mapped(0x0a000001));
  CHECK(columns.destinationAddress[0] == mapped(0x0a000002));
  CHECK(columns.sourceTransportPort[0] == 443);
  CHECK(columns.destinationTransportPort[0] == 50000);
  CHECK(columns.protocolIdentifier[0] == 6);
  CHECK(columns.tcpControlBits[0] == 0x12);
  CHECK(columns.ipClassOfService[0] == 0xb8);
  CHECK(columns.vlanId[0] == 0x64);
  CHECK(columns.octets[0] == 100 * 512);
  CHECK(columns.packets[0] == 512);
  CHECK(columns.samplingInterval[0] == 512);
  CHECK(columns.ingressInterface[0] == 3);
  CHECK(columns.egressInterface[0] == 4);
  CHECK(columns.bgpSourceAsNumber[0] == 65001);
  CHECK(columns.bgpDestinationAsNumber[0] == 65020);
  CHECK(columns.ipNextHopAddress[0] == mapped(0x0a0000fd));
  CHECK(columns.observationDomainId[0] == 7);
  CHECK(columns.flowStartMilliseconds[0] == decoding.now);
  CHECK(decoding.name(columns.exportProtocol[0]) == "sflow5");
  CHECK(decoding.count(DecodeCount::counterSamples) == 1);
}

TEST_CASE("an expanded sample has wide interface numbers, and no number for a discarded packet") {
  Decoding decoding;
  decoding.take(sflow({expandedSample({rawHeader(tcpFrame())})}));
  REQUIRE(decoding.columns.rows == 1);
  CHECK(decoding.columns.ingressInterface[0] == 70000);
  CHECK(decoding.columns.egressInterface[0] == 0);
  CHECK(decoding.columns.samplingInterval[0] == 64);
}

TEST_CASE("samples without an IP packet and unknown ones are counted") {
  Decoding decoding;
  Octets arp(12, 0);
  append(arp, bytes({{0x0806, 2}}));
  decoding.take(sflow({flowSample({rawHeader(arp)}), tagged(5, Octets(8)), tagged(1, Octets(8))}));
  CHECK(decoding.columns.rows == 0);
  CHECK(decoding.count(DecodeCount::undecodedHeaders) == 1);
  CHECK(decoding.count(DecodeCount::unknownSamples) == 1);
  CHECK(decoding.count(DecodeCount::malformedSample) == 1);
}

TEST_CASE("IPv6 extension headers are skipped; a later fragment has no ports") {
  const auto packet = [](const Octets& rest, uint8_t next) {
    Octets all = bytes({{0x60000000, 4}, {rest.size(), 2}, {next, 1}, {64, 1}});
    all.resize(40);
    append(all, rest);
    return all;
  };
  const Octets ports = bytes({{53, 2}, {5353, 2}, {8, 2}, {0, 2}});
  Octets options = bytes({{17, 1}, {0, 1}, {0, 6}});
  append(options, ports);
  const auto first = readSampledPacket(HeaderProtocol::IPV6, packet(options, 0));
  REQUIRE(first);
  CHECK(first->protocol == 17);
  CHECK(first->sourcePort == 53);
  CHECK(first->octets == 40 + options.size());
  Octets fragment = bytes({{17, 1}, {0, 1}, {0x0010, 2}, {1, 4}});
  append(fragment, ports);
  const auto later = readSampledPacket(HeaderProtocol::IPV6, packet(fragment, 44));
  REQUIRE(later);
  CHECK(later->protocol == 17);
  CHECK(later->sourcePort == 0);
}

TEST_CASE("gaps are counted in datagrams by sub-agent, however many samples they had") {
  Decoding decoding;
  const Octets sample = flowSample({rawHeader(tcpFrame())});
  decoding.take(sflow({sample, sample, sample}, 1));
  decoding.take(sflow({sample}, 2));
  decoding.take(sflow({sample, sample}, 5));
  REQUIRE(decoding.decoder.domains().size() == 1);
  const DomainState domain = decoding.decoder.domains()[0];
  CHECK(domain.observationDomainId == 7);
  CHECK(domain.sequence.gaps == 1);
  CHECK(domain.sequence.lostUnits == 2);
}
