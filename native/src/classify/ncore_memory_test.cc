// SPDX-License-Identifier: Apache-2.0
// A device that asks for registered memory is told of a lane's, finds the jobs in it, and is told
// no later than its queue is closed that it is gone.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "classify/ncore_database.h"

namespace weir {
namespace {

/// The emulator, and what a host tells it of memory.
struct Card {
  NcoreApi api{};
  NcoreStatus registered = NCORE_OK;
  std::vector<std::span<const uint8_t>> memory;
  size_t jobsInside = 0;
  size_t jobsOutside = 0;
  NcoreStatus unregistered = NCORE_BUSY;
};
Card card;
const NcoreApi* emulator = nullptr;

NcoreStatus registerMemory(NcoreDevice* device, void* base, uint64_t sizeBytes) {
  if (card.registered != NCORE_OK) return card.registered;
  card.memory.push_back({static_cast<const uint8_t*>(base), sizeBytes});
  return emulator->registerMemory(device, base, sizeBytes);
}

NcoreStatus unregisterMemory(NcoreDevice* device, void* base) {
  card.unregistered = emulator->unregisterMemory(device, base);
  return card.unregistered;
}

bool isRegistered(const NcoreJob& job) {
  for (const auto memory : card.memory) {
    const uint8_t* const end = memory.data() + memory.size();
    if (job.bytes >= memory.data() && job.bytes + job.lengthBytes <= end) return true;
  }
  return false;
}

NcoreStatus submit(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count, uint32_t* accepted) {
  const NcoreStatus status = emulator->submit(queue, jobs, count, accepted);
  for (uint32_t i = 0; i < *accepted; ++i) {
    if (jobs[i].lengthBytes > 0) ++(isRegistered(jobs[i]) ? card.jobsInside : card.jobsOutside);
  }
  return status;
}

NcoreStatus giveApi(uint32_t, const NcoreApi** api) {
  *api = &card.api;
  return NCORE_OK;
}

std::shared_ptr<const MatcherDatabase> openCard(const std::string& settings) {
  REQUIRE(ncoreGetApi(NCORE_ABI_VERSION, &emulator) == NCORE_OK);
  card = {};
  card.api = *emulator;
  card.api.registerMemory = registerMemory;
  card.api.unregisterMemory = unregisterMemory;
  card.api.submit = submit;
  const auto device = std::make_shared<OpenDevice>(NcoreLibrary::of(giveApi, "a card"),
                                                   NCORE_DEVICE_EMULATOR, settings);
  SignatureSet set;
  set.patterns = {{.regex = "text", .transport = Transport::TCP}};
  return std::make_shared<NcoreDatabase>(device, 0, std::move(set),
                                         RefusedPatterns::GO_TO_HYPERSCAN, DatabaseCache{});
}

/// Events of so many streams, each in two pieces, a third of which is over.
size_t eventsOf(Matcher& matcher, uint32_t streams) {
  const std::string first(700, 'x');
  const std::string second = first + "text";
  std::vector<ScanRequest> requests;
  for (uint32_t slot = 0; slot < streams; ++slot) {
    for (const std::string* const piece : {&first, &second}) {
      requests.push_back({.bytes = {reinterpret_cast<const uint8_t*>(piece->data()), piece->size()},
                          .slot = slot,
                          .startOfStream = piece == &first,
                          .endOfStream = piece == &second && slot % 3 == 0});
    }
  }
  std::array<MatchEvent, 64> polled;
  size_t events = 0;
  size_t taken = 0;
  for (size_t completed = 0; completed < requests.size();) {
    taken += matcher.submit(std::span(requests).subspan(taken));
    matcher.await();
    const PollResult result = matcher.poll(polled);
    events += result.events;
    completed += result.completedRequests;
  }
  return events;
}

TEST_CASE("jobs lie in memory that the device was told of, as long as there is room") {
  for (const char* settings : {"registers=1", "registers=1,channels=2"}) {
    CAPTURE(settings);
    const auto database = openCard(settings);
    {
      const auto matcher = database->createMatcher(1000);
      for (int turn = 0; turn < 20; ++turn) CHECK(eventsOf(*matcher, 1000) == 1000);
      const ScanRequest last{.bytes = card.memory.at(0).first(10), .startOfStream = true};
      CHECK(matcher->submit({&last, 1}) == 1);
      matcher->urge();
    }
    CHECK(card.memory.size() == 1);
    CHECK(card.jobsInside > 10'000);
    CHECK(card.jobsOutside == 0);
    CHECK(card.unregistered == NCORE_OK);
  }
}

TEST_CASE(
    "a device that does not ask for memory, or does not take it, is given jobs all the same") {
  const auto quiet = openCard("channels=2");
  CHECK(eventsOf(*quiet->createMatcher(100), 100) == 100);
  CHECK(card.memory.empty());
  const auto full = openCard("registers=1,channels=2");
  card.registered = NCORE_OUT_OF_MEMORY;
  CHECK(eventsOf(*full->createMatcher(100), 100) == 100);
  CHECK(card.unregistered == NCORE_BUSY);  // it was not asked
}

}  // namespace
}  // namespace weir
