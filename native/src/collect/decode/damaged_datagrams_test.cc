// SPDX-License-Identifier: Apache-2.0
// Datagrams of every protocol, damaged at random: each is counted, and what they leave behind is
// bounded. WEIR_DAMAGED_DATAGRAMS=10000000 for a long look.
#include <doctest/doctest.h>
#include <malloc.h>

#include <cstdlib>
#include <random>

#include "collect/decode/test_sflow.h"
#include "test_effort.h"

using namespace weir::collect;
using namespace weir::collect::test;

// Of the sanitizers' allocator; gcc comes without a header for it.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" size_t __sanitizer_get_current_allocated_bytes();

namespace {

using Random = std::mt19937_64;

constexpr FieldSpec field(uint16_t element, uint16_t length, uint32_t enterprise = IANA) {
  return {.enterprise = enterprise, .element = element, .length = length};
}

Octets netflow5() {
  Octets all = bytes({{5, 2}, {2, 2}, {UPTIME, 4}, {EXPORT_SECONDS, 4}, {0, 4}, {7, 4}, {0, 4}});
  for (uint64_t record = 0; record < 2; ++record) {
    append(all, bytes({{0x0a000001 + record, 4}, {0xc6120001, 4}, {0, 4}, {1, 2}, {2, 2}}));
    append(all, bytes({{10, 4}, {1000, 4}, {UPTIME - 9000, 4}, {UPTIME - 10, 4}, {443, 2}}));
    append(all, bytes({{50000, 2}, {0x1b06, 4}, {0, 4}, {0, 4}}));
  }
  return all;
}

const std::vector<FieldSpec> FLOW = {field(8, 4),  field(12, 4), field(7, 2),
                                     field(11, 2), field(4, 1),  field(1, 8),
                                     field(2, 4),  field(21, 4), field(22, 4)};

Octets flowRecord(uint32_t source) {
  return bytes({{source, 4},
                {0xc6120001, 4},
                {443, 2},
                {50000, 2},
                {6, 1},
                {1500, 8},
                {3, 4},
                {UPTIME - 10, 4},
                {UPTIME - 9000, 4}});
}

/// Templates, options and their data, records of fixed and of variable length.
std::vector<Octets> sound() {
  std::vector<FieldSpec> named = FLOW;
  named.push_back(field(96, 65535));
  named.push_back(field(12235, 65535, 9));
  Octets namedRecord = flowRecord(0x0a000009);
  append(namedRecord,
         concat({bytes({{4, 1}}), text("http"), bytes({{255, 1}, {3, 2}}), text("abc")}));
  const Octets records = concat({flowRecord(0x0a000001), flowRecord(0x0a000002)});
  const Octets sampler = concat({bytes({{1, 4}, {1000, 4}})});
  return {
      netflow5(),
      netflow9({}, concat({set(0, templateOf(256, FLOW)), set(256, records)})),
      netflow9({.sequence = 1}, set(256, records)),
      netflow9({}, concat({set(1, netflow9OptionsTemplate(257, 1, {field(1, 4), field(34, 4)})),
                           set(257, sampler)})),
      ipfix({}, concat({set(2, templateOf(300, named)), set(300, namedRecord)})),
      ipfix({.sequence = 1}, set(300, concat({namedRecord, namedRecord}))),
      ipfix({}, concat({set(3, ipfixOptionsTemplate(301, 1, {field(149, 4), field(305, 4)})),
                        set(301, sampler)})),
      sflow({flowSample({rawHeader(tcpFrame())}), expandedSample({rawHeader(tcpFrame())})}),
  };
}

void damageOctets(Octets& datagram, Random& random) {
  for (size_t changes = 1 + random() % 6; changes > 0 && !datagram.empty(); --changes) {
    uint8_t& octet = datagram[random() % datagram.size()];
    const std::array<uint8_t, 4> values{static_cast<uint8_t>(octet ^ (1U << random() % 8)), 0, 255,
                                        static_cast<uint8_t>(random())};
    octet = values[random() % values.size()];
  }
}

/// Bits and lengths that lie, an end that is missing, two datagrams in one, or nothing but noise.
Octets damaged(const std::vector<Octets>& corpus, Random& random) {
  Octets datagram = corpus[random() % corpus.size()];
  switch (random() % 8) {
    case 0:
      datagram.resize(random() % datagram.size());
      break;
    case 1:
      append(datagram, corpus[random() % corpus.size()]);
      break;
    case 2:
      for (uint8_t& octet : datagram) octet = static_cast<uint8_t>(random());
      break;
    default:
      damageOctets(datagram, random);
  }
  return datagram;
}

/// What is allocated at the moment. The process' resident memory would say how much a sanitizer
/// keeps of what was freed: hundreds of megabytes, which fill up while the test runs.
size_t heldOctets() {
  if constexpr (weir::testing::IS_SANITIZED) return __sanitizer_get_current_allocated_bytes();
  const struct mallinfo2 held = mallinfo2();
  return held.uordblks + held.hblkhd;
}

/// Room that damage fills early, so that what grows afterwards grows without bound.
DecoderOptions smallRoom() {
  DecoderOptions options;
  options.limits.exporters = 64;
  options.limits.domains = 256;
  options.limits.fields = 20'000;
  options.limits.pendingOctets = 1U << 20U;
  options.limits.options = 10'000;
  return options;
}

uint64_t refusalsOf(const Decoding& decoding) {
  uint64_t sum = 0;
  for (const auto count :
       {DecodeCount::truncatedHeader, DecodeCount::unsupportedVersion,
        DecodeCount::truncatedDatagram, DecodeCount::malformedSet, DecodeCount::malformedTemplate,
        DecodeCount::malformedRecord, DecodeCount::malformedSample, DecodeCount::reservedSet,
        DecodeCount::unknownSamples})
    sum += decoding.count(count);
  return sum;
}

}  // namespace

