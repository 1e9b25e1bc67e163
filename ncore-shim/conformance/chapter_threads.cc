// SPDX-License-Identifier: Apache-2.0
// Queues in threads of their own, and a device used from several.
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "samples.h"
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

constexpr uint32_t QUEUES = 4;
constexpr uint32_t STREAMS = 64;
constexpr int ROUNDS = 60;

using Ends = std::vector<std::pair<uint64_t, uint32_t>>;  // end offset and pattern

// Feeds the payloads in pieces of three bytes, interleaved over slots; appends the events by
// stream.
void feed(const Subject& subject, Device& device, int rounds, uint32_t seed,
          std::vector<Ends>& ends) {
  Queue queue(subject, device, {STREAMS, 64, 0});
  const uint32_t slots = subject.streams(STREAMS);
  const auto count = static_cast<uint32_t>(payloads().size());
  ends.assign(count, {});
  for (int round = 0; round < rounds; ++round) {
    for (uint32_t i = 0; i < count; ++i) {
      const std::string& payload = payloads()[(i + seed) % count];
      const uint32_t slot = (i + seed) % slots;
      for (size_t at = 0; at <= payload.size(); at += 3) {
        uint32_t flags = at == 0 ? NCORE_JOB_OPEN : 0u;
        if (at + 3 > payload.size()) flags |= NCORE_JOB_CLOSE;
        const auto piece = std::string_view(payload).substr(at, 3);
        const Results results =
            queue.run(job(piece, flags, slot, static_cast<uint32_t>(round) + 1));
        if (round > 0) continue;
        Ends& stream = ends[(i + seed) % count];
        for (const NcoreEvent& event : results.events) {
          stream.emplace_back(event.endOffset, event.patternId);
        }
      }
    }
  }
}

struct Outcome {
  std::vector<Ends> ends;
  std::string failure;
};

Outcome feedSafely(const Subject& subject, Device& device, int rounds, uint32_t seed) {
  Outcome outcome;
  try {
    feed(subject, device, rounds, seed, outcome.ends);
  } catch (const Failure& failure) {
    outcome.failure = failure.text;
  }
  return outcome;
}

// Each queue in a thread, while `meanwhile` goes on in this one.
template <typename Meanwhile>
std::vector<Outcome> inThreads(const Subject& subject, Device& device, Meanwhile meanwhile) {
  const uint32_t queues = subject.queues(QUEUES);
  std::vector<Outcome> outcomes(queues);
  std::atomic<uint32_t> running{queues};
  std::vector<std::jthread> threads;  // joined also when `meanwhile` throws
  for (uint32_t i = 0; i < queues; ++i) {
    threads.emplace_back([&, i] {
      outcomes[i] = feedSafely(subject, device, ROUNDS / 10, i * 5);
      --running;
    });
  }
  while (running > 0) meanwhile();
  for (std::jthread& thread : threads) thread.join();
  return outcomes;
}

void compare(const std::vector<Outcome>& outcomes, const std::vector<Ends>& expected) {
  for (size_t queue = 0; queue < outcomes.size(); ++queue) {
    check(outcomes[queue].failure.empty(),
          "in queue " + std::to_string(queue) + ": " + outcomes[queue].failure);
    for (size_t i = 0; i < expected.size(); ++i) {
      check(outcomes[queue].ends[i] == expected[i],
            "queue " + std::to_string(queue) + " of " + std::to_string(outcomes.size()) +
                " in threads, stream " + quoted(payloads()[i]) + "\nexpected: " +
                std::to_string(expected[i].size()) + " events as with one thread\n     got: " +
                std::to_string(outcomes[queue].ends[i].size()) + ", or others");
    }
  }
}

std::vector<Ends> alone(const Subject& subject, const Database& database) {
  Device device(subject);
  device.use(database);
  std::vector<Ends> ends;
  feed(subject, device, 1, 0, ends);
  return ends;
}

void queuesInThreads(Subject& subject) {
  const Database database(subject, signatures());
  const std::vector<Ends> expected = alone(subject, database);
  Device device(subject);
  device.use(database);
  const auto rest = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  compare(inThreads(subject, device, rest), expected);
}

void exchangedMeanwhile(Subject& subject) {
  const Database database(subject, signatures());
  const std::vector<Ends> expected = alone(subject, database);
  Device device(subject);
  uint32_t active = device.use(database);
  uint32_t exchanges = 0;
  // Another database with the same patterns: whichever a stream gets, its events are the same.
  const auto exchange = [&] {
    const Database fresh(subject, signatures());
    uint32_t next = 0;
    const NcoreStatus status = subject.api().loadDatabase(device.handle, fresh.handle, &next);
    if (status == NCORE_OUT_OF_PATTERNS) return;  // streams still go on with an earlier one
    checkStatus(status, NCORE_OK, "loadDatabase");
    checkStatus(subject.api().activateDatabase(device.handle, next), NCORE_OK, "activateDatabase");
    checkStatus(subject.api().unloadDatabase(device.handle, active), NCORE_OK, "unloadDatabase");
    active = next;
    ++exchanges;
    NcoreCapabilities capabilities{};
    capabilities.sizeBytes = sizeof capabilities;
    subject.api().queryCapabilities(device.handle, &capabilities);
  };
  compare(inThreads(subject, device, exchange), expected);
  if (exchanges == 0) throw NotApplicable{"two databases do not fit"};
}

