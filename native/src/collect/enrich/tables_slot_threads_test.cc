// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/tables_slot.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "collect/enrich/enricher.h"

using namespace weir::collect;

namespace {

std::shared_ptr<const EnrichmentTables> tablesNamed(const std::string& name,
                                                    const EnrichmentTables* previous) {
  EnrichmentConfig config;
  config.networks = {{.prefix = "10.0.0.0/8", .name = name, .role = name}};
  config.deduplicationWindowMs = 60'000;
  config.deduplicationFlows = 4096;
  return EnrichmentTables::load(config, previous);
}

/// One flow of all: only one lane's records of it count.
void fill(FlowColumns& columns, uint8_t lane) {
  columns.reserve(8);
  columns.rows = 8;
  for (size_t row = 0; row < columns.rows; ++row) {
    columns.sourceAddress[row] = *parseAddress("10.1.2.3");
    columns.exporterAddress[row][15] = lane;
  }
}

}  // namespace

TEST_CASE("lanes take new tables between batches, and each row is of one set of tables") {
  TablesSlot slot;
  slot.publish(tablesNamed("0", nullptr));
  std::atomic<bool> isOver{false};
  std::atomic<int> mixed{0};
  std::atomic<int> lanesThatCount{0};
  std::vector<std::thread> lanes;
  for (uint8_t lane = 1; lane <= 3; ++lane) {
    lanes.emplace_back([&, lane] {
      Enricher enricher(slot.current());
      uint64_t version = slot.version();
      FlowColumns columns(8);
      bool hasCounted = false;
      do {
        if (slot.version() != version) {
          version = slot.version();
          enricher.use(slot.current());
        }
        columns.clear();
        fill(columns, lane);
        enricher.enrich(columns, 0, columns.rows);
        for (size_t row = 0; row < columns.rows; ++row) {
          if (columns.sourceNetwork[row] != columns.sourceRole[row]) ++mixed;
          hasCounted = hasCounted || columns.counted[row] == 1;
        }
      } while (!isOver);
      lanesThatCount += hasCounted ? 1 : 0;
    });
  }
  for (int i = 1; i <= 50; ++i) slot.publish(tablesNamed(std::to_string(i), slot.current().get()));
  isOver = true;
  for (std::thread& lane : lanes) lane.join();
  CHECK(mixed == 0);
  CHECK(lanesThatCount == 1);
}
