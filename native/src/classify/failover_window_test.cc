// SPDX-License-Identifier: Apache-2.0
// What an order of engines takes while a device hangs, and when it counts as hanging.
#include <doctest/doctest.h>

#include <array>

#include "classify/engine_order.h"
#include "classify/failover_matcher.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

constexpr uint32_t SLOTS = 8;

/// More than any deadline takes.
constexpr int ROUNDS_MAX = 200'000;

SignatureSet patternsOfTheTest() {
  SignatureSet set;
  set.patterns = {testing::pattern("^ab", 1), testing::pattern("^ab", 1, Transport::UDP)};
  return set;
}

/// Takes all and answers nothing.
class SilentDatabase final : public MatcherDatabase {
 public:
  using MatcherDatabase::MatcherDatabase;
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t) const override {
    return std::make_unique<SilentMatcher>();
  }

 private:
  class SilentMatcher final : public Matcher {
   public:
    size_t submit(std::span<const ScanRequest> requests) override { return requests.size(); }
    PollResult poll(std::span<MatchEvent>) override { return {}; }
  };
};

/// Takes all and answers one request a poll.
class SlowDatabase final : public MatcherDatabase {
 public:
  using MatcherDatabase::MatcherDatabase;
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t) const override {
    return std::make_unique<SlowMatcher>();
  }

 private:
  class SlowMatcher final : public Matcher {
   public:
    size_t submit(std::span<const ScanRequest> requests) override {
      waiting_ += requests.size();
      return requests.size();
    }
    PollResult poll(std::span<MatchEvent>) override {
      if (waiting_ == 0) return {};
      --waiting_;
      return {0, 1};
    }

   private:
    size_t waiting_ = 0;
  };
};

std::shared_ptr<const MatcherDatabase> emulatorAlone(const std::string& settings, int64_t gatherNs,
                                                     std::shared_ptr<EngineTotals> totals) {
  EngineOptions options;
  options.order = {EngineChoice{Engine::EMULATOR}};
  options.device.settings = settings;
  options.device.gatherNs = gatherNs;
  options.deadlineNs = 200'000'000;
  return createEngines(options, patternsOfTheTest(), {}, std::move(totals));
}

/// All that was taken is polled; how many requests completed.
size_t drain(Matcher& matcher, size_t taken) {
  std::array<MatchEvent, 64> polled;
  size_t completed = 0;
  for (int round = 0; completed < taken; ++round) {
    REQUIRE(round < ROUNDS_MAX);
    matcher.await();
    completed += matcher.poll(polled).completedRequests;
  }
  return completed;
}

std::shared_ptr<const EngineOrder> orderThatHangs(uint64_t journalBytesMax,
                                                  std::shared_ptr<EngineTotals> totals) {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
  EngineOptions options;
  options.order = {{Engine::NCORE, 0}, {Engine::HYPERSCAN}};
  options.deadlineNs = 1'000'000;
  options.journalBytesMax = journalBytesMax;
  const EngineOrder::Databases databases = {std::make_shared<SilentDatabase>(patternsOfTheTest()),
                                            software};
  return std::make_shared<EngineOrder>(options, patternsOfTheTest(), databases, std::move(totals));
}

TEST_CASE("what comes while a device hangs is taken as long as the journal has room") {
  constexpr size_t REQUESTS = 100'000;
  const auto totals = std::make_shared<EngineTotals>();
  const auto order = orderThatHangs(uint64_t{64} << 20, totals);
  const std::unique_ptr<Matcher> matcher = order->createMatcher(SLOTS);
  const std::vector<uint8_t> octets = {'a', 'b'};
  ScanRequest request{.bytes = octets,
                      .part = DatabasePart::UDP_CLIENT,
                      .startOfStream = true,
                      .endOfStream = true};
  size_t taken = 0;
  for (; taken < REQUESTS; ++taken) {
    request.tag = taken;
    request.generation = static_cast<uint32_t>(taken);
    if (matcher->submit({&request, 1}) == 0) break;
  }
  CHECK(taken == REQUESTS);
  CHECK(drain(*matcher, taken) == taken);
  CHECK(totals->unmatchedRequests == 0);
  CHECK(totals->lostStreams == 0);
}

