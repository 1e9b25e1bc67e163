// SPDX-License-Identifier: Apache-2.0
#include "classify/scan_queue.h"

#include <doctest/doctest.h>

#include <utility>

#include "classify/test_flows.h"

namespace weir {
namespace {

/// A device that has room for so many requests, and keeps which streams it was told the end of.
class NarrowMatcher final : public Matcher {
 public:
  struct Log {
    size_t room = 0;
    std::vector<uint32_t> closedSlots;
  };
  explicit NarrowMatcher(Log& log) : log_(log) {}

  size_t submit(std::span<const ScanRequest> requests) override {
    const size_t taken = std::min(requests.size(), log_.room);
    for (const ScanRequest& request : requests.first(taken))
      if (request.endOfStream) log_.closedSlots.push_back(request.slot);
    log_.room -= taken;
    completed_ += taken;
    return taken;
  }
  PollResult poll(std::span<MatchEvent>) override { return {0, std::exchange(completed_, 0)}; }

 private:
  Log& log_;
  size_t completed_ = 0;
};

struct Results final : ScanReceiver {
  void scanned(const ScanOwner&, const ScanResult&) override { ++scannedRequests; }
  void refused(const ScanOwner&, StreamPlace) override { ++refusedRequests; }
  size_t scannedRequests = 0;
  size_t refusedRequests = 0;
};

TEST_CASE("the end of a stream reaches a device that was full, in order") {
  const auto database = testing::databaseOf({testing::pattern("^x", 1)});
  const VerdictRules rules(database->signatures(), database->prefixes());
  SegmentPool segments(64);
  NarrowMatcher::Log log;
  ScanQueue queue(std::make_unique<NarrowMatcher>(log), rules, segments);
  Results results;
  const uint8_t octets[] = {'y'};
  for (uint32_t slot = 0; slot < 3; ++slot) {
    queue.add({.bytes = octets, .slot = slot}, {}, SegmentPool::NO_BLOCK);
    queue.close({slot, 1}, DatabasePart::TCP_CLIENT);
  }
  queue.flush(results);
  CHECK(results.refusedRequests == 3);
  CHECK(log.closedSlots.empty());
  log.room = 2;
  queue.flush(results);
  CHECK(log.closedSlots == std::vector<uint32_t>{0, 1});
  log.room = 100;
  queue.add({.bytes = octets, .slot = 2, .startOfStream = true}, {}, SegmentPool::NO_BLOCK);
  queue.flush(results);
  CHECK(log.closedSlots == std::vector<uint32_t>{0, 1, 2});
  CHECK(results.scannedRequests == 4);
  CHECK(results.refusedRequests == 3);
  queue.flush(results);
  CHECK(log.closedSlots.size() == 3);
}

}  // namespace
}  // namespace weir
