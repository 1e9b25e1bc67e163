// SPDX-License-Identifier: Apache-2.0
// Jobs that cannot be done fail alone.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

// A stream in slot 0 that has seen "ab" of "abc".
class HalfOpen {
 public:
  explicit HalfOpen(Subject& subject) : database_(subject, patternSet({"abc"})), device_(subject) {
    databaseId = device_.use(database_);
    queue.emplace(subject, device_, QueueShape{4, 64, 0});
    checkStatus(queue->statusOf(job("ab", NCORE_JOB_OPEN)), NCORE_OK, "OPEN");
  }

  void checkUntouched(const std::string& after) {
    const Results results = queue->run(job("c", 0));
    check(results.completions[0].status == NCORE_OK && results.events.size() == 1 &&
              results.events[0].endOffset == 3,
          after + "\nexpected: the stream in slot 0 goes on, \"ab\" and \"c\" match\n     got: " +
              nameOf(results.completions[0].status) + ", " + std::to_string(results.events.size()) +
              " events");
  }

  void checkFails(const NcoreJob& one, NcoreStatus expected, const std::string& what) {
    const Results results = queue->run(one);
    const NcoreCompletion& completion = results.completions[0];
    checkStatus(completion.status, expected, what);
    check(results.events.empty() && completion.eventCount == 0, what + ": it has events");
    check(completion.stateBytes == 0, what + ": it has a state");
  }

  NcoreDatabaseInfo info() { return device_.info(databaseId); }

 private:
  Database database_;
  Device device_;

 public:
  uint32_t databaseId = 0;
  std::optional<Queue> queue;
};

void unknownFlags(Subject& subject) {
  HalfOpen host(subject);
  for (uint32_t bit = 5; bit < 32; ++bit) {
    host.checkFails(job("c", 1u << bit), NCORE_BAD_ARGUMENT, "flag " + std::to_string(1u << bit));
  }
  host.checkUntouched("unknown flags");
}

void slotOutOfRange(Subject& subject) {
  HalfOpen host(subject);
  for (const uint32_t slot : {4u, 5u, 0x7fffffffu, 0xffffffffu}) {
    const std::string what = "slot " + std::to_string(slot) + " of 4";
    host.checkFails(job("abc", WHOLE, slot), NCORE_BAD_ARGUMENT, what);
    host.checkFails(job("abc", 0, slot), NCORE_BAD_ARGUMENT, what);
  }
  host.checkUntouched("slots out of range");
}

void nullBytes(Subject& subject) {
  HalfOpen host(subject);
  NcoreJob one = job("c", 0);
  one.bytes = nullptr;
  host.checkFails(one, NCORE_BAD_ARGUMENT, "null for 1 byte");
  one.flags = NCORE_JOB_OPEN;
  host.checkFails(one, NCORE_BAD_ARGUMENT, "OPEN with null for 1 byte");
  host.checkUntouched("null for bytes");
}

void reservedField(Subject& subject) {
  HalfOpen host(subject);
  NcoreJob one = job("c", 0);
  one.reserved = 1;
  host.checkFails(one, NCORE_BAD_ARGUMENT, "reserved = 1");
  host.checkUntouched("a reserved field");
}

void tooLong(Subject& subject) {
  const uint32_t limit = subject.capabilities().jobBytesMax;
  if (limit == 0 || limit > 1u << 26) throw NotApplicable{"jobs of any length are taken"};
  HalfOpen host(subject);
  const std::string bytes(limit + 1, 'c');
  host.checkFails(job(bytes, 0), NCORE_BAD_ARGUMENT, "a byte more than jobBytesMax");
  host.checkUntouched("a job too long");
}

