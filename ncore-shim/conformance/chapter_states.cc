// SPDX-License-Identifier: Apache-2.0
// Streams are moved between slots, queues and devices.
#include <algorithm>

#include "random_script.h"
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

void offered(Subject& subject) {
  subject.needs(NCORE_CAP_STREAM_STATES, "NCORE_CAP_STREAM_STATES");
}

PatternSet movedPatterns(const Subject& subject) {
  PatternSet patterns = patternSet({"abcdef", "^ab.*f", "b", "f{2}", "^abcdeX", "[a-f]{8}"});
  if (subject.claims(NCORE_CAP_END_OF_DATA)) {
    patterns.push_back({"cd|f$", 0, 50});
    patterns.push_back({"ef\\z", 0, 51});
  }
  return patterns;
}

// Exported after `cut` bytes, imported into another slot, in `queue`.
Script moved(const Subject& subject, size_t cut, uint32_t queue) {
  const std::string stream = "abcdeff abcdefab";
  Script script;
  script.databases = {movedPatterns(subject)};
  script.queues = queue + 1;
  const auto add = [&](JobStep step) {
    step.number = static_cast<uint32_t>(script.steps.size());
    script.steps.emplace_back(std::move(step));
  };
  add({stream.substr(0, cut / 2), NCORE_JOB_OPEN, 0, 1});
  add({stream.substr(cut / 2, cut - cut / 2), NCORE_JOB_EXPORT, 0, 1});
  JobStep import{stream.substr(cut, 2), NCORE_JOB_OPEN | NCORE_JOB_IMPORT, 5, 9, queue};
  import.importFrom = 1;
  add(import);
  add({stream.substr(std::min(cut + 2, stream.size())), NCORE_JOB_END_OF_DATA, 5, 9, queue});
  // The original is still there.
  add({stream.substr(cut), NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA, 0, 1});
  return script;
}

void everyPlace(Subject& subject) {
  offered(subject);
  for (size_t cut = 0; cut <= 16; ++cut) checkAgainstModel(subject, moved(subject, cut, 0));
}

void betweenQueues(Subject& subject) {
  offered(subject);
  if (subject.queues(2) < 2) throw NotOffered{"the device has one queue"};
  for (size_t cut = 0; cut <= 16; cut += 3) checkAgainstModel(subject, moved(subject, cut, 1));
}

std::vector<uint8_t> exportAfter(const Subject& subject, const Database& database,
                                 const std::string& bytes) {
  Device device(subject);
  const uint32_t id = device.use(database);
  Queue queue(subject, device);
  std::vector<uint8_t> state(device.info(id).stateBytesMax);
  NcoreJob one = job(bytes, NCORE_JOB_OPEN | NCORE_JOB_EXPORT | NCORE_JOB_CLOSE);
  one.state = state.data();
  one.stateBytes = static_cast<uint32_t>(state.size());
  const NcoreCompletion completion = queue.run(one).completions.at(0);
  checkStatus(completion.status, NCORE_OK, "EXPORT with room for stateBytesMax");
  check(completion.stateBytes > 0 && completion.stateBytes <= state.size(),
        "a state of " + std::to_string(completion.stateBytes) + " bytes, stateBytesMax is " +
            std::to_string(state.size()));
  state.resize(completion.stateBytes);
  return state;
}

NcoreJob importJob(const std::vector<uint8_t>& state, std::string_view bytes, uint32_t slot = 0) {
  NcoreJob one = job(bytes, NCORE_JOB_OPEN | NCORE_JOB_IMPORT, slot, 3);
  one.state = const_cast<uint8_t*>(state.data());
  one.stateBytes = static_cast<uint32_t>(state.size());
  return one;
}

void checkMovedEvent(const Results& results, const std::string& after) {
  check(results.completions.at(0).status == NCORE_OK && results.events.size() == 1 &&
            results.events[0].endOffset == 6 && results.events[0].generation == 3,
        after + "\nexpected: pattern \"abcdef\" ends at 6 with \"def\"\n     got: " +
            nameOf(results.completions[0].status) + ", " + std::to_string(results.events.size()) +
            " events");
}

void toAnotherDevice(Subject& subject) {
  offered(subject);
  const PatternSet patterns = patternSet({"abcdef", "ab"});
  const Database first(subject, patterns);
  const std::vector<uint8_t> state = exportAfter(subject, first, "abc");
  // Compiled again and loaded under other circumstances, it is the same by content.
  const Database again(subject, patterns);
  const Database other(subject, patternSet({"zz"}));
  Device device(subject);
  device.load(other);
  device.load(again);
  device.use(other);
  Queue queue(subject, device, {4, 8, 1});
  checkMovedEvent(queue.run(importJob(state, "def", 2)),
                  "a state imported into a device opened anew");
}

