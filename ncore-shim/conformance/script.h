// SPDX-License-Identifier: Apache-2.0
// A sequence of jobs and activations as data: it can be run on a device and on the model, printed,
// and made smaller.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "subject.h"

namespace ncore_conformance {

struct JobStep {
  std::string bytes;
  uint32_t flags = 0;
  uint32_t slot = 0;
  uint32_t generation = 1;
  uint32_t queue = 0;
  uint32_t number = 0;      // of the job; its tag is made from it
  uint32_t importFrom = 0;  // with IMPORT: number of the job that exported the state
};
struct ActivateStep {
  uint32_t database = 0;
};
struct LoadStep {
  uint32_t database = 0;
};
struct UnloadStep {
  uint32_t database = 0;
};
// One poll of a queue, with arrays of these sizes.
struct PollStep {
  uint32_t queue = 0;
  uint32_t completions = 1;
  uint32_t events = 1;
};
using Step = std::variant<JobStep, ActivateStep, LoadStep, UnloadStep, PollStep>;

// Of patterns: a device that refuses what a requirement is about has not met it, while of random
// ones it may refuse some.
enum class Refusals : char { FAIL, LEAVE_OUT };

struct Script {
  std::vector<PatternSet> databases;  // all of them loaded at the beginning, the first active
  Refusals refusals = Refusals::FAIL;
  std::vector<Step> steps;
  uint32_t queues = 1;
  uint32_t streams = 8;  // slots of a queue
  uint32_t depth = 64;
  uint32_t batch = 16;       // jobs that are submitted together at most
  uint64_t tablesBytes = 0;  // of the queues
};

// As people read it.
std::string describe(const Script& script);
std::string describe(const PatternSet& patterns);  // a line for each
std::string describe(const Regex& regex);
// Of the implementation, which may say anything.
std::string printable(const char* text);
// In double quotes, with escapes.
std::string quoted(std::string_view bytes);

// Steps of one stream in slot 0 that is fed in pieces.
std::vector<Step> streamSteps(const std::vector<std::string>& pieces, uint32_t moreFlags = 0);

// Differs for each number, also in the upper half.
inline uint64_t tagOf(uint32_t number) { return (number + 1) * 0x9e3779b97f4a7c15u; }

// How the device and the model differ, of which a smaller script must keep the kind.
struct Difference {
  enum class Kind : char { NONE, STATUS, EVENTS, OTHER };
  Kind kind = Kind::NONE;
  std::string text;
};

// Runs the script on the device and on the model.
Difference compareWithModel(Subject& subject, const Script& script);

// The same, and throws Failure with the smallest script found that still differs.
void checkAgainstModel(Subject& subject, const Script& script);

}  // namespace ncore_conformance
