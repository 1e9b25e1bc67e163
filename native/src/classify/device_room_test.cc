// SPDX-License-Identifier: Apache-2.0
// What a device has no room for at one moment it may have room for at another; and what else
// depends on the sets that are in it.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "classify/engine_order.h"
#include "classify/ncore_database.h"

namespace weir {
namespace {

/// The emulator, with as much memory for streams as it is told.
struct Card {
  NcoreApi api{};
  size_t queuesMax = SIZE_MAX;  ///< for more there is no memory
  size_t queues = 0;
  NcoreStatus polled = NCORE_OK;
  NcoreStatus loaded = NCORE_OK;
  std::function<void()> whileLoading;
  std::chrono::milliseconds compiling{0};
  size_t activations = 0;
  NcoreStatus activated = NCORE_OK;
  std::string refused;  ///< a regex that is too large for it at the moment
};
Card card;
const NcoreApi* emulator = nullptr;

NcoreStatus openQueue(NcoreDevice* device, const NcoreQueueOptions* options, NcoreQueue** queue) {
  if (card.queues == card.queuesMax) return NCORE_OUT_OF_MEMORY;
  ++card.queues;
  return emulator->openQueue(device, options, queue);
}

NcoreStatus closeQueue(NcoreQueue* queue) {
  --card.queues;
  return emulator->closeQueue(queue);
}

NcoreStatus poll(NcoreQueue* queue, NcorePoll* results) {
  return card.polled == NCORE_OK ? emulator->poll(queue, results) : card.polled;
}

NcoreStatus loadDatabase(NcoreDevice* device, const ::NcoreDatabase* database, uint32_t* id) {
  if (card.whileLoading) card.whileLoading();
  return card.loaded == NCORE_OK ? emulator->loadDatabase(device, database, id) : card.loaded;
}

NcoreStatus activateDatabase(NcoreDevice* device, uint32_t id) {
  ++card.activations;
  return card.activated == NCORE_OK ? emulator->activateDatabase(device, id) : card.activated;
}

NcoreStatus compile(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                    ::NcoreDatabase** database) {
  std::this_thread::sleep_for(card.compiling);
  const NcoreStatus status = emulator->compile(patterns, count, reports, database);
  for (uint32_t i = 0; i < count; ++i) {
    const std::string regex(reinterpret_cast<const char*>(patterns[i].regex),
                            patterns[i].lengthBytes);
    if (regex == card.refused) reports[i].verdict = NCORE_REFUSED_TOO_LARGE;
  }
  return status;
}

NcoreStatus giveApi(uint32_t, const NcoreApi** api) {
  *api = &card.api;
  return NCORE_OK;
}

std::shared_ptr<OpenDevice> openCard() {
  REQUIRE(ncoreGetApi(NCORE_ABI_VERSION, &emulator) == NCORE_OK);
  card = {};
  card.api = *emulator;
  card.api.openQueue = openQueue;
  card.api.closeQueue = closeQueue;
  card.api.poll = poll;
  card.api.compile = compile;
  card.api.loadDatabase = loadDatabase;
  card.api.activateDatabase = activateDatabase;
  return std::make_shared<OpenDevice>(NcoreLibrary::of(giveApi, "a card"), NCORE_DEVICE_EMULATOR,
                                      "");
}

SignatureSet onePattern(const std::string& regex = "text") {
  SignatureSet set;
  set.patterns = {{.regex = regex, .transport = Transport::TCP}};
  return set;
}

std::shared_ptr<const MatcherDatabase> load(const std::shared_ptr<OpenDevice>& device,
                                            const std::string& regex = "text") {
  return std::make_shared<NcoreDatabase>(device, 0, onePattern(regex),
                                         RefusedPatterns::GO_TO_HYPERSCAN, DatabaseCache{});
}

/// Events of a stream in one piece.
size_t eventsOf(Matcher& matcher, std::string_view text = "text") {
  const ScanRequest request{.bytes = {reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                            .startOfStream = true,
                            .endOfStream = true};
  REQUIRE(matcher.submit({&request, 1}) == 1);
  std::array<MatchEvent, 8> events;
  const PollResult result = matcher.poll(events);
  REQUIRE(result.completedRequests == 1);
  return result.events;
}

TEST_CASE("a card without memory for one more queue is taken back when another queue is closed") {
  const auto device = openCard();
  EngineOptions options{.order = {{Engine::NCORE}, {Engine::HYPERSCAN}}};
  const EngineOrder order(options, onePattern(),
                          {load(device), createMatcherDatabase(Engine::HYPERSCAN, onePattern())},
                          std::make_shared<EngineTotals>());
  card.queuesMax = 1;
  auto older = order.createMatcher(4);
  const auto newer = order.createMatcher(4);
  CHECK(order.use()->failure(0) == EngineFailure::UNAVAILABLE);
  CHECK(order.use()->states()[1].matchers == 1);
  older.reset();
  CHECK(order.revive({}));
  CHECK(eventsOf(*newer) == 1);
  CHECK(order.use()->states()[0].matchers == 1);
  CHECK_FALSE(order.use()->hasFailed(0));
}

TEST_CASE("a queue that runs out of memory is lost alone, and its card is not opened anew") {
  const auto device = openCard();
  const auto database = load(device);
  const auto matcher = database->createMatcher(4);
  std::array<MatchEvent, 8> events;
  card.polled = NCORE_OUT_OF_MEMORY;
  CHECK(matcher->poll(events).completedRequests == 0);
  CHECK(matcher->failure() == EngineFailure::UNAVAILABLE);
  card.polled = NCORE_OK;
  const auto another = database->createMatcher(4);
  CHECK(eventsOf(*another) == 1);
}

TEST_CASE("a set is activated by who loads it, no lane waits for that") {
  const auto device = openCard();
  const auto older = load(device, "older");
  const auto matcher = older->createMatcher(4);
  const auto newer = load(device, "newer");
  CHECK(card.activations == 2);
  CHECK(eventsOf(*newer->createMatcher(4), "newer") == 1);
  CHECK(eventsOf(*older->createMatcher(4), "older") == 1);
  CHECK(card.activations == 2);
  card.activated = NCORE_OUT_OF_MEMORY;
  CHECK_THROWS_AS((void)load(device, "third"), EngineError);
  CHECK(eventsOf(*matcher, "older") == 1);
}

TEST_CASE("what was loaded when a set had no room counts, though it goes meanwhile") {
  const auto failureOn = [](const std::shared_ptr<OpenDevice>& device) {
    card.loaded = NCORE_OUT_OF_PATTERNS;
    try {
      (void)load(device);
      return EngineFailure::NONE;
    } catch (const EngineError& error) {
      return error.failure();
    }
  };
  const auto device = openCard();
  auto older = load(device);
  card.whileLoading = [&] { older.reset(); };
  CHECK(failureOn(device) == EngineFailure::UNAVAILABLE);
  CHECK(failureOn(openCard()) == EngineFailure::TOO_SMALL);
}

TEST_CASE("a set beside which an older one's patterns are refused has no room") {
  const auto device = openCard();
  auto older = load(device, "older");
  card.refused = "older";
  for (const char* regex : {"newer", "older"}) {
    CAPTURE(regex);
    try {
      (void)load(device, regex);
      FAIL("it was loaded");
    } catch (const EngineError& error) {
      CHECK(error.failure() == EngineFailure::UNAVAILABLE);
    }
  }
  older.reset();
  CHECK(eventsOf(*load(device, "newer")->createMatcher(4), "newer") == 1);
}

TEST_CASE("what a device never took for an older set is no reason to refuse a newer one") {
  const auto device = openCard();
  card.refused = "older";
  const auto older = load(device, "older");
  const auto newer = load(device, "newer");
  CHECK(eventsOf(*older->createMatcher(4), "older") == 1);
  CHECK(eventsOf(*newer->createMatcher(4), "newer") == 1);
}

TEST_CASE("of two sets that are loaded at the same time the newer has the patterns of both") {
  const auto device = openCard();
  card.compiling = std::chrono::milliseconds(20);
  std::shared_ptr<const MatcherDatabase> first;
  std::thread other([&] { first = load(device, "first"); });
  const auto second = load(device, "second");
  other.join();
  const auto ofFirst = first->createMatcher(4);
  const auto ofSecond = second->createMatcher(4);
  CHECK(eventsOf(*ofFirst, "first") == 1);
  CHECK(eventsOf(*ofSecond, "second") == 1);
}

}  // namespace
}  // namespace weir