void withoutItsDatabase(Subject& subject) {
  offered(subject);
  const Database database(subject, patternSet({"abcdef"}));
  const std::vector<uint8_t> state = exportAfter(subject, database, "abc");
  Device device(subject);
  const Database other(subject, patternSet({"abcdeg"}));
  device.use(other);
  Queue queue(subject, device);
  checkStatus(queue.statusOf(importJob(state, "def")), NCORE_NO_DATABASE,
              "IMPORT where the state's database is not loaded");
  check(queue.run(job("abcdeg", WHOLE)).events.size() == 1, "the device is of no use afterwards");
}

void tooLittleRoom(Subject& subject) {
  offered(subject);
  const Database database(subject, patternSet({"abcdef"}));
  Device device(subject);
  const uint32_t id = device.use(database);
  Queue queue(subject, device);
  const uint32_t most = device.info(id).stateBytesMax;
  std::vector<uint8_t> room(most + 1, 0x5a);
  queue.run(job("ab", NCORE_JOB_OPEN));
  for (const uint32_t bytes : {0u, 1u, most - 1}) {
    NcoreJob one = job("c", NCORE_JOB_EXPORT);
    one.state = room.data();
    one.stateBytes = bytes;
    checkStatus(queue.statusOf(one), NCORE_BAD_ARGUMENT,
                "EXPORT with room for " + std::to_string(bytes) + " bytes, stateBytesMax is " +
                    std::to_string(most));
  }
  check(room == std::vector<uint8_t>(most + 1, 0x5a), "a refused EXPORT wrote into the room");
  const Results results = queue.run(job("cdef", 0));
  check(results.events.size() == 1 && results.events[0].endOffset == 6,
        "after EXPORT into too little room the stream is not what it was");
}

void damagedStates(Subject& subject) {
  offered(subject);
  const Database database(subject, movedPatterns(subject));
  const std::vector<uint8_t> sound = exportAfter(subject, database, "abcde");
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  queue.run(job("abcde", NCORE_JOB_OPEN, 0, 7));
  const auto refuses = [&](const std::vector<uint8_t>& state, const std::string& what) {
    checkStatus(queue.statusOf(importJob(state, "f")), NCORE_BAD_FORMAT,
                "IMPORT of a state of " + std::to_string(sound.size()) + " bytes " + what);
  };
  for (size_t at = 0; at < sound.size(); ++at) {
    std::vector<uint8_t> damaged = sound;
    damaged[at] ^= static_cast<uint8_t>(1u << at % 8);
    refuses(damaged, "with one bit changed in byte " + std::to_string(at));
  }
  for (size_t length = 1; length < sound.size(); ++length) {
    std::vector<uint8_t> damaged(sound.begin(), sound.begin() + static_cast<ptrdiff_t>(length));
    refuses(damaged, "cut to " + std::to_string(length));
  }
  std::vector<uint8_t> longer = sound;
  longer.push_back(0);
  refuses(longer, "with a byte more");
  refuses(std::vector<uint8_t>(64, 0), "replaced by 64 zero bytes");
  const Results results = queue.run(job("f", 0, 0, 7));
  check(results.completions[0].status != NCORE_STALE_GENERATION && !results.events.empty(),
        "a refused IMPORT changed the stream that was in the slot");
}

void randomMoves(Subject& subject) {
  offered(subject);
  RandomRegex random(subject.settings().seed + 2);
  for (Search search(subject, {.share = 0.5}); search.goesOn();) {
    RandomShape shape;
    shape.mayFail = false;
    shape.mayExchange = random.below(2) == 0;
    shape.queuesMax = 3;
    checkAgainstModel(subject, randomScript(subject, random, shape));
  }
  subject.tally().checkManyAccepted();
}

}  // namespace

Chapter statesChapter() {
  return {
      "states",
      {
          {"a stream moved at any place gives the same events",
           "writes the stream's state, as it is after the job's bytes, into `state`", everyPlace},
          {"streams move between queues", "it may be imported into any queue", betweenQueues},
          {"streams move to a device opened anew",
           "any device of the same implementation that has a database of that content loaded, "
           "active or not",
           toAnotherDevice},
          {"a state without its database is refused",
           "NCORE_NO_DATABASE: no database of that id or content is loaded", withoutItsDatabase},
          {"a state that may not fit is refused",
           "EXPORT with room for less than stateBytesMax of the stream's database is BAD_ARGUMENT",
           tooLittleRoom},
          {"damaged states are refused",
           "NCORE_BAD_FORMAT: bytes that no such function has written, "
           "or damaged ones",
           damagedStates},
          {"random moves between slots and queues give PCRE2's events", "Offsets go on.",
           randomMoves},
      }};
}

}  // namespace ncore_conformance
