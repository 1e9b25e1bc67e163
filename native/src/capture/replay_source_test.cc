// SPDX-License-Identifier: Apache-2.0
// Replays are short and fast here, and bounds are one-sided: a slow machine must not fail them.
#include "capture/replay_source.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

#include "capture/capture_error.h"
#include "capture/test_captures.h"

using namespace weir;
using namespace weir::test;

namespace {

constexpr int64_t MS = 1'000'000;

int64_t wallNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Octets fileOf(const std::vector<int64_t>& timesMs) {
  std::vector<TestPacket> packets;
  for (const int64_t timeMs : timesMs)
    packets.push_back(
        {1'000'000'000'000 + timeMs * MS, ethernet({}, ipv4({}, udp({}, text("payload")))), 0});
  return pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets);
}

/// Times of the frames until `frames` have come or the source is finished.
std::vector<int64_t> play(ReplaySource& source, size_t frames) {
  std::vector<int64_t> times;
  std::array<PacketView, 2> batch;
  while (times.size() < frames && !source.finished()) {
    const size_t count = source.receive(batch);
    const int64_t nowNs = source.clockNs();
    for (size_t i = 0; i < count; ++i) {
      CHECK(batch[i].timestampNs <= nowNs);
      times.push_back(batch[i].timestampNs);
    }
  }
  return times;
}

}  // namespace

TEST_CASE("a replay keeps the distances and starts now") {
  const TemporaryFile file(fileOf({0, 20, 150}));
  ReplaySource source({.path = file.path()});
  const int64_t beforeNs = wallNs();
  source.open();
  const auto times = play(source, 99);
  REQUIRE(times.size() == 3);
  CHECK(times[0] >= beforeNs - MS);
  CHECK(times[1] - times[0] == 20 * MS);
  CHECK(times[2] - times[0] == 150 * MS);
  CHECK(wallNs() >= beforeNs + 149 * MS);
  CHECK(source.finished());
}

TEST_CASE("a replay waits about 100 ms at most") {
  const TemporaryFile file(fileOf({0, 3'600'000}));
  ReplaySource source({.path = file.path()});
  source.open();
  std::array<PacketView, 2> batch;
  CHECK(source.receive(batch) == 1);
  CHECK(source.receive(batch) == 0);
  CHECK_FALSE(source.finished());
}

TEST_CASE("the speed scales the distances") {
  const TemporaryFile file(fileOf({0, 40}));
  ReplaySource source({.path = file.path(), .speed = 4});
  source.open();
  const auto times = play(source, 2);
  CHECK(times[1] - times[0] == 10 * MS);
  ReplaySource refused({.path = file.path(), .speed = 0});
  CHECK_THROWS_AS(refused.open(), CaptureError);
}

TEST_CASE("a loop goes on after the gap") {
  const TemporaryFile file(fileOf({0, 5}));
  ReplaySource source({.path = file.path(), .end = ReplayEnd::LOOP, .loopGapNs = 10 * MS});
  source.open();
  const auto times = play(source, 6);
  REQUIRE(times.size() == 6);
  CHECK(times[2] - times[0] == 15 * MS);
  CHECK(times[5] - times[0] == 35 * MS);
  CHECK_FALSE(source.finished());
}

TEST_CASE("a loop counts the defects of its file once") {
  Octets content = fileOf(std::vector<int64_t>(200, 0));  // more than a replay reads ahead
  content.pop_back();
  const TemporaryFile file(content);
  ReplaySource source({.path = file.path(), .end = ReplayEnd::LOOP, .loopGapNs = 0});
  source.open();
  CHECK(play(source, 199).size() >= 199);
  for (int more = 0; more < 300; more += 2) {
    play(source, 2);
    CHECK(source.counters().truncatedFileRecords <= 1);
    if (more > 2) CHECK(source.counters().truncatedFileRecords == 1);
  }
}

TEST_CASE("a loop over no frames ends") {
  const TemporaryFile file(fileOf({}));
  ReplaySource source({.path = file.path(), .end = ReplayEnd::LOOP});
  source.open();
  CHECK(play(source, 1).empty());
  CHECK(source.finished());
}

TEST_CASE("lanes share a replay") {
  const auto packets = packetsOfPairs(20);
  const TemporaryFile file(pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets));
  size_t frames = 0;
  for (uint32_t lane = 0; lane < 2; ++lane) {
    ReplaySource source({.path = file.path(), .lane = {lane, 2}, .speed = 100});
    source.open();
    const size_t mine = play(source, packets.size()).size();
    CHECK(mine > 0);
    frames += mine;
  }
  CHECK(frames == packets.size());
}
