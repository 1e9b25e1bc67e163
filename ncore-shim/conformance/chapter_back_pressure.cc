// SPDX-License-Identifier: Apache-2.0
// Short acceptance is the only back-pressure.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

// A page with bytes at its end, before one that nobody may touch.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::string_view bytes) {
    check(memory_ != MAP_FAILED, "no memory");
    check(mprotect(memory_ + pageBytes_, pageBytes_, PROT_NONE) == 0, "no guard");
    std::memcpy(memory_ + pageBytes_ - bytes.size(), bytes.data(), bytes.size());
    view = {memory_ + pageBytes_ - bytes.size(), bytes.size()};
  }
  ~GuardedBytes() { munmap(memory_, 2 * pageBytes_); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  void close() { mprotect(memory_, pageBytes_, PROT_NONE); }

  std::string_view view;

 private:
  const size_t pageBytes_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char* memory_ = static_cast<char*>(
      mmap(nullptr, 2 * pageBytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
};

void neverMoreThanDepth(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  for (const uint32_t wanted : {1u, 3u, 16u}) {
    const uint32_t depth = subject.depth(wanted);
    Queue queue(subject, device, {4, depth, 0});
    std::vector<NcoreJob> jobs(depth + 5, job("ab", WHOLE));
    uint32_t taken = 0;
    while (const uint32_t some = queue.submit(jobs.data(), static_cast<uint32_t>(jobs.size()))) {
      taken += some;
      check(taken <= depth, "depth " + std::to_string(depth) + ", but " + std::to_string(taken) +
                                " jobs are in flight");
    }
    const Results results = queue.wait(taken);
    check(results.completions.size() == taken, std::to_string(taken) +
                                                   " jobs were accepted, completions came for " +
                                                   std::to_string(results.completions.size()));
  }
}

void ringFull(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device, {4, 2, 0});
  const std::vector<NcoreJob> jobs(4, job("ab", WHOLE));
  while (queue.submit(jobs.data(), 4) > 0) {
  }
  uint32_t accepted = 77;
  checkStatus(subject.api().submit(queue.handle, jobs.data(), 1, &accepted), NCORE_RING_FULL,
              "submit to a full queue");
  check(accepted == 0, "RING_FULL with accepted = " + std::to_string(accepted));
}

void pollMakesRoom(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device, {4, 3, 0});
  std::vector<NcoreJob> jobs(3, job("ab", WHOLE));
  while (queue.submit(jobs.data(), 3) > 0) {
  }
  queue.wait(1);
  check(queue.submit(jobs.data(), 1) == 1, "a completion was polled, and still RING_FULL");
}

// A device that waits for full batches would hold these back for good.
void fewAreDone(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  for (const uint32_t wanted : {1u, 2u, 3u, 7u, 33u}) {
    Queue queue(subject, device);
    const std::vector<NcoreJob> jobs(wanted, job("ab", WHOLE));
    const uint32_t taken = queue.submit(jobs.data(), wanted);
    check(queue.wait(taken).completions.size() == taken,
          "other completions than those of " + std::to_string(taken) + " jobs");
  }
}

void nothingIsLost(Subject& subject) {
  for (const uint32_t depth : {1u, 2u, 7u}) {
    Script script;
    script.databases = {patternSet({"abc", "^b", "ca"})};
    script.depth = subject.depth(depth);
    script.batch = 50;
    for (uint32_t i = 0; i < 300; ++i) {
      JobStep step;
      step.number = i;
      step.slot = i % 8;
      step.bytes = i % 3 == 0 ? "ab" : i % 3 == 1 ? "c" : "bca";
      step.flags = i < 8 ? NCORE_JOB_OPEN : 0;
      script.steps.emplace_back(step);
    }
    checkAgainstModel(subject, script);
  }
}

void emptySubmit(Subject& subject) {
  Device device(subject);
  Queue queue(subject, device);
  const NcoreJob one = job("", WHOLE);
  uint32_t accepted = 77;
  checkStatus(subject.api().submit(queue.handle, &one, 0, &accepted), NCORE_OK, "submit of 0 jobs");
  check(accepted == 0, "submit of 0 jobs accepted " + std::to_string(accepted));
}