TEST_CASE("what a cut off datagram lacks is counted, in each protocol") {
  for (const Octets& datagram : sound()) {
    Decoding whole;
    whole.take(datagram);
    REQUIRE(refusalsOf(whole) == 0);
    for (size_t length = 0; length < datagram.size(); ++length) {
      CAPTURE(length);
      Decoding cut;
      cut.take({datagram.begin(), datagram.begin() + static_cast<ptrdiff_t>(length)});
      CHECK(cut.count(DecodeCount::datagrams) == 1);
      // NetFlow v9 does not say how long it is: it may be cut off between sets.
      const bool isWholeUntilThere = datagram[1] == 9 && length >= 20;
      CHECK((refusalsOf(cut) > 0 || isWholeUntilThere));
      CHECK(cut.columns.rows <= whole.columns.rows);
    }
  }
}

TEST_CASE("damaged datagrams of every protocol are counted one by one, and nothing grows") {
  const char* const wanted = std::getenv("WEIR_DAMAGED_DATAGRAMS");
  const uint64_t rounds = wanted == nullptr ? 60'000 : std::strtoull(wanted, nullptr, 10);
  const std::vector<Octets> corpus = sound();
  Random random(20);
  Decoding decoding(smallRoom());
  uint64_t rows = 0;
  size_t heldAtFirst = 0;
  for (uint64_t round = 0; round < rounds; ++round) {
    decoding.exporter = mapped(static_cast<uint32_t>(0xc0000200 + random() % 100));
    decoding.now += 3;
    const bool isSound = random() % 4 == 0;
    decoding.take(isSound ? corpus[random() % corpus.size()] : damaged(corpus, random));
    REQUIRE(decoding.count(DecodeCount::datagrams) == round + 1);
    if (round % 1000 == 999) {
      rows += decoding.columns.rows;
      REQUIRE(decoding.count(DecodeCount::records) == rows);
      decoding.columns.clear();
      decoding.segments.clear();
      decoding.decoder.expire(decoding.now);
    }
    if (round + 1 == rounds / 4) heldAtFirst = heldOctets();
  }
  CHECK(refusalsOf(decoding) > rounds / 4);
  CHECK(decoding.decoder.domains().size() <= smallRoom().limits.domains);
  const size_t held = heldOctets();
  CAPTURE(held);
  CHECK(held < heldAtFirst + heldAtFirst / 4);
}
