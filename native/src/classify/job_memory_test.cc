// SPDX-License-Identifier: Apache-2.0
// Octets of jobs keep what was put into them, whatever is taken and given back around them.
#include "classify/job_memory.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace weir {
namespace {

struct Model {
  JobMemory::Octets octets;
  std::vector<uint8_t> expected;
};

bool isIn(std::span<const uint8_t> memory, const JobMemory::Octets& octets) {
  return octets.data() >= memory.data() &&
         octets.data() + octets.size() <= memory.data() + memory.size();
}

TEST_CASE("octets of jobs that grow and end in any order are those that were appended") {
  for (const size_t sizeBytes : {4096U, 20000U, 1U << 20}) {
    CAPTURE(sizeBytes);
    std::mt19937 random(11);
    JobMemory memory(sizeBytes);
    std::deque<Model> jobs;
    size_t inside = 0;
    size_t outside = 0;
    for (int step = 0; step < 20'000; ++step) {
      if (jobs.empty() || random() % 3 == 0) jobs.emplace_back();
      // The last ones grow, as those do that wait; the first one ends, or now and then another.
      Model& grown = jobs[jobs.size() - 1 - random() % std::min<size_t>(jobs.size(), 4)];
      std::vector<uint8_t> added(random() % (random() % 20 == 0 ? 3000 : 90));
      for (uint8_t& octet : added) octet = static_cast<uint8_t>(random());
      memory.append(grown.octets, added);
      grown.expected.insert(grown.expected.end(), added.begin(), added.end());
      if (jobs.size() < 2 + random() % 40) continue;
      const size_t ended = random() % 8 == 0 ? random() % jobs.size() : 0;
      Model& job = jobs[ended];
      REQUIRE(std::equal(job.expected.begin(), job.expected.end(), job.octets.data(),
                         job.octets.data() + job.octets.size()));
      if (!job.expected.empty()) ++(isIn(memory.whole(), job.octets) ? inside : outside);
      memory.giveBack(job.octets);
      CHECK(job.octets.size() == 0);
      jobs.erase(jobs.begin() + static_cast<ptrdiff_t>(ended));
    }
    for (Model& job : jobs) memory.giveBack(job.octets);
    CHECK(inside > 100);
    CHECK((outside > 0) == (sizeBytes < 1U << 20));
  }
}

TEST_CASE("where no job is left, the next has the first octets again") {
  JobMemory memory(100);
  CHECK(memory.whole().size() == 4096);
  CHECK(reinterpret_cast<uintptr_t>(memory.whole().data()) % 4096 == 0);
  const std::vector<uint8_t> text(3000, 'a');
  for (int turn = 0; turn < 10; ++turn) {
    JobMemory::Octets octets;
    memory.append(octets, text);
    CHECK(octets.data() == memory.whole().data());
    memory.giveBack(octets);
  }
}

}  // namespace
}  // namespace weir
