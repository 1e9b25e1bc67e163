// SPDX-License-Identifier: Apache-2.0
// What exporters can make the decoder keep: bounded, and who is living is not pushed out.
#include <doctest/doctest.h>

#include <algorithm>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

const std::vector<FieldSpec> FLOW{{0, sourceIPv4Address, 4}, {0, octetDeltaCount, 4}};

Octets record(uint32_t octets) { return bytes({{0x0a000001, 4}, {octets, 4}}); }

DecoderOptions limited(void (*limit)(ExporterLimits&)) {
  DecoderOptions options;
  limit(options.limits);
  return options;
}

size_t templatesOf(const Decoding& decoding) {
  size_t all = 0;
  for (const DomainState& domain : decoding.decoder.domains()) all += domain.templates;
  return all;
}

}  // namespace

TEST_CASE("forged senders push out each other, never an exporter that sent for a while") {
  Decoding decoding(limited([](ExporterLimits& limits) { limits.exporters = 10; }));
  const Address living = decoding.exporter;
  for (uint32_t i = 0; i < 10; ++i) {
    decoding.take(netflow9({i}, set(0, templateOf(300, FLOW))));
    decoding.now += 10'000;
  }
  for (uint32_t i = 0; i < 1000; ++i) {
    decoding.exporter = mapped(0x0b000000 + i);
    decoding.take(netflow9({}, set(0, templateOf(300, FLOW))));
  }
  CHECK(decoding.decoder.domains().size() == 10);
  CHECK(decoding.count(DecodeCount::forgottenExporters) == 991);
  decoding.exporter = living;
  decoding.take(netflow9({10}, set(300, record(7))));
  CHECK(decoding.columns.rows == 1);
}

TEST_CASE("where all exporters are living a new one is refused until one was silent for an hour") {
  Decoding decoding(limited([](ExporterLimits& limits) { limits.exporters = 2; }));
  for (uint32_t i = 0; i < 10; ++i) {
    for (const uint32_t host : {1U, 2U}) {
      decoding.exporter = mapped(host);
      decoding.take(netflow9({i}, {}));
    }
    decoding.now += 10'000;
  }
  decoding.exporter = mapped(3);
  decoding.take(netflow9({}, {}));
  CHECK(decoding.count(DecodeCount::tooManyExporters) == 1);
  decoding.now += 3'600'000;
  decoding.take(netflow9({}, {}));
  CHECK(decoding.count(DecodeCount::tooManyExporters) == 1);
  CHECK(decoding.decoder.domains().size() == 2);
}

TEST_CASE("fields of templates are bounded, and those of forged senders make room") {
  Decoding decoding(limited([](ExporterLimits& limits) {
    limits.fields = 20;
    limits.fieldsPerExporter = 8;
  }));
  for (uint32_t host = 1; host <= 30; ++host) {
    decoding.exporter = mapped(host);
    for (uint16_t id = 300; id < 306; ++id)
      decoding.take(netflow9({}, set(0, templateOf(id, FLOW))));
  }
  CHECK(templatesOf(decoding) <= 10);
  CHECK(decoding.count(DecodeCount::tooManyTemplates) == 60);
  decoding.take(netflow9({}, set(300, record(1))));
  CHECK(decoding.columns.rows == 1);
}

TEST_CASE("data that waits is bounded by exporter, the newest is kept") {
  Decoding decoding(
      limited([](ExporterLimits& limits) { limits.pendingOctetsPerExporter = 2000; }));
  for (uint32_t i = 0; i < 100; ++i) decoding.take(netflow9({i}, set(300, record(i))));
  const uint64_t dropped = decoding.count(DecodeCount::unknownTemplateDropped);
  CHECK(dropped > 50);
  decoding.take(netflow9({100}, set(0, templateOf(300, FLOW))));
  REQUIRE(decoding.columns.rows == 100 - dropped);
  CHECK(decoding.columns.octets[decoding.columns.rows - 1] == 99);
}

TEST_CASE("data that waits is bounded for all exporters together") {
  Decoding decoding(limited([](ExporterLimits& limits) { limits.pendingOctets = 2000; }));
  for (uint32_t host = 1; host <= 50; ++host) {
    decoding.exporter = mapped(host);
    decoding.take(netflow9({}, set(300, record(host))));
  }
  decoding.take(netflow9({}, set(0, templateOf(300, FLOW))));
  CHECK(decoding.columns.rows == 1);
  CHECK(decoding.count(DecodeCount::unknownTemplateDropped) >= 40);
}

TEST_CASE("options are bounded") {
  Decoding decoding(limited([](ExporterLimits& limits) { limits.optionsPerExporter = 5; }));
  Octets rows;
  for (uint32_t i = 0; i < 20; ++i) append(rows, bytes({{i, 4}, {0x6574'6800'0000'0000 + i, 8}}));
  decoding.take(
      ipfix({}, concat({set(3, ipfixOptionsTemplate(
                                   301, 1, {{0, ingressInterface, 4}, {0, interfaceName, 8}})),
                        set(301, rows)})));
  CHECK(decoding.decoder.domains()[0].interfaces == 5);
  CHECK(decoding.count(DecodeCount::tooManyOptions) == 15);
}

TEST_CASE("silent exporters, and templates neither told nor used, are forgotten") {
  constexpr int64_t DAY_MS = 86'400'000;
  Decoding decoding;
  decoding.take(
      netflow9({1}, concat({set(0, templateOf(300, FLOW)), set(0, templateOf(301, FLOW))})));
  decoding.now += DAY_MS / 2;
  decoding.take(netflow9({2}, set(300, record(1))));
  decoding.decoder.expire(decoding.now + DAY_MS / 2 + 1);
  CHECK(templatesOf(decoding) == 1);
  CHECK(decoding.count(DecodeCount::expiredTemplates) == 1);
  decoding.decoder.expire(decoding.now + DAY_MS + 1);
  CHECK(decoding.decoder.domains().empty());
  CHECK(decoding.segments[0].domain->observationDomainId == 1);
}

TEST_CASE("a connection's templates end with it") {
  Decoding decoding;
  decoding.take(ipfix({}, set(2, templateOf(300, FLOW))), 7);
  decoding.take(ipfix({}, set(300, record(1))), 8);
  CHECK(decoding.columns.rows == 0);
  decoding.take(ipfix({}, set(300, record(1))), 7);
  CHECK(decoding.columns.rows == 1);
  decoding.decoder.endSession(7);
  decoding.take(ipfix({}, set(300, record(1))), 7);
  CHECK(decoding.columns.rows == 1);
}

TEST_CASE("what goes to make room is not counted for who needs the room") {
  constexpr size_t ROOM = 1000;
  Decoding decoding(limited([](ExporterLimits& limits) { limits.pendingOctets = ROOM; }));
  const auto waiting = set(300, Octets(ROOM * 6 / 10));
  decoding.take(netflow9({}, waiting));
  decoding.exporter = mapped(0xc0000202);
  decoding.take(netflow9({}, waiting));
  CHECK(decoding.count(DecodeCount::unknownTemplateDropped) == 1);
  const auto domains = decoding.decoder.domains();
  REQUIRE(domains.size() == 1);
  const auto dropped = static_cast<size_t>(DecodeCount::unknownTemplateDropped);
  CHECK(domains[0].statistics.counted[dropped] == 0);
}
