// SPDX-License-Identifier: Apache-2.0
// Random sequences of jobs against the model.

#include "random_script.h"
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

void run(Subject& subject, const RandomShape& shape, uint32_t seed, double share) {
  RandomRegex random(subject.settings().seed + seed);
  for (Search search(subject, {.share = share}); search.goesOn();) {
    checkAgainstModel(subject, randomScript(subject, random, shape));
  }
  subject.tally().checkManyAccepted();
}

void soundJobs(Subject& subject) {
  RandomShape shape;
  shape.mayFail = false;
  shape.mayExchange = false;
  run(subject, shape, 10, 0.5);
}

void allKinds(Subject& subject) { run(subject, {}, 11, 1); }

void severalQueues(Subject& subject) {
  RandomShape shape;
  shape.steps = 200;
  shape.queuesMax = 4;
  run(subject, shape, 12, 0.5);
}

}  // namespace

Chapter fuzzChapter() {
  constexpr const char* FUNCTION =
      "So the events of a queue are a function of its jobs alone, and two devices can be compared "
      "byte for byte.";
  return {"fuzz",
          {
              {"random jobs give what the model gives", FUNCTION, soundJobs},
              {"so do wrong jobs, exchanged databases, moves and tiny polls", FUNCTION, allKinds},
              {"so do several queues", FUNCTION, severalQueues},
          }};
}

}  // namespace ncore_conformance