TEST_CASE(
    "the end of a stream is taken when the journal is full, and is no request without engine") {
  const auto totals = std::make_shared<EngineTotals>();
  const auto order = orderThatHangs(8, totals);
  const std::unique_ptr<Matcher> matcher = order->createMatcher(SLOTS);
  const std::vector<uint8_t> octets(8, 'a');
  const ScanRequest start{.bytes = octets, .startOfStream = true};
  const ScanRequest other{.bytes = octets, .slot = 1, .startOfStream = true};
  const ScanRequest end{.endOfStream = true};
  CHECK(matcher->submit({&start, 1}) == 1);
  CHECK(matcher->submit({&other, 1}) == 0);
  CHECK(matcher->submit({&end, 1}) == 1);
  CHECK(drain(*matcher, 2) == 2);

  const auto alone = emulatorAlone("fault=lost@1", 0, totals);
  const std::unique_ptr<Matcher> lost = alone->createMatcher(SLOTS);
  CHECK(lost->submit({&start, 1}) == 1);
  CHECK(lost->submit({&end, 1}) == 1);
  CHECK(drain(*lost, 2) == 2);
  CHECK(totals->unmatchedRequests == 1);
}

TEST_CASE("a device is not taken for stuck while requests are gathered for it") {
  const auto totals = std::make_shared<EngineTotals>();
  const auto order = emulatorAlone("", 250'000'000, totals);
  const std::unique_ptr<Matcher> matcher = order->createMatcher(SLOTS);
  const std::vector<uint8_t> octets = {'a', 'b'};
  const ScanRequest request{.bytes = octets, .startOfStream = true, .endOfStream = true};
  CHECK(matcher->submit({&request, 1}) == 1);
  std::array<MatchEvent, 64> polled;
  while (matcher->poll(polled).completedRequests == 0) {
  }
  CHECK(totals->failures[static_cast<size_t>(EngineFailure::STUCK)] == 0);
}

TEST_CASE("a device that is given more than it does is left, whichever of its bounds comes first") {
  constexpr uint64_t JOURNAL_OF_ANY[] = {uint64_t{64} << 20, 4096};
  const std::vector<uint8_t> octets(32, 'a');
  ScanRequest request{.bytes = octets,
                      .part = DatabasePart::UDP_CLIENT,
                      .startOfStream = true,
                      .endOfStream = true};
  for (const uint64_t journalBytesMax : JOURNAL_OF_ANY) {
    CAPTURE(journalBytesMax);
    const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
    const auto totals = std::make_shared<EngineTotals>();
    EngineOptions options;
    options.order = {{Engine::NCORE, 0}, {Engine::HYPERSCAN}};
    options.deadlineNs = 20'000'000;
    options.journalBytesMax = journalBytesMax;
    const EngineOrder order(options, patternsOfTheTest(),
                            {std::make_shared<SlowDatabase>(patternsOfTheTest()), software},
                            totals);
    const auto matcher = order.createMatcher(SLOTS);
    std::array<MatchEvent, 64> polled;
    size_t taken = 0;
    size_t completed = 0;
    for (int round = 0; !order.use()->hasFailed(0); ++round) {
      REQUIRE(round < 10 * ROUNDS_MAX);
      for (int i = 0; i < 2; ++i) {
        ++request.generation;
        taken += matcher->submit({&request, 1});
      }
      completed += matcher->poll(polled).completedRequests;
    }
    CHECK(order.use()->failure(0) == EngineFailure::SLOW);
    CHECK(order.use()->states()[1].matchers == 1);
    CHECK(drain(*matcher, taken - completed) == taken - completed);
    CHECK(totals->unmatchedRequests == 0);
  }
}

}  // namespace
}  // namespace weir
