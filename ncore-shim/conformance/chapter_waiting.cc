// SPDX-License-Identifier: Apache-2.0
// The calls of a queue's owner do not wait for the device.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>

#include "subject.h"

namespace ncore_conformance {
namespace {

using Seconds = std::chrono::duration<double>;

// A call of a queue's owner is done in a few microseconds, with sanitizers in tens of them.
constexpr Seconds LONG{0.001};
constexpr int CALLS = 200;
constexpr Seconds ENOUGH{1};  // of calls that wait
constexpr int ATTEMPTS = 3;

// What this thread has done so far. Its waits are those that it began itself: a machine that is
// busy with others takes the processor away, which says nothing of the device.
struct Spent {
  std::chrono::steady_clock::time_point at = std::chrono::steady_clock::now();
  Seconds processor{0};
  long waits = 0;

  static Spent now() {
    Spent spent;
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    spent.processor = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    spent.waits = usage.ru_nvcsw;
    return spent;
  }
};

// Whether a call from `before` to `after` slept, or turned in a circle, for long.
bool hasWaited(const Spent& before, const Spent& after) {
  const bool wasLong = after.at - before.at >= LONG;
  return wasLong && (after.waits > before.waits || after.processor - before.processor >= LONG);
}

struct Count {
  int calls = 0;
  int waited = 0;

  [[nodiscard]] bool isMuch() const { return waited * 4 > calls; }
};

// `prepare` is not measured.
template <typename Prepare, typename Call>
Count measure(Prepare prepare, Call call) {
  Count count;
  Seconds sum{0};
  while (count.calls < CALLS && sum < ENOUGH) {
    prepare();
    const Spent before = Spent::now();
    call();
    const Spent after = Spent::now();
    sum += after.at - before.at;
    ++count.calls;
    if (hasWaited(before, after)) ++count.waited;
  }
  return count;
}

// A lock that a worker holds for a moment is met now and then, not each time.
template <typename Prepare, typename Call>
void checkNeverWaits(const std::string& what, Prepare prepare, Call call) {
  Count count;
  for (int attempt = 0; attempt < ATTEMPTS; ++attempt) {
    count = measure(prepare, call);
    if (!count.isMuch()) return;
  }
  throw Failure{
      what + "\nexpected: each returns at once\n     got: " + std::to_string(count.waited) +
      " of " + std::to_string(count.calls) + " waited, or were busy, for a millisecond or more"};
}

void nothing() {}

class Host {
 public:
  explicit Host(Subject& subject, uint32_t depth = 64)
      : database_(subject, patternSet({"ab"})), device_(subject) {
    device_.use(database_);
    queue.emplace(subject, device_, QueueShape{4, depth, 0});
    queue->run(ONE);  // tables that are built at the first byte are there
  }

  // Until no job is taken any more.
  void fill() {
    while (queue->submit(&ONE, 1) > 0) {
    }
  }

  static inline const NcoreJob ONE = job("ab", WHOLE);

 private:
  Database database_;
  Device device_;

 public:
  std::optional<Queue> queue;
};

void idlePolls(Subject& subject) {
  Host host(subject);
  checkNeverWaits("polls of an idle queue", nothing, [&] { host.queue->poll(16, 16); });
}

void submitsWithRoom(Subject& subject) {
  Host host(subject);
  size_t inFlight = 0;
  const auto makeRoom = [&] {
    if (inFlight < subject.depth(64)) return;
    host.queue->wait(inFlight);
    inFlight = 0;
  };
  checkNeverWaits("submits of a job", makeRoom,
                  [&] { inFlight += host.queue->submit(&Host::ONE, 1); });
}

// Where a device is tempted to wait for room.
void submitsWithoutRoom(Subject& subject) {
  Host host(subject, 2);
  host.fill();
  checkNeverWaits("submits to a queue without room", nothing,
                  [&] { host.queue->submit(&Host::ONE, 1); });
}

void eventDescriptors(Subject& subject) {
  subject.needs(NCORE_CAP_EVENT_FD, "NCORE_CAP_EVENT_FD");
  Host host(subject);
  checkNeverWaits("calls of queueEventFd", nothing, [&] {
    int32_t fd = -1;
    checkStatus(subject.api().queueEventFd(host.queue->handle, &fd), NCORE_OK, "queueEventFd");
  });
}

}  // namespace

Chapter waitingChapter() {
  constexpr const char* NEVER = "submit, poll and queueEventFd never wait for the device.";
  return {"waiting",
          {
              {"poll of an idle queue does not wait", NEVER, idlePolls},
              {"submit does not wait for jobs to be done", NEVER, submitsWithRoom},
              {"submit does not wait for room", NEVER, submitsWithoutRoom},
              {"queueEventFd does not wait", NEVER, eventDescriptors},
          }};
}

}  // namespace ncore_conformance
