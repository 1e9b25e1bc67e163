// SPDX-License-Identifier: Apache-2.0
// Requests as jobs of a device: however they are cut, each octet goes there once and in order, and
// what comes back finds its request.
#include "classify/ncore_jobs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

namespace weir {
namespace {

std::span<const uint8_t> octetsOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

NcoreCompletion completionOf(const NcoreJob& job, NcoreStatus status = NCORE_OK,
                             uint32_t events = 0) {
  return {job.tag, job.slot, job.generation, status, 0, events, 0};
}

TEST_CASE("no job is longer than the device takes, and jobs have the streams' octets and flags") {
  std::mt19937 random(7);
  for (const uint32_t limit : {1U, 3U, 16U, 0U}) {
    CAPTURE(limit);
    NcoreJobs jobs(1, limit);
    std::string expected;
    std::string sent;
    constexpr size_t REQUESTS = 50;
    size_t completed = 0;
    for (size_t tag = 0; tag < REQUESTS; ++tag) {
      std::string text(random() % 20, ' ');
      for (char& octet : text) octet = static_cast<char>('a' + random() % 26);
      expected += text;
      jobs.add({.bytes = octetsOf(text),
                .tag = tag,
                .startOfStream = tag == 0,
                .endOfStream = tag + 1 == REQUESTS},
               tag % 3 == 0);
      if (random() % 4 != 0 && tag + 1 != REQUESTS) continue;
      const auto unsent = jobs.unsent(UINT32_MAX);
      const std::vector<NcoreJob> offered(unsent.begin(), unsent.end());
      jobs.markSent(static_cast<uint32_t>(offered.size()));
      CHECK(jobs.unsentBytes() == 0);
      for (const NcoreJob& job : offered) {
        if (limit != 0) CHECK(job.lengthBytes <= limit);
        CHECK(((job.flags & NCORE_JOB_OPEN) != 0) == (job.tag == 0));
        sent.append(reinterpret_cast<const char*>(job.bytes), job.lengthBytes);
        const bool isLast = tag + 1 == REQUESTS && &job == &offered.back();
        CHECK(((job.flags & NCORE_JOB_CLOSE) != 0) == isLast);
      }
      std::vector<uint64_t> incomplete;
      std::vector<MatchEvent> events;
      for (const NcoreJob& job : offered) CHECK(jobs.complete(completionOf(job), incomplete));
      CHECK(incomplete.empty());
      completed += jobs.takeCompleted(events);
      CHECK(completed == tag + 1);
    }
    CHECK(sent == expected);
  }
}

TEST_CASE("a request in several jobs is done with its last, and only its end is tested as one") {
  NcoreJobs jobs(1, 4);
  const std::string text = "abcdefghij";
  jobs.add({.bytes = octetsOf(text), .tag = 70, .startOfStream = true, .endOfStream = true}, true);
  const auto unsent = jobs.unsent(10);
  const std::vector<NcoreJob> offered(unsent.begin(), unsent.end());
  REQUIRE(offered.size() == 3);
  CHECK(offered[0].flags == NCORE_JOB_OPEN);
  CHECK(offered[1].flags == 0);
  CHECK(offered[2].flags == (NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA));
  jobs.markSent(3);
  const NcoreJobs::Found found = jobs.find({3, offered[0].tag, 0, 0, 0, 0});
  REQUIRE(found.events != nullptr);
  CHECK(found.tag == 70);
  std::vector<uint64_t> incomplete;
  std::vector<MatchEvent> events;
  CHECK(jobs.complete(completionOf(offered[0], NCORE_OK, 1), incomplete));
  CHECK(jobs.complete(completionOf(offered[1], NCORE_TIMEOUT), incomplete));
  CHECK(incomplete.empty());
  CHECK(jobs.takeCompleted(events) == 0);
  CHECK(jobs.complete(completionOf(offered[2], NCORE_STALE_GENERATION), incomplete));
  CHECK(incomplete == std::vector<uint64_t>{70});
  CHECK(jobs.takeCompleted(events) == 1);
}

TEST_CASE("a device that does not count its events as they came is found out") {
  NcoreJobs jobs(1, 0);
  const std::string text = "ab";
  jobs.add({.bytes = octetsOf(text), .startOfStream = true, .endOfStream = true}, false);
  const NcoreJob offered = jobs.unsent(1).front();
  jobs.markSent(1);
  std::vector<uint64_t> incomplete;
  CHECK_FALSE(jobs.complete(completionOf(offered, NCORE_OK, 1), incomplete));
  CHECK(jobs.find({1, offered.tag, 0, 0, 0, 0}).events != nullptr);
  CHECK(jobs.complete(completionOf(offered, NCORE_OK, 1), incomplete));
}

TEST_CASE("after a burst not all of its buffers are kept") {
  constexpr uint32_t BURST = 10000;
  NcoreJobs jobs(BURST, 0);
  const std::string text = "ab";
  for (uint32_t slot = 0; slot < BURST; ++slot)
    jobs.add({.bytes = octetsOf(text), .slot = slot, .startOfStream = true}, false);
  const auto unsent = jobs.unsent(BURST);
  const std::vector<NcoreJob> offered(unsent.begin(), unsent.end());
  jobs.markSent(BURST);
  std::vector<uint64_t> incomplete;
  for (const NcoreJob& job : offered) REQUIRE(jobs.complete(completionOf(job), incomplete));
  CHECK(jobs.spareJobs() > 0);
  CHECK(jobs.spareJobs() < BURST / 4);
}

}  // namespace
}  // namespace weir