void flagsThatExclude(Subject& subject) {
  subject.needs(NCORE_CAP_STREAM_STATES, "NCORE_CAP_STREAM_STATES");
  HalfOpen host(subject);
  std::vector<uint8_t> state(host.info().stateBytesMax + 16);
  const auto with = [&](uint32_t flags) {
    NcoreJob one = job("c", flags);
    one.state = state.data();
    one.stateBytes = static_cast<uint32_t>(state.size());
    return one;
  };
  host.checkFails(with(NCORE_JOB_IMPORT), NCORE_BAD_ARGUMENT, "IMPORT without OPEN");
  host.checkFails(with(NCORE_JOB_OPEN | NCORE_JOB_IMPORT | NCORE_JOB_EXPORT), NCORE_BAD_ARGUMENT,
                  "IMPORT and EXPORT");
  NcoreJob none = job("c", NCORE_JOB_EXPORT);
  host.checkFails(none, NCORE_BAD_ARGUMENT, "EXPORT with null for the state");
  none = job("c", NCORE_JOB_OPEN | NCORE_JOB_IMPORT);
  host.checkFails(none, NCORE_BAD_ARGUMENT, "IMPORT with null for the state");
  host.checkUntouched("wrong flags");
}

void statesUnsupported(Subject& subject) {
  if (subject.claims(NCORE_CAP_STREAM_STATES)) throw NotApplicable{"the device moves streams"};
  HalfOpen host(subject);
  std::vector<uint8_t> state(4096);
  for (const uint32_t flags : {NCORE_JOB_EXPORT, NCORE_JOB_OPEN | NCORE_JOB_IMPORT}) {
    NcoreJob one = job("c", flags);
    one.state = state.data();
    one.stateBytes = 4096;
    host.checkFails(one, NCORE_UNSUPPORTED, "a state, which the device does not claim to have");
  }
  host.checkUntouched("a state");
}

void othersGoOn(Subject& subject) {
  Script script;
  script.databases = {patternSet({"abc"})};
  const auto add = [&](const char* bytes, uint32_t flags, uint32_t slot, uint32_t generation) {
    JobStep step;
    step.bytes = bytes;
    step.flags = flags;
    step.slot = slot;
    step.generation = generation;
    step.number = static_cast<uint32_t>(script.steps.size());
    script.steps.emplace_back(step);
  };
  for (uint32_t i = 0; i < 8; ++i) {
    add("ab", NCORE_JOB_OPEN, i, 1);
    add("c", 0, i, 2);
    add("c", 0x8000, i, 1);
    add("c", 0, 8 + i, 1);
    add("c", NCORE_JOB_CLOSE, i, 1);
    add("c", NCORE_JOB_CLOSE, i, 1);
  }
  checkAgainstModel(subject, script);
}

void eventsTruncated(Subject& subject) {
  const uint32_t limit = subject.capabilities().eventsPerJobMax;
  if (limit == 0 || limit > 2000) throw NotApplicable{"the device reports all events of a job"};
  Script script;
  std::vector<std::string> texts(limit + 3, "ab");
  script.databases = {patternSet(texts)};
  script.steps = streamSteps({"xab", "ab"});
  checkAgainstModel(subject, script);
}

// Three pages, of which the device is told of the first two.
class Pages {
 public:
  static constexpr size_t PAGE = 4096;
  static constexpr uint64_t TOLD_BYTES = 2 * PAGE;

  // Throws NotOffered when it would spare nothing.
  Pages(Subject& subject, Device& device) : api_(subject.api()), device_(device.handle) {
    std::fill_n(bytes(), 3 * PAGE, 'x');
    const NcoreStatus status = api_.registerMemory(device_, bytes(), TOLD_BYTES);
    if (status == NCORE_UNSUPPORTED) {
      check(!subject.claims(NCORE_CAP_WANTS_MEMORY), "NCORE_CAP_WANTS_MEMORY, but UNSUPPORTED");
      throw NotOffered{"registered memory would spare nothing"};
    }
    checkStatus(status, NCORE_OK, "registerMemory");
  }

