// SPDX-License-Identifier: Apache-2.0
// As many open streams as a probe has.
#include <optional>

#include "subject.h"

namespace ncore_conformance {
namespace {

// Slots in an order that jumps about, each once.
uint32_t scattered(uint32_t index, uint32_t count) {
  return static_cast<uint32_t>(uint64_t{index} * 7919 % count);
}

class Crowd {
 public:
  explicit Crowd(Subject& subject)
      : subject_(subject),
        database_(subject, patternSet({"^hay.*needle", "stack"})),
        device_(subject),
        count(subject.streams(subject.settings().streams)) {
    while (count % 7919 == 0) --count;
    device_.use(database_);
    queue.emplace(subject, device_, QueueShape{count, 4096, 0});
  }

  // One job in each slot; odd slots get `odd`.
  void feedAll(std::string_view even, std::string_view odd, uint32_t flags) {
    std::vector<NcoreJob> jobs;
    for (uint32_t i = 0; i < count || !jobs.empty();) {
      for (; i < count && jobs.size() < 256; ++i) {
        const uint32_t slot = scattered(i, count);
        jobs.push_back(job(slot % 2 == 0 ? even : odd, flags, slot, slot ^ 0xa5a5a5a5, i));
      }
      const uint32_t taken = queue->submit(jobs.data(), static_cast<uint32_t>(jobs.size()));
      inFlight_ += taken;
      jobs.erase(jobs.begin(), jobs.begin() + taken);
      take(queue->poll(512, 2048));
    }
    while (inFlight_ > 0) take(queue->wait(1));
  }

 private:
  void take(const Results& results) {
    inFlight_ -= results.completions.size();
    for (const NcoreCompletion& completion : results.completions) {
      checkStatus(completion.status, NCORE_OK, "a job in slot " + std::to_string(completion.slot));
      check(completion.tag == next_ % count, "completions are not in the order of submission");
      ++next_;
    }
    events.insert(events.end(), results.events.begin(), results.events.end());
  }

  Subject& subject_;
  Database database_;
  Device device_;
  size_t inFlight_ = 0;
  uint64_t next_ = 0;  // tag of the next completion

 public:
  uint32_t count;
  std::optional<Queue> queue;
  std::vector<NcoreEvent> events;
};

void openAtOnce(Subject& subject) {
  Crowd crowd(subject);
  crowd.feedAll("hay nee", "nee", NCORE_JOB_OPEN);
  check(crowd.events.empty(), "events before any pattern has ended");
  crowd.feedAll("dle", "xle", 0);
  const size_t expected = (size_t{crowd.count} + 1) / 2;
  check(crowd.events.size() == expected,
        std::to_string(crowd.count) +
            " streams, of which every second one has a match\nexpected: " +
            std::to_string(expected) + " events\n     got: " + std::to_string(crowd.events.size()));
  for (const NcoreEvent& event : crowd.events) {
    check(event.slot % 2 == 0 && event.endOffset == 10 &&
              event.generation == (event.slot ^ 0xa5a5a5a5),
          "slot " + std::to_string(event.slot) + " has an event at " +
              std::to_string(event.endOffset) + " that it should not have");
  }
  crowd.feedAll("", "", NCORE_JOB_CLOSE);
  const uint32_t wanted = subject.settings().streams;
  if (subject.streams(wanted) == wanted) return;
  throw NotApplicable{"the device has " + std::to_string(subject.streams(wanted)) +
                      " streams a queue, not " + std::to_string(wanted) + "; those keep theirs"};
}

}  // namespace

Chapter manyStreamsChapter() {
  return {
      "many-streams",
      {{"as many streams as were asked for are open at once, and each keeps its state",
        "streams: slots: numbers 0 to streams - 1; at least 1, millions are usual", openAtOnce}}};
}

}  // namespace ncore_conformance
