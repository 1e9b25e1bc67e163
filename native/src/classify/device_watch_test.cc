// SPDX-License-Identifier: Apache-2.0
// When a device counts as stuck, as behind and as good for nothing, on a clock of the test's own.
#include "classify/device_watch.h"

#include <doctest/doctest.h>

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds DEADLINE{100};

/// A lane that looks every ten milliseconds.
struct Lane {
  static constexpr milliseconds STEP{10};

  DeviceWatch::Clock::time_point now;
  DeviceWatch watch{DEADLINE, now};

  void look() { watch.look(now += STEP); }
  template <typename Step>
  void lookFor(milliseconds time, const Step& step) {
    for (milliseconds passed{}; passed < time; passed += STEP) {
      look();
      step();
    }
  }
};

TEST_CASE("what completes nothing is stuck, what nobody asked or looked at is not") {
  Lane lane;
  lane.lookFor(DEADLINE, [] {});
  CHECK_FALSE(lane.watch.isStuck());
  lane.look();
  CHECK(lane.watch.isStuck());
  CHECK_FALSE(lane.watch.isBehind({}));
  lane.watch.rest(lane.now += DEADLINE * 9);
  CHECK_FALSE(lane.watch.isStuck());
  lane.watch.look(lane.now += DEADLINE * 9);
  CHECK_FALSE(lane.watch.isStuck());
}

TEST_CASE("what answers and lets one wait for ever longer is behind") {
  Lane lane;
  const DeviceWatch::Duration asked = lane.watch.time();
  lane.lookFor(DEADLINE * 2, [&] { lane.watch.noteAnswers(); });
  CHECK_FALSE(lane.watch.isBehind(asked));
  lane.look();
  CHECK_FALSE(lane.watch.isStuck());
  CHECK(lane.watch.isBehind(asked));
  CHECK_FALSE(lane.watch.isBehind(lane.watch.time()));
  lane.watch.forgive();
  CHECK_FALSE(lane.watch.isBehind(asked));
  lane.lookFor(DEADLINE, [&] { lane.watch.noteAnswers(); });
  CHECK(lane.watch.isBehind(asked));
}

TEST_CASE("what has room for a part only, all the time, is behind; now and then is not") {
  Lane lane;
  const auto refuse = [&] { lane.watch.noteRefusal(); };
  lane.lookFor(DEADLINE, refuse);
  CHECK_FALSE(lane.watch.isBehind(lane.watch.time()));
  lane.lookFor(milliseconds(30), [] {});
  lane.lookFor(DEADLINE, refuse);
  CHECK_FALSE(lane.watch.isBehind(lane.watch.time()));
  lane.lookFor(Lane::STEP * 2, refuse);
  CHECK(lane.watch.isBehind(lane.watch.time()));
  lane.lookFor(milliseconds(30), [] {});
  CHECK_FALSE(lane.watch.isBehind(lane.watch.time()));
}

TEST_CASE("who takes over may be late at first") {
  Lane lane;
  lane.lookFor(DEADLINE * 3, [] {});
  lane.watch.begin(lane.now);
  lane.watch.catchUp();
  CHECK_FALSE(lane.watch.isStuck());
  CHECK_FALSE(lane.watch.isBehind({}));
  lane.lookFor(DEADLINE * 4, [&] { lane.watch.noteAnswers(); });
  CHECK(lane.watch.isBehind({}));
}

TEST_CASE("what cuts request after request short is good for nothing") {
  Lane lane;
  for (size_t i = 0; i < DeviceWatch::CUT_IN_A_ROW_MAX - 1; ++i) lane.watch.noteCut();
  CHECK_FALSE(lane.watch.cutsAll());
  lane.watch.noteWhole();
  lane.watch.noteCut();
  CHECK_FALSE(lane.watch.cutsAll());
  for (size_t i = 0; i < DeviceWatch::CUT_IN_A_ROW_MAX; ++i) lane.watch.noteCut();
  CHECK(lane.watch.cutsAll());
  lane.watch.begin(lane.now);
  CHECK_FALSE(lane.watch.cutsAll());
}

}  // namespace
}  // namespace weir
