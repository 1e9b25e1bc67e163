// SPDX-License-Identifier: Apache-2.0
#include "export/netflow5_exporter.h"

#include <doctest/doctest.h>

#include "capture/byte_order.h"
#include "export/test_collector.h"

namespace weir {
namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS + 123'000'000;

/// boot + upTime in milliseconds, as a collector works it out from the header.
int64_t absoluteMs(const Datagram& datagram, uint32_t upTime) {
  const int64_t headerMs =
      int64_t{load32Be(&datagram[8])} * 1000 + load32Be(&datagram[12]) / 1'000'000;
  return headerMs - load32Be(&datagram[4]) + upTime;
}

TEST_CASE("v5: what a collector reads adds up to what was written, with large counters split") {
  TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 7);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(5);
  uint64_t packets = 0;
  uint64_t octets = 0;
  for (int i = 0; i < 500; ++i) {
    const OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    packets += owned.record.forward.packets + owned.record.reverse.packets;
    octets += owned.record.forward.octets + owned.record.reverse.octets;
    exporter.write(owned.get());
  }
  exporter.flush();

  uint32_t sequence = 0;
  for (const Datagram& datagram : collector.datagrams()) {
    const uint32_t count = load16Be(&datagram[2]);
    CHECK(load16Be(&datagram[0]) == 5);
    CHECK(datagram.size() == 24 + count * 48);
    CHECK(count <= 30);
    CHECK(load32Be(&datagram[16]) == sequence);
    CHECK(datagram[21] == 7);
    sequence += count;
    for (size_t at = 24; at < datagram.size(); at += 48) {
      packets -= load32Be(&datagram[at + 16]);
      octets -= load32Be(&datagram[at + 20]);
    }
  }
  CHECK(packets == 0);
  CHECK(octets == 0);
  CHECK(sequence == exporter.counters().records);
}

TEST_CASE("v5: each part of a large record has its share of packets and octets") {
  auto memory = std::make_unique<MemorySender>();
  const MemorySender& sender = *memory;
  Netflow5Exporter exporter(std::move(memory), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(6);
  OwnedRecord owned = randomRecord(random, NOW_NS, 4);
  owned.record.reverse = {};
  DirectionRecord& direction = owned.record.forward;
  for (int round = 0; round < 300; ++round) {
    const uint64_t packetBits = 1 + random() % 36;
    direction.packets = 1 + random() % (uint64_t{1} << packetBits);
    const uint64_t octetBits = 1 + random() % 40;
    direction.octets = random() % (uint64_t{1} << octetBits);
    const size_t before = sender.messages.size();
    exporter.write(owned.get());
    exporter.flush();
    uint64_t packets = 0;
    uint64_t octets = 0;
    size_t parts = 0;
    size_t withoutPackets = 0;
    for (size_t i = before; i < sender.messages.size(); ++i) {
      const Datagram& datagram = sender.messages[i];
      for (size_t at = 24; at < datagram.size(); at += 48, ++parts) {
        packets += load32Be(&datagram[at + 16]);
        octets += load32Be(&datagram[at + 20]);
        if (load32Be(&datagram[at + 16]) == 0) ++withoutPackets;
      }
    }
    CHECK(packets == direction.packets);
    CHECK(octets == direction.octets);
    // No more parts than are needed: one is full, but for rounding, when there are several.
    const uint64_t larger = std::max(packets, octets);
    CHECK(parts == (larger + UINT32_MAX - 1) / UINT32_MAX);
    CHECK(withoutPackets == parts - std::min<uint64_t>(parts, packets));
  }
}

TEST_CASE("v5: fields of one record, times to the millisecond") {
  TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(1);
  OwnedRecord owned = randomRecord(random, NOW_NS, 4);
  while (owned.record.forward.packets == 0) owned.record.forward = randomDirection(random, NOW_NS);
  owned.record.forward.packets = 3;
  owned.record.forward.octets = 200;
  owned.record.reverse.packets = 0;
  owned.record.interfaceIndex = 70'000;  // does not fit: unknown, not another interface
  exporter.write(owned.get());
  exporter.flush();
  const std::vector<Datagram> datagrams = collector.datagrams();
  REQUIRE(datagrams.size() == 1);
  const Datagram& datagram = datagrams[0];
  const uint8_t* flow = &datagram[24];
  CHECK(std::memcmp(flow, owned.source.data() + 12, 4) == 0);
  CHECK(std::memcmp(flow + 4, owned.destination.data() + 12, 4) == 0);
  CHECK(load16Be(flow + 12) == 0);
  CHECK(load32Be(flow + 16) == 3);
  CHECK(load32Be(flow + 20) == 200);
  CHECK(absoluteMs(datagram, load32Be(flow + 24)) == owned.record.forward.startMs);
  CHECK(absoluteMs(datagram, load32Be(flow + 28)) == owned.record.forward.endMs);
  CHECK(load16Be(flow + 32) == owned.record.forward.sourcePort);
  CHECK(load16Be(flow + 34) == owned.record.forward.destinationPort);
  CHECK(flow[37] == (owned.record.forward.tcpFlags & 0xff));
  CHECK(flow[38] == owned.record.protocol);
  CHECK(flow[39] == owned.record.forward.ipClassOfService);
  CHECK(exporter.counters().incompleteRecords == 1);
}

TEST_CASE("v5: the header tells the sampling of its own records") {
  auto memory = std::make_unique<MemorySender>();
  MemorySender& sender = *memory;
  Netflow5Exporter exporter(std::move(memory), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(1);
  const auto fieldAfter = [&](const SamplingState& sampling) {
    exporter.setSampling(sampling);
    OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    owned.record.forward.packets = 1;
    owned.record.interfaceIndex = 1;
    exporter.write(owned.get());
    exporter.flush();
    const Datagram datagram = sender.messages.back();
    return load16Be(&datagram[22]);
  };
  CHECK(fieldAfter({1, SamplingAlgorithm::SYSTEMATIC_COUNT}) == 0);
  CHECK(fieldAfter({100, SamplingAlgorithm::SYSTEMATIC_COUNT}) == (1U << 14U | 100));
  CHECK(fieldAfter({100, SamplingAlgorithm::RANDOM_OUT_OF_N}) == (2U << 14U | 100));
  CHECK(exporter.counters().incompleteRecords == 0);
  CHECK(fieldAfter({16'384, SamplingAlgorithm::RANDOM_OUT_OF_N}) == 2U << 14U);
  CHECK(exporter.counters().incompleteRecords > 0);
}

TEST_CASE("v5: IPv6 is counted as unsupported, with its packets and octets") {
  TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(9);
  OwnedRecord owned = randomRecord(random, NOW_NS, 6);
  owned.record.forward.packets = 2;
  owned.record.forward.octets = 100;
  owned.record.reverse.packets = 1;
  owned.record.reverse.octets = 60;
  exporter.write(owned.get());
  exporter.flush();
  CHECK(collector.datagrams().empty());
  CHECK(exporter.counters().unsupportedRecords == 2);
  CHECK(exporter.counters().unsupportedPackets == 3);
  CHECK(exporter.counters().unsupportedOctets == 160);
}

TEST_CASE("a datagram leaves when its oldest record has waited a second") {
  TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(2);
  OwnedRecord owned = randomRecord(random, NOW_NS, 4);
  owned.record.forward.packets = 1;
  exporter.write(owned.get());
  exporter.tick(NOW_NS + SECOND_NS - 1);
  CHECK(collector.datagrams().empty());
  exporter.tick(NOW_NS + SECOND_NS);
  CHECK(collector.datagrams().size() == 1);
}

}  // namespace
}  // namespace weir
