// SPDX-License-Identifier: Apache-2.0
// The order of completions and events, and how they fit into the arrays of polls.
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

// `rounds` jobs for each of 8 streams in turn, with events in many of them.
Script interleaved(uint32_t rounds) {
  Script script;
  script.databases = {patternSet({"a", "b", "^x", "ab", "ba", "aab", "c{2}", "[ab]c"})};
  static const char* const PIECES[] = {"x", "aab", "", "bc", "cca", "b"};
  for (uint32_t round = 0; round < rounds; ++round) {
    for (uint32_t slot = 0; slot < 8; ++slot) {
      JobStep step;
      step.number = static_cast<uint32_t>(script.steps.size());
      step.slot = slot;
      step.generation = 1 + round / 6;
      step.bytes = PIECES[(round + slot) % std::size(PIECES)];
      if (round % 6 == 0) step.flags |= NCORE_JOB_OPEN;
      if (round % 6 == 5) step.flags |= NCORE_JOB_CLOSE;
      script.steps.emplace_back(step);
    }
  }
  return script;
}

void completionsInOrder(Subject& subject) {
  Script script = interleaved(24);
  checkAgainstModel(subject, script);
  script.batch = 1;
  checkAgainstModel(subject, script);
  script.batch = 64;
  checkAgainstModel(subject, script);
}

void eventsSorted(Subject& subject) {
  PatternSet patterns;
  // Ids in no order, many that end together.
  for (const uint32_t id : {70u, 3u, 0xfffffffeu, 12u, 0u, 71u, 4u, 5u}) {
    patterns.push_back(
        {std::string("[^") + static_cast<char>('n' + patterns.size()) + "]d", 0, id});
  }
  patterns.push_back({"a", 0, 1000});
  patterns.push_back({"abcd", 0, 6});
  Script script;
  script.databases = {patterns};
  script.steps = streamSteps({"abcd", "abcd"});
  checkAgainstModel(subject, script);
}

void manyJobsOfOneStream(Subject& subject) {
  Script script;
  script.databases = {patternSet({"^(?:ab){20}", "(?:ba){30}c", "b{2}"})};
  std::vector<std::string> pieces;
  for (int i = 0; i < 100; ++i) pieces.emplace_back(i % 2 == 0 ? "a" : "b");
  pieces.emplace_back("abbac");
  script.steps = streamSteps(pieces);
  script.batch = 64;
  checkAgainstModel(subject, script);
}

void eventsInParts(Subject& subject) {
  for (const auto& [completions, events] :
       {std::pair{1u, 1u}, {8u, 1u}, {1u, 3u}, {3u, 2u}, {0u, 2u}, {2u, 0u}}) {
    Script script = interleaved(6);
    std::vector<Step> steps;
    for (const Step& step : script.steps) {
      steps.push_back(step);
      if (steps.size() % 5 == 0) steps.emplace_back(PollStep{0, completions, events});
    }
    script.steps = std::move(steps);
    checkAgainstModel(subject, script);
  }
}

// Only arrays for one event: all come in the end, each completion with the last of its events.
void oneEventAtATime(Subject& subject) {
  const Database database(subject, patternSet({"a", "b", "c", "d", "e"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  const NcoreJob jobs[] = {job("abc", NCORE_JOB_OPEN, 0, 1, 1), job("", 0, 0, 1, 2),
                           job("de", NCORE_JOB_CLOSE, 0, 1, 3)};
  uint32_t taken = queue.submit(jobs, 3);
  size_t events = 0;
  size_t told = 0;
  std::vector<uint64_t> tags;
  Patience patience(subject);
  while (tags.size() < 3) {
    if (taken < 3) taken += queue.submit(jobs + taken, 3 - taken);
    const Results some = queue.poll(4, 1);
    events += some.events.size();
    for (const NcoreCompletion& completion : some.completions) {
      tags.push_back(completion.tag);
      told += completion.eventCount;
      check(events >= told,
            "completion " + std::to_string(completion.tag) + " came before the last of its events");
    }
    const bool isEmpty = some.events.empty() && some.completions.empty();
    if (isEmpty) patience.wait("a completion, polled with room for one event");
  }
  const size_t all = subject.eventsOfJob(3) + subject.eventsOfJob(2);
  check(events == all && told == all,
        "expected: " + std::to_string(all) + " events, counted by completions\n     got: " +
            std::to_string(events) + ", counted " + std::to_string(told));
  check(tags == std::vector<uint64_t>{1, 2, 3}, "completions are not in the order of submission");
}

void emptyPoll(Subject& subject) {
  Device device(subject);
  Queue queue(subject, device);
  for (int i = 0; i < 3; ++i) {
    const Results results = queue.poll();
    check(results.completions.empty() && results.events.empty(), "an idle queue gave results");
  }
  queue.poll(0, 0);
}

}  // namespace

Chapter orderChapter() {
  return {
      "order",
      {
          {"completions come in the order of submission",
           "Completions are reported in the order of submission, over all streams of the queue.",
           completionsInOrder},
          {"events of a job are sorted, without duplicates",
           "The events of a job are sorted by (endOffset, patternId) without duplicates.",
           eventsSorted},
          {"many jobs of one stream may be in flight",
           "Any number of jobs of one stream may be in flight; they are matched in the order of "
           "submission.",
           manyJobsOfOneStream},
          {"polls with tiny arrays lose nothing",
           "where the event array is too short for a job they go on in the next poll",
           eventsInParts},
          {"a completion comes with the last of its events",
           "its completion comes with the last of them. So the sum of eventCount over completions "
           "accounts for every event.",
           oneEventAtATime},
          {"poll of an idle queue gives nothing, at once", "Never waits.", emptyPoll},
      }};
}

}  // namespace ncore_conformance
