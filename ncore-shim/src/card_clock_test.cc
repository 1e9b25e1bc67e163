// SPDX-License-Identifier: Apache-2.0
// The card's curves from its clocks alone, without waiting: throughput by block size and channels.
#include "card_clock.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

using namespace weir::ncore;

namespace {

using Time = CardClock::Time;

enum class Streams { ONE_A_CHANNEL, ANOTHER_EACH_JOB };

// Mbit/s of channels that are never idle: job i is channel i modulo channels'.
double throughput(uint32_t blockBytes, uint32_t channels, Streams streams) {
  constexpr uint32_t JOBS_PER_CHANNEL = 1000;
  const Time begin{std::chrono::hours(1)};
  std::vector<CardClock> clocks(channels, CardClock(CardTiming{}));
  const int queue = 0;
  Time end = begin;
  for (uint32_t i = 0; i < JOBS_PER_CHANNEL * channels; ++i) {
    const uint32_t slot = streams == Streams::ONE_A_CHANNEL ? i % channels : i;
    end = std::max(end, clocks[i % channels].finish({&queue, slot, blockBytes, begin}));
  }
  const double bits = 8.0 * blockBytes * JOBS_PER_CHANNEL * channels;
  return bits / std::chrono::duration<double, std::micro>(end - begin).count();
}

bool isNear(double value, double expected) { return std::abs(value - expected) < 0.01 * expected; }

}  // namespace

TEST_CASE("throughput is 100 Mbit/s a channel from 80 bytes on, and falls with the block below") {
  for (uint32_t channels = 1; channels <= 12; ++channels) {
    for (const uint32_t blockBytes : {80, 128, 256, 512, 1024, 1500, 2000}) {
      CAPTURE(channels);
      CAPTURE(blockBytes);
      CHECK(isNear(throughput(blockBytes, channels, Streams::ONE_A_CHANNEL), 100.0 * channels));
    }
    CHECK(isNear(throughput(75, channels, Streams::ONE_A_CHANNEL), 93.75 * channels));
    CHECK(isNear(throughput(64, channels, Streams::ONE_A_CHANNEL), 80.0 * channels));
    CHECK(isNear(throughput(8, channels, Streams::ONE_A_CHANNEL), 10.0 * channels));
  }
}

TEST_CASE("a job of another stream costs 16 bytes more") {
  CHECK(isNear(throughput(64, 12, Streams::ANOTHER_EACH_JOB), 1200.0 * 64 / 96));
  CHECK(isNear(throughput(80, 12, Streams::ANOTHER_EACH_JOB), 1200.0 * 80 / 96));
  CHECK(isNear(throughput(2000, 12, Streams::ANOTHER_EACH_JOB), 1200.0 * 2000 / 2016));
}

TEST_CASE("a channel that was idle starts when the job comes, and is not late for ever") {
  using std::chrono::microseconds;
  CardClock clock{CardTiming{}};
  const int one = 0;
  const int other = 0;
  const Time begin{std::chrono::hours(1)};
  const auto after = [&](const void* queue, uint32_t slot, uint32_t bytes, Time submittedAt) {
    return std::chrono::nanoseconds(clock.finish({queue, slot, bytes, submittedAt}) - begin)
        .count();
  };
  CHECK(after(&one, 3, 1000, begin) == 1016 * 80);
  CHECK(after(&one, 3, 1000, begin) == 2016 * 80);
  CHECK(after(&one, 3, 0, begin + microseconds(1000)) == 1000000 + 80 * 80);
  CHECK(after(&other, 3, 80, begin + microseconds(2000)) == 2000000 + 96 * 80);
  clock.forget(&other);
  CHECK(after(&other, 3, 80, begin + microseconds(3000)) == 3000000 + 96 * 80);
  CHECK(after(&other, 3, 80, begin + microseconds(3000)) == 3000000 + 176 * 80);
}
