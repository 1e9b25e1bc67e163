// SPDX-License-Identifier: Apache-2.0
// The whole intake with its threads: datagrams into real sockets, rows out of chunks.
#include "collect/lane/flow_collection.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <set>

#include "coded_error.h"
#include "collect/receive/socket_address.h"
#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;
using weir::Fd;

namespace {

constexpr size_t V5_RECORDS = 30;

void put32(Octets& octets, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) octets[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

/// A full datagram of NetFlow v5; each record has 1000 octets in 10 packets.
Octets netflow5(uint32_t sequence) {
  Octets octets(24 + 48 * V5_RECORDS);
  octets[1] = 5;
  octets[3] = V5_RECORDS;
  put32(octets, 4, 100'000);
  put32(octets, 8, 1'700'000'000);
  put32(octets, 16, sequence);
  for (size_t i = 0; i < V5_RECORDS; ++i) {
    const size_t at = 24 + 48 * i;
    put32(octets, at, 0x0a000001);
    put32(octets, at + 4, static_cast<uint32_t>(0x0a010000 + i));
    put32(octets, at + 16, 10);
    put32(octets, at + 20, 1000);
    octets[at + 38] = 6;
  }
  return octets;
}

struct Sums {
  size_t rows = 0;
  uint64_t packets = 0;
  size_t counted = 0;
  std::set<std::string> exporters;
};

/// A collection with whoever takes its chunks.
struct Intake {
  std::atomic<size_t> wakes{0};
  FlowCollection collection;
  Sums sums;

  explicit Intake(FlowCollectionConfig config)
      : collection(std::move(config), [this] { ++wakes; }) {
    collection.open();
    collection.start();
  }
  void takeAll() {
    for (Chunk& chunk : collection.takeChunks()) {
      sums.rows += chunk->rows;
      for (size_t row = 0; row < chunk->rows; ++row) {
        sums.packets += chunk->packets[row];
        sums.counted += chunk->counted[row];
        sums.exporters.insert(textOf(chunk->exporterAddress[row]));
      }
      collection.giveBack(std::move(chunk));
    }
  }
  void awaitRows(size_t rows) {
    awaitUntil([&] {
      takeAll();
      return sums.rows >= rows;
    });
  }
  [[nodiscard]] uint16_t port(size_t endpoint = 0) const {
    return collection.endpoints()[endpoint].port;
  }
  [[nodiscard]] uint64_t received(ReceiveCount count) const {
    uint64_t sum = 0;
    for (const auto& lane : collection.lanes()) sum += lane->receiveCounters().of(count);
    return sum;
  }
  [[nodiscard]] uint64_t decoded(DecodeCount count) const {
    uint64_t sum = 0;
    for (const auto& lane : collection.lanes()) sum += lane->path().decodeCounters().of(count);
    return sum;
  }
  void checkBooks() const {
    CHECK(received(ReceiveCount::datagrams) + received(ReceiveCount::messages) ==
          received(ReceiveCount::exporterNotAllowed) + received(ReceiveCount::abandonedDatagrams) +
              decoded(DecodeCount::datagrams));
  }
};

FlowCollectionConfig twoLanes() {
  FlowCollectionConfig config;
  config.endpoints = {{"127.0.0.1", 0}, {"::", 0}};
  config.lanes = 2;
  return config;
}

}  // namespace

TEST_CASE("records of many exporters come once each, and a wake-up tells of them") {
  Intake intake(twoLanes());
  for (uint32_t i = 0; i < 50; ++i) {
    for (int exporter = 1; exporter <= 8; ++exporter) {
      const Fd sender = connectFrom("127.0.0." + std::to_string(exporter), intake.port(i % 2));
      sendAll(sender, netflow5(i * V5_RECORDS));
    }
  }
  intake.awaitRows(50 * 8 * V5_RECORDS);
  intake.collection.stop();
  intake.takeAll();
  CHECK(intake.sums.rows == 50 * 8 * V5_RECORDS);
  CHECK(intake.sums.packets == intake.sums.rows * 10);
  CHECK(intake.sums.exporters.size() == 8);
  CHECK(intake.wakes > 0);
  CHECK(intake.collection.pool().chunksInUse() == 0);
  intake.checkBooks();
}

TEST_CASE("stop takes what the sockets hold") {
  Intake intake(twoLanes());
  const Fd sender = connectFrom("127.0.0.1", intake.port());
  for (uint32_t i = 0; i < 300; ++i) sendAll(sender, netflow5(i * V5_RECORDS));
  intake.collection.stop();
  intake.takeAll();
  CHECK(intake.sums.rows == 300 * V5_RECORDS);
  intake.checkBooks();
}

TEST_CASE("when nobody takes chunks the lane waits, and nothing is lost without a count") {
  FlowCollectionConfig config;
  config.endpoints = {{"127.0.0.1", 0}};
  config.chunkBytes = 0;
  config.receiveBufferBytes = 100'000;
  Intake intake(config);
  const Fd sender = connectFrom("127.0.0.1", intake.port());
  uint32_t sent = 0;
  const auto sendMany = [&] {
    for (int i = 0; i < 200; ++i) sendAll(sender, netflow5(sent++ * V5_RECORDS));
  };
  awaitUntil([&] {
    sendMany();
    return intake.collection.lanes()[0]->counters().of(LaneCount::stalls) > 0;
  });
  sendMany();
  awaitUntil([&] {
    intake.takeAll();
    return intake.received(ReceiveCount::datagrams) +
               intake.received(ReceiveCount::receiveBufferFull) ==
           sent;
  });
  intake.collection.stop();
  intake.takeAll();
  CHECK(intake.received(ReceiveCount::receiveBufferFull) > 0);
  CHECK(intake.sums.rows == intake.received(ReceiveCount::datagrams) * V5_RECORDS);
  intake.checkBooks();
}

TEST_CASE("a lane that nobody relieves gives up at the end, and says how much") {
  FlowCollectionConfig config;
  config.endpoints = {{"127.0.0.1", 0}};
  config.chunkBytes = 0;
  Intake intake(config);
  const Fd sender = connectFrom("127.0.0.1", intake.port());
  for (uint32_t i = 0; i < 3000; ++i) sendAll(sender, netflow5(i * V5_RECORDS));
  intake.collection.stop();
  CHECK(intake.received(ReceiveCount::abandonedDatagrams) > 0);
  intake.checkBooks();
}

TEST_CASE("a rate limit keeps part, which stands for all, and loses no sequence") {
  FlowCollectionConfig config;
  config.endpoints = {{"127.0.0.1", 0}};
  config.path.rate.recordsPerSecond = 1000;
  config.receiveBufferBytes = 32U << 20U;
  Intake intake(config);
  const Fd sender = connectFrom("127.0.0.1", intake.port());
  constexpr uint32_t DATAGRAMS = 4000;
  for (uint32_t i = 0; i < DATAGRAMS; ++i) {
    sendAll(sender, netflow5(i * V5_RECORDS));
    if (i % 50 == 0) intake.takeAll();
  }
  intake.collection.stop();
  intake.takeAll();
  CHECK(intake.received(ReceiveCount::datagrams) == DATAGRAMS);
  CHECK(intake.received(ReceiveCount::limitedRecords) > 0);
  CHECK(intake.sums.rows + intake.received(ReceiveCount::limitedRecords) ==
        uint64_t{DATAGRAMS} * V5_RECORDS);
  CHECK(static_cast<double>(intake.sums.packets) ==
        doctest::Approx(DATAGRAMS * V5_RECORDS * 10.0).epsilon(0.35));
  intake.collection.inEachLane([](IntakeLane& lane) {
    for (const DomainState& domain : lane.path().decoder().domains())
      CHECK(domain.sequence.lostUnits == 0);
  });
}

TEST_CASE("who is not on the list is counted and not heard") {
  FlowCollectionConfig config = twoLanes();
  config.allowedExporters = {"127.0.0.2"};
  Intake intake(config);
  sendAll(connectFrom("127.0.0.1", intake.port()), netflow5(0));
  sendAll(connectFrom("127.0.0.2", intake.port()), netflow5(0));
  intake.awaitRows(V5_RECORDS);
  intake.collection.stop();
  CHECK(intake.sums.exporters == std::set<std::string>{"127.0.0.2"});
  CHECK(intake.received(ReceiveCount::exporterNotAllowed) == 1);
  intake.checkBooks();
}

TEST_CASE("a lane does what it is asked by its own thread, also while it stalls") {
  Intake intake(twoLanes());
  std::atomic<int> asked{0};
  intake.collection.inEachLane([&](IntakeLane&) { ++asked; });
  CHECK(asked == 2);
  intake.collection.stop();
  intake.collection.inEachLane([&](IntakeLane&) { ++asked; });
  CHECK(asked == 4);
}

TEST_CASE("what cannot be opened leaves nothing open") {
  Intake first(twoLanes());
  FlowCollectionConfig config = twoLanes();
  config.endpoints[1].port = first.port(1);
  FlowCollection second(config, [] {});
  CHECK_THROWS_AS(second.open(), weir::CodedError);
  CHECK(second.endpoints().empty());
}

TEST_CASE("after a restart each lane knows its own exporters, and those alone") {
  Intake before(twoLanes());
  for (int exporter = 1; exporter <= 8; ++exporter)
    sendAll(connectFrom("127.0.0." + std::to_string(exporter), before.port()), netflow5(0));
  before.awaitRows(8 * V5_RECORDS);
  const auto state = before.collection.exportState();
  before.collection.stop();

  FlowCollection after(twoLanes(), [] {});
  after.open();
  CHECK_FALSE(after.importState(std::span(state).first(state.size() - 1), 1'700'000'000'000));
  REQUIRE(after.importState(state, 1'700'000'000'000));
  size_t domains = 0;
  for (uint32_t i = 0; i < 2; ++i) {
    for (const DomainState& domain : after.lanes()[i]->path().decoder().domains()) {
      CHECK(after.laneOf(domain.exporterAddress) == i);
      ++domains;
    }
  }
  CHECK(domains == 8);
}

TEST_CASE("a flow that exporters of different lanes report counts once") {
  Intake intake(twoLanes());
  EnrichmentConfig config;
  config.deduplicationFlows = 1024;
  config.deduplicationWindowMs = 600'000;
  intake.collection.setEnrichment(config);
  std::set<uint32_t> lanes;
  for (int exporter = 1; lanes.size() < 2; ++exporter) {
    const std::string address = "127.0.0." + std::to_string(exporter);
    if (lanes.insert(intake.collection.laneOf(*parseAddress(address))).second)
      sendAll(connectFrom(address, intake.port()), netflow5(0));
  }
  intake.awaitRows(2 * V5_RECORDS);
  CHECK(intake.sums.counted == V5_RECORDS);
}
