// SPDX-License-Identifier: Apache-2.0
#include "capture/packet_sampler.h"

#include <doctest/doctest.h>

#include <vector>

namespace weir {
namespace {

constexpr auto SYSTEMATIC = SamplingAlgorithm::SYSTEMATIC_COUNT;
constexpr auto RANDOM = SamplingAlgorithm::RANDOM_OUT_OF_N;

TEST_CASE("an interval of one takes every packet") {
  for (const auto algorithm : {SYSTEMATIC, RANDOM}) {
    PacketSampler sampler({1, algorithm}, 1);
    CHECK(sampler.takesAll());
    for (int i = 0; i < 100; ++i) CHECK(sampler.take());
  }
}

TEST_CASE("each window of N packets has exactly one that is taken") {
  for (const auto algorithm : {SYSTEMATIC, RANDOM}) {
    for (const uint32_t interval : {2U, 3U, 10U, 1000U}) {
      PacketSampler sampler({interval, algorithm}, interval);
      for (int window = 0; window < 50; ++window) {
        uint32_t taken = 0;
        for (uint32_t i = 0; i < interval; ++i) taken += sampler.take();
        CHECK(taken == 1);
      }
    }
  }
}

TEST_CASE(
    "systematic takes the same place of each window, random takes every place equally often") {
  constexpr uint32_t INTERVAL = 8;
  constexpr uint32_t WINDOWS = 16'000;
  const auto takenByPlace = [](SamplingAlgorithm algorithm) {
    PacketSampler sampler({INTERVAL, algorithm}, 5);
    std::vector<uint32_t> taken(INTERVAL);
    for (uint32_t i = 0; i < INTERVAL * WINDOWS; ++i) taken[i % INTERVAL] += sampler.take();
    return taken;
  };
  CHECK(takenByPlace(SYSTEMATIC).back() == WINDOWS);
  // 2000 expected, standard deviation 42: five of them.
  for (const uint32_t taken : takenByPlace(RANDOM)) {
    CHECK(taken > 1790);
    CHECK(taken < 2210);
  }
}

TEST_CASE("a new interval holds from the next packet on") {
  PacketSampler sampler({100, SYSTEMATIC}, 1);
  for (int i = 0; i < 7; ++i) sampler.take();
  sampler.setInterval(2);
  CHECK_FALSE(sampler.take());
  CHECK(sampler.take());
}

}  // namespace
}  // namespace weir
