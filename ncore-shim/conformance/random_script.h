// SPDX-License-Identifier: Apache-2.0
// Random sequences of jobs: many slots and generations, wrong ones among them, exchange of
// databases, moves of streams, tiny polls.
#pragma once

#include "script.h"
#include "subject.h"
#include "testing/random_regex.h"

namespace ncore_conformance {

struct RandomShape {
  size_t steps = 60;
  bool mayFail = true;      // jobs that are wrong
  bool mayExchange = true;  // databases
  uint32_t queuesMax = 1;
};

Script randomScript(const Subject& subject, weir::ncore::testing::RandomRegex& random,
                    const RandomShape& shape);

}  // namespace ncore_conformance
