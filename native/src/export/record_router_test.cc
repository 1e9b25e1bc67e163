// SPDX-License-Identifier: Apache-2.0
#include "export/record_router.h"

#include <doctest/doctest.h>

#include <utility>

#include "export/test_collector.h"

namespace weir {
namespace {

class CountingExporter final : public RecordExporter {
 public:
  void write(const FlowRecord&) override { ++counters_.records; }
  void tick(int64_t) override {}
  void flush() override {}
  void setApplications(const std::vector<ApplicationRow>&) override {}
};

/// The same flow as a probe sees it that took the other side for the initiator.
FlowRecord turned(FlowRecord record) {
  std::swap(record.forward.sourceAddress, record.forward.destinationAddress);
  std::swap(record.forward.sourcePort, record.forward.destinationPort);
  std::swap(record.forward.octets, record.reverse.octets);
  return record;
}

TEST_CASE("the share of a flow is the same for both directions and spreads evenly") {
  std::mt19937_64 random(4);
  std::vector<int> taken(3);
  for (int i = 0; i < 30'000; ++i) {
    OwnedRecord owned = randomRecord(random, 0, i % 2 == 0 ? 4 : 6);
    // Few addresses, as in one network: what differs is a bit here and there.
    owned.source = owned.destination = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1};
    owned.source[15] = static_cast<uint8_t>(random() % 8);
    owned.record.forward.sourcePort = static_cast<uint16_t>(1024 + i);
    owned.record.forward.destinationPort = 443;
    owned.record.protocol = 6;
    const FlowRecord record = owned.get();
    CHECK(flowShare(record) == flowShare(turned(record)));
    ++taken[flowShare(record) % 3];
  }
  for (const int count : taken) CHECK(std::abs(count - 10'000) < 500);
}

TEST_CASE("the share of an ICMP flow does not hang on types and codes") {
  std::mt19937_64 random(5);
  OwnedRecord owned = randomRecord(random, 0, 4);
  owned.record.protocol = 1;
  const uint64_t share = flowShare(owned.get());
  owned.record.forward.destinationPort ^= 0x0800;
  CHECK(flowShare(owned.get()) == share);
}

TEST_CASE("sharing exporters get each record once, the others all of them") {
  std::mt19937_64 random(6);
  std::vector<std::unique_ptr<RecordExporter>> exporters;
  for (int i = 0; i < 4; ++i) exporters.push_back(std::make_unique<CountingExporter>());
  const RecordRouter sharing(3);
  const RecordRouter all;
  for (int i = 0; i < 3000; ++i) sharing.write(randomRecord(random, 0, 4).get(), exporters);
  uint64_t shared = 0;
  for (int i = 0; i < 3; ++i) {
    CHECK(exporters[i]->counters().records > 500);
    shared += exporters[i]->counters().records;
  }
  CHECK(shared == 3000);
  CHECK(exporters[3]->counters().records == 3000);
  all.write(randomRecord(random, 0, 4).get(), exporters);
  CHECK(exporters[3]->counters().records == 3001);
  CHECK(exporters[0]->counters().records + exporters[1]->counters().records +
            exporters[2]->counters().records ==
        3003);
}

}  // namespace
}  // namespace weir
