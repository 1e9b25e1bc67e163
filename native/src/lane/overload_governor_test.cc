// SPDX-License-Identifier: Apache-2.0
#include "lane/overload_governor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace weir {
namespace {

constexpr int64_t MS = 1'000'000;
constexpr int64_t SECOND = 1000 * MS;

/// Observes every millisecond for a while.
void hold(OverloadGovernor& governor, double pressure, int64_t& nowNs, int64_t durationNs) {
  for (const int64_t endNs = nowNs + durationNs; nowNs < endNs; nowNs += MS)
    governor.observe(pressure, nowNs);
}

TEST_CASE("names go first, then packets, and both come back in the opposite order") {
  OverloadGovernor governor;
  int64_t nowNs = 0;
  hold(governor, 0.3, nowNs, 60 * SECOND);
  CHECK(governor.level() == 0);

  hold(governor, 0.9, nowNs, 10 * MS);
  CHECK_FALSE(governor.namesNewFlows());
  CHECK(governor.samplingFactor() == 1);
  hold(governor, 0.9, nowNs, 20 * MS);
  CHECK(governor.samplingFactor() == 2);
  hold(governor, 1.0, nowNs, 20 * MS);
  CHECK(governor.samplingFactor() == 4);
  CHECK_FALSE(governor.namesNewFlows());

  hold(governor, 0.0, nowNs, 5 * SECOND + 2 * MS);
  CHECK(governor.samplingFactor() == 2);
  hold(governor, 0.0, nowNs, 5 * SECOND + 2 * MS);
  CHECK(governor.samplingFactor() == 1);
  CHECK_FALSE(governor.namesNewFlows());
  hold(governor, 0.0, nowNs, 5 * SECOND + 2 * MS);
  CHECK(governor.namesNewFlows());
}

TEST_CASE("pressure that comes in waves gives nothing back") {
  OverloadGovernor governor;
  int64_t nowNs = 0;
  hold(governor, 0.9, nowNs, 10 * MS);
  for (int wave = 0; wave < 20; ++wave) {
    hold(governor, 0.0, nowNs, 4 * SECOND);
    hold(governor, 0.3, nowNs, MS);
    CHECK(governor.level() == 1);
  }
}

/// A buffer that fills at the offered rate and is emptied at the rate that the level allows: the
/// governor must find a level that holds, and give all back when the load is gone.
TEST_CASE("the level that is found carries the load") {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    OverloadGovernor governor;
    const double offered = 1.05 + static_cast<double>(random() % 1000) / 50;  // of the capacity
    double waiting = 0;
    double lostInTheEnd = 0;
    int64_t nowNs = 0;
    for (; nowNs < 10 * SECOND; nowNs += MS) {
      const double cost = governor.namesNewFlows() ? 1.0 : 0.6;
      waiting += offered * 0.01 - 0.01 * governor.samplingFactor() / cost;
      const double lost = std::max(waiting - 1.0, 0.0);
      waiting = std::clamp(waiting, 0.0, 1.0);
      if (nowNs > 2 * SECOND) lostInTheEnd += lost;
      governor.observe(lost > 0 ? 1.0 : waiting, nowNs);
    }
    CAPTURE(offered);
    CHECK(governor.level() >= 1);
    CHECK(lostInTheEnd < 0.5);
    hold(governor, 0.0, nowNs, 60 * SECOND);
    CHECK(governor.level() == 0);
  }
}

}  // namespace
}  // namespace weir
