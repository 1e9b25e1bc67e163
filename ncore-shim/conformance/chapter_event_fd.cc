// SPDX-License-Identifier: Apache-2.0
// A queue's descriptor in an event loop.
#include <fcntl.h>
#include <poll.h>

#include <optional>

#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

class Loop {
 public:
  explicit Loop(Subject& subject)
      : subject_(subject), database_(subject, patternSet({"a", "b", "c"})), device_(subject) {
    subject.needs(NCORE_CAP_EVENT_FD, "NCORE_CAP_EVENT_FD");
    device_.use(database_);
    queue.emplace(subject, device_, QueueShape{4, 64, 0});
    checkStatus(subject.api().queueEventFd(queue->handle, &fd), NCORE_OK, "queueEventFd");
    check(fcntl(fd, F_GETFD) >= 0, "queueEventFd gave no open descriptor");
  }

  [[nodiscard]] bool isReadable(int waitMs) const {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, waitMs) == 1 && (entry.revents & POLLIN) != 0;
  }

  void checkBecomesReadable(const std::string& when) const {
    const int patienceMs = static_cast<int>(subject_.settings().patienceSeconds * 1000);
    check(isReadable(patienceMs), "the descriptor did not become readable " + when);
  }

  void checkQuiet(const std::string& when) const {
    check(!isReadable(2), "the descriptor is readable " + when);
  }

 private:
  Subject& subject_;
  Database database_;
  Device device_;

 public:
  std::optional<Queue> queue;
  int32_t fd = -1;
};

void notOffered(Subject& subject) {
  if (subject.claims(NCORE_CAP_EVENT_FD)) throw NotApplicable{"the device has queueEventFd"};
  Device device(subject);
  const Queue queue(subject, device);
  int32_t fd = -1;
  checkStatus(subject.api().queueEventFd(queue.handle, &fd), NCORE_UNSUPPORTED, "queueEventFd");
}

void quietWhenIdle(Subject& subject) {
  const Loop loop(subject);
  loop.checkQuiet("with no job submitted");
}

void readableWithResults(Subject& subject) {
  Loop loop(subject);
  for (int round = 0; round < 20; ++round) {
    const NcoreJob one = job("abc", WHOLE);
    check(loop.queue->submit(&one, 1) == 1, "RING_FULL with no job in flight");
    loop.checkBecomesReadable("after a job was submitted");
    check(loop.isReadable(0), "the descriptor is not readable any more, and nothing was polled");
    size_t completions = loop.queue->poll().completions.size();
    while (completions == 0) {  // its events may have come first
      loop.checkBecomesReadable("for the rest of the job's results");
      completions = loop.queue->poll().completions.size();
    }
    loop.checkQuiet("after a poll has given all");
  }
}

void readableUntilAllIsGiven(Subject& subject) {
  Loop loop(subject);
  const std::vector<NcoreJob> jobs(subject.depth(10), job("cba", WHOLE));
  const uint32_t count = loop.queue->submit(jobs.data(), static_cast<uint32_t>(jobs.size()));
  size_t completions = 0;
  while (completions < count) {
    loop.checkBecomesReadable("with " + std::to_string(count - completions) +
                              " completions still to come");
    completions += loop.queue->poll(1, 1).completions.size();
  }
  loop.checkQuiet("after the last completion was polled");
}

// Polls only when the descriptor tells to.
void goesOnByItself(Subject& subject) {
  for (const uint32_t wanted : {1u, 2u, 3u, 7u, 33u}) {
    Loop loop(subject);
    const std::vector<NcoreJob> jobs(wanted, job("abc", WHOLE));
    const uint32_t taken = loop.queue->submit(jobs.data(), wanted);
    for (size_t completions = 0; completions < taken;) {
      loop.checkBecomesReadable("with " + std::to_string(taken - completions) + " of " +
                                std::to_string(taken) + " completions still to come");
      completions += loop.queue->poll().completions.size();
    }
  }
}

// The host polls though the descriptor has not told it to, and has no room for all that is there.
void readableAfterShortPoll(Subject& subject) {
  Loop loop(subject);
  const NcoreJob both[] = {job("abc", WHOLE, 0), job("abc", WHOLE, 1)};
  if (subject.depth(2) < 2) throw NotApplicable{"one job is in flight at a time"};
  for (int round = 0; round < 300; ++round) {
    Patience patience(subject);
    for (uint32_t taken = 0; taken < 2; patience.wait("room for a second job")) {
      taken += loop.queue->submit(both + taken, 2 - taken);
      if (taken == 2) break;
    }
    while (loop.queue->poll(1, 16).completions.empty()) patience.wait("the first completion");
    loop.checkBecomesReadable("with one of two completions polled");
    loop.queue->wait(1);
  }
}

void ofItsQueue(Subject& subject) {
  if (subject.queues(2) < 2) throw NotOffered{"the device has one queue"};
  subject.needs(NCORE_CAP_EVENT_FD, "NCORE_CAP_EVENT_FD");
  Device device(subject);
  const Database database(subject, patternSet({"a"}));
  device.use(database);
  Queue busy(subject, device);
  Queue idle(subject, device);
  int32_t fds[2] = {-1, -1};
  checkStatus(subject.api().queueEventFd(busy.handle, &fds[0]), NCORE_OK, "queueEventFd");
  checkStatus(subject.api().queueEventFd(idle.handle, &fds[1]), NCORE_OK, "queueEventFd");
  check(fds[0] != fds[1], "two queues have the same descriptor");
  const NcoreJob one = job("a", WHOLE);
  busy.submit(&one, 1);
  pollfd entries[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
  const int patienceMs = static_cast<int>(subject.settings().patienceSeconds * 1000);
  check(::poll(entries, 2, patienceMs) == 1 && entries[0].revents != 0,
        "the descriptor of the queue with a result is not the one that is readable");
}

}  // namespace

Chapter eventFdChapter() {
  return {
      "event-fd",
      {
          {"without the capability there is none", "UNSUPPORTED without NCORE_CAP_EVENT_FD.",
           notOffered},
          {"quiet while there is nothing", "readable (POLLIN) when poll has something to give",
           quietWhenIdle},
          {"readable when there are results, quiet when they were polled",
           "readable (POLLIN) when poll has something to give, until a poll has given all of it",
           readableWithResults},
          {"readable until all is given", "until a poll has given all of it",
           readableUntilAllIsGiven},
          {"jobs complete without polls, be they few",
           "a queue whose event descriptor was asked for needs none", goesOnByItself},
          {"readable again after a poll that had no room for all",
           "readable (POLLIN) when poll has something to give", readableAfterShortPoll},
          {"each queue has its own", "A file descriptor for event loops, the queue's", ofItsQueue},
      }};
}

}  // namespace ncore_conformance