void closesWithJobsInFlight(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  const std::string bytes(subject.jobBytes(4000), 'a');
  std::deque<GuardedBytes> given;
  for (int i = 0; i < 20; ++i) {
    const std::string_view view = given.emplace_back(bytes).view;
    {
      Queue queue(subject, device, {4, 32, 0});
      const std::vector<NcoreJob> jobs(20, job(view, WHOLE));
      queue.submit(jobs.data(), 20);
    }
    given.back().close();  // the host's again: a device that reads on ends the process
  }
  Queue queue(subject, device);
  check(queue.run(job("ab", WHOLE)).events.size() == 1, "the device is of no use afterwards");
}

void descriptorsAreCopied(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  std::vector<NcoreJob> jobs;
  for (uint64_t tag = 0; tag < 8; ++tag) jobs.push_back(job("xab", WHOLE, 1, 1, tag));
  const uint32_t taken = queue.submit(jobs.data(), 8);
  for (NcoreJob& one : jobs) one = job("", 0xff, 999, 9, 999);
  const Results results = queue.wait(taken);
  for (uint32_t i = 0; i < taken; ++i) {
    check(results.completions[i].tag == i && results.completions[i].status == NCORE_OK,
          "the jobs' descriptors were overwritten after submit, and the device saw it");
  }
}

// What reads beyond the bytes, or later than it may, ends the process.
void readsNothingElse(Subject& subject) {
  const Database database(subject, patternSet({"ab", "^[^b]*b", "xy{2,40}z"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  std::deque<GuardedBytes> given;
  std::string bytes;
  for (uint32_t length = 0; length < subject.jobBytes(80); ++length, bytes += "xyab"[length % 4]) {
    NcoreJob one = job(given.emplace_back(bytes).view, length % 8 == 0 ? NCORE_JOB_OPEN : 0);
    one.tag = length;
    const Results results = queue.run(one);
    checkStatus(results.completions[0].status, NCORE_OK, "a job before a page without access");
    given.back().close();
  }
}

void consumesAtSubmit(Subject& subject) {
  subject.needs(NCORE_CAP_CONSUMES_AT_SUBMIT, "NCORE_CAP_CONSUMES_AT_SUBMIT");
  const Database database(subject, patternSet({"ab"}));
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  std::string bytes = "xxab";
  const NcoreJob one = job(bytes, WHOLE);
  check(queue.submit(&one, 1) == 1, "RING_FULL with no job in flight");
  bytes = "xxxx";
  check(queue.wait(1).events.size() == 1,
        "the bytes were overwritten after submit, and the match is lost");
}

}  // namespace

Chapter backPressureChapter() {
  return {
      "back-pressure",
      {
          {"never more jobs than the depth are in flight",
           "depth: jobs submitted and not yet reported by poll", neverMoreThanDepth},
          {"a full queue says so", "NCORE_RING_FULL when there are jobs and none was taken",
           ringFull},
          {"a poll makes room", "the host keeps the rest and offers it again after a poll",
           pollMakesRoom},
          {"jobs complete with polls alone, be they few",
           "An accepted job completes without another submit", fewAreDone},
          {"short acceptance loses and doubles nothing",
           "submit takes the first `accepted` jobs of the batch", nothingIsLost},
          {"no job is a batch, too", "NCORE_OK also when short", emptySubmit},
          {"a queue can be closed with jobs in flight",
           "Drops open streams and results not polled; the bytes of jobs in flight are the host's "
           "again.",
           closesWithJobsInFlight},
          {"descriptors are read before submit returns",
           "Job descriptors are read before submit returns.", descriptorsAreCopied},
          {"a device reads the bytes of jobs and no others, until their completion was polled",
           "the device must not read them after that", readsNothingElse},
          {"bytes consumed at submit are the host's again",
           "A device with NCORE_CAP_CONSUMES_AT_SUBMIT is done with the bytes of accepted jobs "
           "when "
           "submit returns.",
           consumesAtSubmit},
      }};
}

}  // namespace ncore_conformance