  [[nodiscard]] char* bytes() const { return static_cast<char*>(memory_.get()); }
  // A whole stream in slot 0, "ab" in its middle.
  [[nodiscard]] NcoreJob jobAt(size_t offset, uint32_t length) const {
    std::copy_n("ab", 2, bytes() + offset + length / 2);
    return job({bytes() + offset, length}, WHOLE);
  }
  NcoreStatus add(size_t offset) {
    return api_.registerMemory(device_, bytes() + offset, TOLD_BYTES);
  }
  NcoreStatus remove() { return api_.unregisterMemory(device_, bytes()); }

 private:
  const NcoreApi& api_;
  NcoreDevice* const device_;
  const std::unique_ptr<void, void (*)(void*)> memory_{std::aligned_alloc(PAGE, 3 * PAGE),
                                                       std::free};
};

void registeredMemory(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Pages pages(subject, device);
  checkStatus(pages.add(Pages::PAGE), NCORE_BAD_ARGUMENT, "registerMemory of a page a second time");
  {
    Queue queue(subject, device);
    const uint32_t length = subject.jobBytes(Pages::PAGE);
    for (const size_t offset :
         {size_t{0}, Pages::TOLD_BYTES - length / 2, 3 * Pages::PAGE - length}) {
      const Results results = queue.run(pages.jobAt(offset, length));
      check(results.events.size() == 1,
            "bytes from " + std::to_string(offset) + " on, of 8192 that are registered: " +
                std::to_string(results.events.size()) + " events instead of 1");
    }
  }
  checkStatus(pages.remove(), NCORE_OK, "unregisterMemory");
  checkStatus(pages.remove(), NCORE_BAD_ARGUMENT, "unregisterMemory a second time");
}

// With NCORE_CAP_CONSUMES_AT_SUBMIT no job has its bytes there any more.
void registeredMemoryInUse(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Pages pages(subject, device);
  {
    Queue queue(subject, device);
    const NcoreJob one = pages.jobAt(0, 64);
    check(queue.submit(&one, 1) == 1, "submit took no job");
    if (!subject.claims(NCORE_CAP_CONSUMES_AT_SUBMIT)) {
      checkStatus(pages.remove(), NCORE_BUSY, "unregisterMemory, a job of it not reported");
    }
    check(queue.wait(1).events.size() == 1, "the job that was in flight has no event");
    check(queue.submit(&one, 1) == 1, "submit took no job");
  }
  checkStatus(pages.remove(), NCORE_OK, "unregisterMemory, the queue of its jobs closed");
}

}  // namespace

Chapter errorsChapter() {
  constexpr const char* ALONE =
      "A job whose status is BAD_ARGUMENT, STALE_GENERATION, NO_DATABASE, BAD_FORMAT or "
      "UNSUPPORTED changes nothing, has no events and completes like any other";
  return {
      "errors",
      {
          {"unknown flags fail the job", ALONE, unknownFlags},
          {"a slot out of range fails the job", ALONE, slotOutOfRange},
          {"null for bytes fails the job", ALONE, nullBytes},
          {"a reserved field that is not 0 fails the job", "reserved: 0", reservedField},
          {"a job too long fails", "a slot or length out of range", tooLong},
          {"flags that exclude each other fail the job",
           "IMPORT needs OPEN. A job has one of them at most.", flagsThatExclude},
          {"states that are not offered fail the job",
           "NCORE_UNSUPPORTED: the device has no such function", statesUnsupported},
          {"jobs around a failed one are not affected",
           "A failure of one job is in its completion's status; jobs around it are not affected.",
           othersGoOn},
          {"events beyond the most are told to be lost",
           "EVENTS_TRUNCATED: the job was matched, the events are the first eventsPerJobMax of "
           "it in their order; the others are lost.",
           eventsTruncated},
          {"job bytes may lie in registered memory",
           "Memory that job bytes will come from, whole pages.", registeredMemory},
          {"registered memory is kept while jobs in flight have bytes in it",
           "NCORE_BUSY while jobs in flight have their bytes there", registeredMemoryInUse},
      }};
}

}  // namespace ncore_conformance
