// SPDX-License-Identifier: Apache-2.0
// Against another implementation, byte for byte, where PCRE2 would take too long: large sets on
// long streams.
#include <algorithm>
#include <cstring>

#include "script.h"
#include "subject.h"
#include "testing/random_regex.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

constexpr uint32_t STREAMS = 24;

// END_OF_DATA where both devices test it.
enum class Ends : char { NONE, TESTED };

struct Workload {
  Ends ends = Ends::NONE;
  PatternSet patterns;
  std::vector<std::string> streams;  // by slot
  std::vector<NcoreJob> jobs;        // their bytes lie in the streams
};

PatternSet randomPatterns(RandomRegex& random, Ends ends) {
  PatternSet patterns;
  for (uint32_t id = 0; id < 120; ++id) {
    std::string text = random.pattern();
    // Longer ones match late, or never.
    for (size_t i = random.below(4); i-- > 0;) text += random.pattern();
    if (ends == Ends::TESTED && random.below(4) == 0) text += random.below(2) == 0 ? "$" : "\\z";
    patterns.push_back({std::move(text), static_cast<uint32_t>(random.below(4)), id});
  }
  return patterns;
}

// What both accept. Many of these are large, so neither has to take most.
PatternSet inCommon(Subject& subject, const Subject& reference, const PatternSet& patterns) {
  const Database here(subject, patterns);
  subject.tally().add(patterns.size(), here.accepted(patterns).size());
  const Database there(reference, here.accepted(patterns));
  return there.accepted(here.accepted(patterns));
}

// Pieces of all streams in turn, some of them empty.
void cut(RandomRegex& random, uint32_t jobBytes, Workload& load) {
  std::vector<size_t> done(load.streams.size(), 0);
  for (size_t open = load.streams.size(); open > 0;) {
    const auto slot = static_cast<uint32_t>(random.below(load.streams.size()));
    const std::string& stream = load.streams[slot];
    size_t& at = done[slot];
    if (at > stream.size()) continue;
    const size_t length = std::min(random.below(jobBytes + 1), stream.size() - at);
    uint32_t flags = at == 0 ? NCORE_JOB_OPEN : 0;
    const bool isLast = at + length == stream.size();
    if (isLast) flags |= NCORE_JOB_CLOSE;
    if (load.ends == Ends::TESTED && (isLast || random.below(3) == 0))
      flags |= NCORE_JOB_END_OF_DATA;
    load.jobs.push_back(
        job(std::string_view(stream).substr(at, length), flags, slot, 1, load.jobs.size() + 1));
    at += length;
    if (!isLast) continue;
    ++at;  // beyond the end: closed
    --open;
  }
}

Results play(const Subject& subject, const Workload& load) {
  const Database database(subject, load.patterns);
  Device device(subject);
  device.use(database);
  Queue queue(subject, device, {static_cast<uint32_t>(load.streams.size()), 64, 0});
  Results all;
  const auto take = [&](const Results& some) {
    all.completions.insert(all.completions.end(), some.completions.begin(), some.completions.end());
    all.events.insert(all.events.end(), some.events.begin(), some.events.end());
  };
  for (size_t taken = 0; taken < load.jobs.size();) {
    const size_t batch = std::min<size_t>(32, load.jobs.size() - taken);
    const uint32_t count = queue.submit(&load.jobs[taken], static_cast<uint32_t>(batch));
    taken += count;
    if (count < batch) take(queue.wait(1));
  }
  while (all.completions.size() < load.jobs.size()) take(queue.wait(1));
  return all;
}

bool isSame(const Results& a, const Results& b) {
  return a.events.size() == b.events.size() &&
         (a.events.empty() ||
          std::memcmp(a.events.data(), b.events.data(), a.events.size() * sizeof(NcoreEvent)) == 0);
}

// The jobs of the stream in a slot, until it is longer than `length`.
std::vector<Step> stepsIn(const Workload& load, uint32_t slot, uint64_t length) {
  std::vector<Step> steps;
  uint64_t sum = 0;
  for (const NcoreJob& one : load.jobs) {
    if (one.slot != slot || sum > length) continue;
    sum += one.lengthBytes;
    JobStep step{{reinterpret_cast<const char*>(one.bytes), one.lengthBytes}, one.flags};
    step.number = static_cast<uint32_t>(steps.size());
    steps.emplace_back(std::move(step));
  }
  return steps;
}

// What was told of the stream in a slot.
std::vector<std::pair<uint32_t, uint64_t>> endsIn(const Results& results, uint32_t slot) {
  std::vector<std::pair<uint32_t, uint64_t>> ends;
  for (const NcoreEvent& event : results.events) {
    if (event.slot == slot) ends.emplace_back(event.patternId, event.endOffset);
  }
  std::sort(ends.begin(), ends.end());
  return ends;
}

// One stream and the patterns of which the two tell otherwise, for PCRE2 to say who is right.
void narrow(Subject& subject, const Workload& load, const Results& got, const Results& expected) {
  for (uint32_t slot = 0; slot < load.streams.size(); ++slot) {
    const auto here = endsIn(got, slot);
    const auto there = endsIn(expected, slot);
    std::vector<std::pair<uint32_t, uint64_t>> differing;
    std::set_symmetric_difference(here.begin(), here.end(), there.begin(), there.end(),
                                  std::back_inserter(differing));
    if (differing.empty()) continue;
    const auto [pattern, end] = differing.front();
    const auto found = std::find_if(load.patterns.begin(), load.patterns.end(),
                                    [id = pattern](const Regex& regex) { return regex.id == id; });
    check(found != load.patterns.end(),
          "an event of pattern " + std::to_string(pattern) + ", which the set does not have");
    Script script;
    script.databases = {{*found}};
    script.steps = stepsIn(load, slot, end);
    checkAgainstModel(subject, script);
    throw Failure{"the two tell otherwise whether pattern " + describe(*found) + " ends at " +
                  std::to_string(end) + " of a stream of " +
                  std::to_string(load.streams[slot].size()) +
                  " bytes\nAlone PCRE2 agrees with this device: either the "
                  "reference is wrong, or the device is where jobs and patterns are many."};
  }
  throw Failure{"the two give the same events, in another order or with other tags"};
}

void asTheReference(Subject& subject) {
  if (subject.settings().reference.empty()) throw NotApplicable{"no --reference was given"};
  const Subject reference(referenceOf(subject.settings()));
  const bool testEnds =
      subject.claims(NCORE_CAP_END_OF_DATA) && reference.claims(NCORE_CAP_END_OF_DATA);
  const Ends ends = testEnds ? Ends::TESTED : Ends::NONE;
  RandomRegex random(subject.settings().seed + 20);
  for (Search search(subject, {.roundsForOne = 30}); search.goesOn();) {
    Workload load;
    load.ends = ends;
    load.patterns = inCommon(subject, reference, randomPatterns(random, ends));
    for (uint32_t i = 0; i < subject.streams(STREAMS); ++i) {
      load.streams.push_back(random.input(6000));
    }
    cut(random, std::min(subject.jobBytes(299), reference.jobBytes(299)), load);
    const Results got = play(subject, load);
    const Results expected = play(reference, load);
    subject.tally().addEvents(expected.events.size());
    if (!isSame(got, expected)) narrow(subject, load, got, expected);
  }
}

}  // namespace

Chapter referenceChapter() {
  return {"reference",
          {{"large sets on long streams give what another implementation gives",
            "So the events of a queue are a function of its jobs alone, and two devices can be "
            "compared byte for byte.",
            asTheReference}}};
}

}  // namespace ncore_conformance
