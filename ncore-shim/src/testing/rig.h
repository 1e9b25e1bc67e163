// SPDX-License-Identifier: Apache-2.0
// A host in a few lines: compiles patterns, opens the emulator through the C ABI and feeds it.
// Knows nothing of the emulator's inside. Tests only; one thread.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ncore.h"

namespace weir::ncore::testing {

inline const NcoreApi& api() {
  const NcoreApi* api = nullptr;
  REQUIRE(ncoreGetApi(NCORE_ABI_VERSION, &api) == NCORE_OK);
  return *api;
}

struct Regex {
  std::string text;
  uint32_t flags = 0;
};

inline const uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// A compiled set; the id of a pattern is its index.
class Patterns {
 public:
  explicit Patterns(const std::vector<Regex>& regexes) {
    std::vector<NcorePattern> patterns;
    patterns.reserve(regexes.size());
    for (const Regex& regex : regexes) {
      patterns.push_back({octets(regex.text), static_cast<uint32_t>(regex.text.size()), regex.flags,
                          static_cast<uint32_t>(patterns.size()), 0});
    }
    reports.resize(patterns.size());
    REQUIRE(api().compile(patterns.data(), static_cast<uint32_t>(patterns.size()), reports.data(),
                          &database) == NCORE_OK);
  }
  ~Patterns() { api().freeDatabase(database); }
  Patterns(const Patterns&) = delete;
  Patterns& operator=(const Patterns&) = delete;

  NcoreDatabase* database = nullptr;
  std::vector<NcorePatternReport> reports;
};

struct Results {
  std::vector<NcoreCompletion> completions;
  std::vector<NcoreEvent> events;
};

// Of a queue.
struct QueueShape {
  uint32_t streams = 16;
  uint32_t depth = 64;
  uint64_t tablesBytes = 0;

  [[nodiscard]] NcoreQueueOptions options() const {
    return {sizeof(NcoreQueueOptions), streams, depth, 0, tablesBytes};
  }
};

class Rig {
 public:
  explicit Rig(const QueueShape& shape = {}, const char* deviceOptions = nullptr) {
    REQUIRE(api().openDevice(NCORE_DEVICE_EMULATOR, deviceOptions, &device) == NCORE_OK);
    const NcoreQueueOptions options = shape.options();
    REQUIRE(api().openQueue(device, &options, &queue) == NCORE_OK);
  }
  ~Rig() {
    api().closeQueue(queue);
    api().closeDevice(device);
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  uint32_t use(const Patterns& patterns) {
    uint32_t id = 0;
    REQUIRE(api().loadDatabase(device, patterns.database, &id) == NCORE_OK);
    REQUIRE(api().activateDatabase(device, id) == NCORE_OK);
    return id;
  }

  uint32_t submit(const std::vector<NcoreJob>& jobs) {
    uint32_t accepted = 0;
    const NcoreStatus status =
        api().submit(queue, jobs.data(), static_cast<uint32_t>(jobs.size()), &accepted);
    REQUIRE(status == (accepted == 0 && !jobs.empty() ? NCORE_RING_FULL : NCORE_OK));
    return accepted;
  }

  Results poll(uint32_t completionCapacity = 256, uint32_t eventCapacity = 4096) {
    Results results{std::vector<NcoreCompletion>(completionCapacity),
                    std::vector<NcoreEvent>(eventCapacity)};
    NcorePoll poll{sizeof(NcorePoll),  0, results.completions.data(),
                   completionCapacity, 0, results.events.data(),
                   eventCapacity,      0};
    REQUIRE(api().poll(queue, &poll) == NCORE_OK);
    results.completions.resize(poll.completionCount);
    results.events.resize(poll.eventCount);
    return results;
  }

  // Polls until so many jobs have completed, for as long as a test may take.
  Results await(size_t completions) {
    Results all;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (all.completions.size() < completions && std::chrono::steady_clock::now() < until) {
      const Results some = poll();
      all.completions.insert(all.completions.end(), some.completions.begin(),
                             some.completions.end());
      all.events.insert(all.events.end(), some.events.begin(), some.events.end());
      if (some.completions.empty()) std::this_thread::yield();
    }
    REQUIRE(all.completions.size() == completions);
    return all;
  }

  Results run(const NcoreJob& job) {
    REQUIRE(submit({job}) == 1);
    return await(1);
  }

  NcoreDevice* device = nullptr;
  NcoreQueue* queue = nullptr;
};

inline NcoreJob job(std::string_view bytes, uint32_t flags, uint32_t slot = 0,
                    uint32_t generation = 1, uint64_t tag = 0) {
  return {octets(bytes),
          static_cast<uint32_t>(bytes.size()),
          flags,
          slot,
          generation,
          tag,
          nullptr,
          0,
          0};
}

constexpr uint32_t WHOLE = NCORE_JOB_OPEN | NCORE_JOB_CLOSE;

// First end offset by pattern id.
using Ends = std::map<uint32_t, uint64_t>;

inline void addEnds(const Results& results, Ends& ends) {
  for (const NcoreEvent& event : results.events) {
    CHECK_MESSAGE(ends.emplace(event.patternId, event.endOffset).second,
                  "reported twice: " << event.patternId);
  }
}

// Feeds one stream as one job for each segment.
inline Ends endsOf(Rig& rig, const std::vector<std::string>& segments) {
  Ends ends;
  for (size_t i = 0; i < segments.size(); ++i) {
    const uint32_t open = i == 0 ? NCORE_JOB_OPEN : 0;
    const uint32_t close = i + 1 == segments.size() ? NCORE_JOB_CLOSE : 0;
    addEnds(rig.run(job(segments[i], open | close)), ends);
  }
  return ends;
}

}  // namespace weir::ncore::testing
