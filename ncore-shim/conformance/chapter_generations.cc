// SPDX-License-Identifier: Apache-2.0
// Slots, generations, opening and closing in-band.
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

constexpr uint32_t OPEN = NCORE_JOB_OPEN;
constexpr uint32_t CLOSE = NCORE_JOB_CLOSE;

struct Line {
  const char* bytes;
  uint32_t flags;
  uint32_t slot;
  uint32_t generation;
};

void judge(Subject& subject, const std::vector<Line>& lines) {
  Script script;
  script.databases = {patternSet({"abc", "^c", "b"})};
  for (const Line& line : lines) {
    JobStep step;
    step.bytes = line.bytes;
    step.flags = line.flags;
    step.slot = line.slot;
    step.generation = line.generation;
    step.number = static_cast<uint32_t>(script.steps.size());
    script.steps.emplace_back(step);
  }
  checkAgainstModel(subject, script);
  script.batch = 1;
  checkAgainstModel(subject, script);
}

void withoutOpen(Subject& subject) { judge(subject, {{"abc", 0, 0, 0}, {"abc", CLOSE, 3, 1}}); }

void staleGeneration(Subject& subject) {
  judge(subject, {{"ab", OPEN, 3, 7}, {"c", 0, 3, 6}, {"", CLOSE, 3, 8}, {"c", CLOSE, 3, 7}});
}

void anyGeneration(Subject& subject) {
  judge(subject, {{"ab", OPEN, 0, 0xffffffff},
                  {"c", CLOSE, 0, 0xffffffff},
                  {"ab", OPEN, 0, 0},
                  {"c", 0, 0, 1},
                  {"c", CLOSE, 0, 0}});
}

// A device that compares some of the bits only takes one of these for the stream's.
void everyBit(Subject& subject) {
  std::vector<Line> lines;
  for (const uint32_t generation : {0u, 0xffffffffu, 0x5a3c96a5u}) {
    lines.push_back({"ab", OPEN, 4, generation});
    for (uint32_t bit = 0; bit < 32; ++bit) {
      lines.push_back({"c", bit % 2 == 0 ? 0 : CLOSE, 4, generation ^ 1u << bit});
    }
    lines.push_back({"c", CLOSE, 4, generation});
  }
  judge(subject, lines);
}

void reopening(Subject& subject) {
  judge(subject, {{"ab", OPEN, 1, 1},
                  {"", OPEN, 1, 2},
                  {"c", 0, 1, 1},
                  {"c", 0, 1, 2},
                  {"abc", OPEN, 1, 2},
                  {"abc", CLOSE, 1, 2}});
}

void closing(Subject& subject) {
  judge(subject, {{"ab", OPEN, 2, 1},
                  {"c", CLOSE, 2, 1},
                  {"abc", 0, 2, 1},
                  {"abc", OPEN | CLOSE, 2, 1},
                  {"", CLOSE, 2, 1},
                  {"abc", OPEN, 2, 1}});
}

void wholeStreams(Subject& subject) {
  judge(subject,
        {{"abc", WHOLE, 0, 1}, {"abc", WHOLE, 0, 1}, {"", WHOLE, 0, 2}, {"c", WHOLE, 0, 3}});
}

void slotsApart(Subject& subject) {
  judge(subject, {{"a", OPEN, 0, 1},
                  {"c", OPEN, 1, 1},
                  {"a", OPEN, 7, 1},
                  {"b", 0, 7, 1},
                  {"x", 0, 0, 1},
                  {"c", 0, 7, 1},
                  {"abc", 0, 0, 1},
                  {"abc", 0, 1, 1}});
}

void emptyJobs(Subject& subject) {
  judge(subject, {{"", OPEN, 0, 1},
                  {"", 0, 0, 1},
                  {"ab", 0, 0, 1},
                  {"", 0, 0, 1},
                  {"c", 0, 0, 1},
                  {"", CLOSE, 0, 1}});
}

void nullBytes(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  NcoreJob empty = job("", WHOLE);
  empty.bytes = nullptr;
  checkStatus(queue.statusOf(empty), NCORE_OK, "a job of 0 bytes with null for them");
}

void tagsComeBack(Subject& subject) {
  const Database database(subject, patternSet({"a"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  for (const uint64_t tag :
       {uint64_t{0}, ~uint64_t{0}, uint64_t{1} << 63, uint64_t{0x123456789abcdef}}) {
    const Results results = queue.run(job("a", WHOLE, 3, 0x80000001, tag));
    const NcoreCompletion& completion = results.completions.at(0);
    check(completion.tag == tag && completion.slot == 3 && completion.generation == 0x80000001,
          "tag, slot or generation came back changed in the completion of tag " +
              std::to_string(tag));
    check(results.events.size() == 1 && results.events[0].tag == tag,
          "the event does not have the job's tag, " + std::to_string(tag));
  }
}

}  // namespace

Chapter generationsChapter() {
  return {"generations",
          {
              {"a job for a slot without a stream is stale",
               "Without OPEN, the slot must hold a stream of the job's generation.", withoutOpen},
              {"another generation is stale, and changes nothing",
               "NCORE_STALE_GENERATION: the slot holds no stream, or one of another generation",
               staleGeneration},
              {"a generation that differs in one bit is another, whichever bit it is",
               "Without OPEN, the slot must hold a stream of the job's generation.", everyBit},
              {"any number may be a generation",
               "generation: the host's; tells apart the streams that use "
               "a slot in turn",
               anyGeneration},
              {"opening drops the stream that was there", "a stream that was there is dropped",
               reopening},
              {"closing ends the stream, after the job's bytes",
               "CLOSE ends the stream after the job's bytes.", closing},
              {"a job can be a whole stream", "A job with both is a whole stream.", wholeStreams},
              {"streams of other slots are not touched", "A stream lives in a slot of one queue",
               slotsApart},
              {"jobs may have no bytes",
               "0 is allowed: only open, only close, only test the end of data …", emptyJobs},
              {"no bytes may be null", "bytes: may be null when lengthBytes is 0", nullBytes},
              {"tags, slots and generations come back untouched",
               "tag: the host's; comes back untouched", tagsComeBack},
          }};
}

}  // namespace ncore_conformance