void compileAnywhere(Subject& subject) {
  std::vector<std::string> failures(3);
  std::vector<std::thread> threads;
  for (std::string& failure : failures) {
    threads.emplace_back([&] {
      try {
        for (int i = 0; i < 10; ++i) {
          const Database database(subject, signatures());
          for (const NcorePatternReport& report : database.reports) {
            check(report.verdict == NCORE_ACCEPTED,
                  "a signature is refused: " + printable(report.reason));
          }
        }
      } catch (const Failure& thrown) {
        failure = thrown.text;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) check(failure.empty(), failure);
}

void queuesOpenAndClose(Subject& subject) {
  Device device(subject);
  const Database database(subject, patternSet({"ab"}));
  device.use(database);
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < subject.queues(2); ++i) {
    threads.emplace_back([&] {
      try {
        for (int round = 0; round < 50; ++round) {
          Queue queue(subject, device);
          if (queue.run(job("xab", WHOLE)).events.size() != 1) ++failed;
        }
      } catch (const Failure&) {
        ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  check(failed == 0, "queues opened and closed in two threads: wrong results");
}

// Opened here, used in two other threads with a stream that goes on, closed in a third.
void handedOver(Subject& subject) {
  const Database database(subject, patternSet({"abc"}));
  Device device(subject);
  device.use(database);
  auto queue = std::make_unique<Queue>(subject, device);
  size_t events = 0;
  std::string failure;
  const auto inThread = [&](std::string_view bytes, uint32_t flags) {
    std::thread([&, bytes, flags] {
      try {
        events += queue->run(job(bytes, flags)).events.size();
      } catch (const Failure& thrown) {
        failure = thrown.text;
      }
    }).join();
  };
  inThread("ab", NCORE_JOB_OPEN);
  inThread("c", NCORE_JOB_CLOSE);
  std::thread([&] { queue.reset(); }).join();
  check(failure.empty(), failure);
  check(events == 1,
        "a match across two threads that use the queue in turn: expected 1 event, got " +
            std::to_string(events));
}

// With jobs in flight: a device that has threads of its own must end them, whatever they are at.
void devicesOpenAndClose(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  const std::string bytes(2000, 'a');
  const std::vector<NcoreJob> jobs(16, job(bytes, WHOLE));
  for (uint32_t round = 0; round < 200; ++round) {
    Device device(subject);
    device.use(database);
    {
      Queue queue(subject, device);
      queue.submit(jobs.data(), round % 16);
    }
    checkStatus(subject.api().closeDevice(std::exchange(device.handle, nullptr)), NCORE_OK,
                "closeDevice");
  }
}

// The device is closed by another thread as soon as it can be: when no queue is open any more, also
// not one that is still at closing.
void deviceClosesBehindQueue(Subject& subject) {
  const Database database(subject, patternSet({"ab"}));
  for (uint32_t round = 0; round < 200; ++round) {
    Device device(subject);
    device.use(database);
    auto queue = std::make_unique<Queue>(subject, device);
    const NcoreJob one = job("xab", WHOLE);
    queue->submit(&one, 1);
    std::jthread owner([&] { queue.reset(); });
    Patience patience(subject);
    NcoreStatus status = NCORE_OK;
    while ((status = subject.api().closeDevice(device.handle)) == NCORE_BUSY) {
      patience.wait("the end of BUSY");
    }
    checkStatus(status, NCORE_OK, "closeDevice beside closeQueue");
    device.handle = nullptr;
  }
}

}  // namespace

Chapter threadsChapter() {
  return {
      "threads",
      {
          {"queues in several threads give what one gives",
           "Functions on a queue: its owner thread only", queuesInThreads},
          {"databases are exchanged while queues work",
           "Functions on a device: any thread, the device serialises them.", exchangedMeanwhile},
          {"sets are compiled in several threads",
           "compile, saveDatabase, restoreDatabase, freeDatabase, listDevices and statusText: any "
           "thread.",
           compileAnywhere},
          {"queues are opened and closed in several threads", "A queue has one owner thread.",
           queuesOpenAndClose},
          {"a queue is handed over from thread to thread",
           "a host may hand a queue over from one thread to another", handedOver},
          {"a device is opened and closed again and again",
           "A device may come back: the host closes it and opens it anew.", devicesOpenAndClose},
          {"a device is closed as soon as its last queue is, in another thread",
           "Functions on a device: any thread, the device serialises them.",
           deviceClosesBehindQueue},
      }};
}

}  // namespace ncore_conformance
