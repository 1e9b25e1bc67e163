// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/record_path.h"

#include <doctest/doctest.h>

#include <numeric>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

const std::vector<FieldSpec> FIELDS{{0, sourceIPv4Address, 4},
                                    {0, destinationIPv4Address, 4},
                                    {0, octetDeltaCount, 4},
                                    {0, packetDeltaCount, 4}};
constexpr int64_t DAY_MS = 24 * 3'600'000;

Octets recordsOf(size_t count) {
  Octets all;
  for (size_t i = 0; i < count; ++i)
    append(all, bytes({{0x0a000001, 4}, {0x0a000002, 4}, {100, 4}, {1, 4}}));
  return all;
}

/// One exporter's datagrams on their way.
struct Way {
  ReceiveCounters counters;
  RecordPath path;
  FlowColumns columns{16};
  int64_t now = EXPORT_MS;

  explicit Way(const RecordPathOptions& options = {}) : path(options, counters) {}

  void take(uint32_t domain, const Octets& sets) {
    const Octets octets = netflow9({sequence_++, domain}, sets);
    DatagramView datagram{octets};
    datagram.exporterAddress = mapped(0xc0000201);
    datagram.receivedMilliseconds = now;
    path.take(datagram, columns);
  }
  [[nodiscard]] uint64_t packetsOf(uint32_t domain) const {
    uint64_t sum = 0;
    for (size_t row = 0; row < columns.rows; ++row)
      if (columns.observationDomainId[row] == domain) sum += columns.packets[row];
    return sum;
  }

 private:
  uint32_t sequence_ = 0;
};

}  // namespace

TEST_CASE("a rate limit counts what waited for its template as what did not") {
  RecordPathOptions options;
  options.rate.recordsPerSecond = 500;
  Way way(options);
  way.take(1, set(0, templateOf(300, FIELDS)));
  for (int i = 0; i < 10; ++i) way.take(1, set(300, recordsOf(100)));
  way.now += 200;  // 1000 records where 100 would be right: one of ten is kept from here
  for (int i = 0; i < 50; ++i) way.take(2, set(300, recordsOf(1)));
  CHECK(way.packetsOf(2) == 0);
  way.take(2, set(0, templateOf(300, FIELDS)));
  CHECK(way.packetsOf(2) == 50);
  CHECK(way.columns.rows + way.counters.of(ReceiveCount::limitedRecords) == 1050);
}

TEST_CASE("a clock that is set forward makes nobody forget templates, and silence still does") {
  Way way;
  Moment now{1'000'000, way.now};
  const auto pass = [&](int64_t milliseconds) {
    now.monotonicMilliseconds += milliseconds;
    now.epochMilliseconds += milliseconds;
    way.path.tick(now);
  };
  const auto templates = [&] {
    const auto domains = way.path.decoder().domains();
    return domains.empty() ? 0 : domains[0].templates;
  };
  way.take(1, set(0, templateOf(300, FIELDS)));
  pass(60'000);
  pass(60'000);
  now.epochMilliseconds += 40 * DAY_MS;
  for (int minute = 0; minute < 5; ++minute) pass(60'000);
  CHECK(templates() == 1);
  pass(DAY_MS);
  pass(60'000);
  CHECK(templates() == 0);
}
