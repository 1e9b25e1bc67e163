// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/sequence.h"

#include <doctest/doctest.h>

#include <initializer_list>

using weir::collect::SequenceCounts;
using weir::collect::SequenceTracker;

namespace {

struct Step {
  uint32_t sequence;
  uint32_t units;
  uint32_t sysUptime;
};

SequenceTracker run(std::initializer_list<Step> steps) {
  SequenceTracker tracker;
  for (const Step& step : steps)
    tracker.end(tracker.begin({step.sequence, step.sysUptime}), step.units);
  return tracker;
}

}  // namespace

TEST_CASE("what the datagram before announced is the next number") {
  CHECK(run({{100, 30, 0}, {130, 5, 1}, {135, 1, 2}}).counts().lostUnits == 0);
  const auto torn = run({{100, 30, 0}, {160, 5, 1}}).counts();
  CHECK(torn.lostUnits == 30);
  CHECK(torn.gaps == 1);
}

TEST_CASE("packets are counted over the wrap at 2^32") {
  const auto tracker = run({{0xffff'fffe, 1, 0}, {0xffff'ffff, 1, 1}, {1, 1, 2}});
  CHECK(tracker.counts().lostUnits == 1);
  CHECK(tracker.next() == 2);
}

TEST_CASE("a loss is taken back when the datagram comes late, and not when one comes twice") {
  const auto late = run({{1, 1, 0}, {3, 1, 1}, {2, 1, 1}, {4, 1, 2}});
  CHECK(late.counts().lostUnits == 0);
  CHECK(late.counts().lateDatagrams == 1);
  CHECK(late.next() == 5);
  const auto twice = run({{1, 1, 0}, {3, 1, 1}, {3, 1, 1}, {1, 1, 0}, {4, 1, 2}});
  CHECK(twice.counts().lostUnits == 1);
  CHECK(twice.counts().duplicateDatagrams == 2);
  CHECK(twice.counts().lateDatagrams == 0);
}

TEST_CASE("messages without records have the number of the next one") {
  const auto tracker = run({{7, 0, 0}, {7, 0, 0}, {7, 3, 0}, {10, 0, 0}});
  CHECK(tracker.counts().duplicateDatagrams == 0);
  CHECK(tracker.counts().lateDatagrams == 0);
  CHECK(tracker.counts().lostUnits == 0);
}

TEST_CASE("an exporter that starts anew is a restart, the wrap of its uptime is none") {
  const auto restarted = run({{5000, 1, 9'000'000}, {0, 1, 100}, {1, 1, 200}});
  CHECK(restarted.counts().restarts == 1);
  CHECK(restarted.counts().lostUnits == 0);
  CHECK(restarted.next() == 2);
  const auto wrapped = run({{1, 1, 0xffff'ff00}, {3, 1, 50}});
  CHECK(wrapped.counts().restarts == 0);
  CHECK(wrapped.counts().lostUnits == 1);
}

TEST_CASE("jumps that no loss explains are restarts") {
  const auto jumped = run({{1, 1, 0}, {900'000'000, 1, 1}});
  CHECK(jumped.counts().restarts == 1);
  CHECK(jumped.counts().lostUnits == 0);
}

TEST_CASE("an exporter that counts anew without a restart is followed") {
  SequenceTracker tracker;
  tracker.end(tracker.begin({1000, 1000}), 1);
  for (uint32_t i = 1; i < 20; ++i) tracker.end(tracker.begin({i, 1001 + i}), 1);
  CHECK(tracker.counts().restarts == 1);
  CHECK(tracker.next() == 20);
}

TEST_CASE("an exporter whose numbers stand still is followed too") {
  SequenceTracker tracker;
  for (uint32_t i = 0; i < 100; ++i) tracker.end(tracker.begin({0, 0}), 1);
  CHECK(tracker.counts().lostUnits == 0);
}
