// SPDX-License-Identifier: Apache-2.0
// What a lane pays when its engine fails, and how an engine comes back.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <new>
#include <thread>
#include <vector>

#include "classify/failover_matcher.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::pattern;

constexpr std::string_view TEXT = "abcabcabcabc";

SignatureSet onePattern() {
  SignatureSet set;
  set.patterns = {pattern("c.*ab.*x", 1)};
  return set;
}

/// An engine that matches as `inner`, is told when to fail, and counts what it is given.
struct Switch {
  EngineFailure failure = EngineFailure::NONE;
  bool isTooSmall = false;
  bool isOutOfMemory = false;
  size_t queuesMax = SIZE_MAX;
  size_t queues = 0;
  size_t requests = 0;
  size_t tries = 0;  ///< to make a queue
  std::function<void()> whileTried;
};

class SwitchedMatcher final : public Matcher {
 public:
  SwitchedMatcher(std::unique_ptr<Matcher> inner, Switch& state)
      : inner_(std::move(inner)), state_(state) {
    ++state.queues;
  }
  ~SwitchedMatcher() override { --state_.queues; }
  SwitchedMatcher(const SwitchedMatcher&) = delete;
  SwitchedMatcher& operator=(const SwitchedMatcher&) = delete;
  size_t submit(std::span<const ScanRequest> requests) override {
    if (failure() != EngineFailure::NONE) return 0;
    state_.requests += requests.size();
    return inner_->submit(requests);
  }
  PollResult poll(std::span<MatchEvent> events) override {
    return failure() != EngineFailure::NONE ? PollResult{} : inner_->poll(events);
  }
  [[nodiscard]] EngineFailure failure() const override { return state_.failure; }

 private:
  const std::unique_ptr<Matcher> inner_;
  Switch& state_;
};

class SwitchedDatabase final : public MatcherDatabase {
 public:
  SwitchedDatabase(std::shared_ptr<const MatcherDatabase> inner, Switch& state)
      : MatcherDatabase(inner->signatures()), inner_(std::move(inner)), state_(state) {}
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override {
    ++state_.tries;
    if (state_.isTooSmall) throw EngineError(EngineFailure::TOO_SMALL, "a small card");
    if (state_.isOutOfMemory) throw std::bad_alloc();
    if (state_.whileTried) state_.whileTried();
    if (state_.failure != EngineFailure::NONE) throw EngineError(state_.failure, "a lost card");
    if (state_.queues == state_.queuesMax)
      throw EngineError(EngineFailure::UNAVAILABLE, "a card without another queue");
    return std::make_unique<SwitchedMatcher>(inner_->createMatcher(streamSlots), state_);
  }

 private:
  const std::shared_ptr<const MatcherDatabase> inner_;
  Switch& state_;
};

ScanRequest piece(std::string_view text, uint32_t slot) {
  return {.bytes = {reinterpret_cast<const uint8_t*>(text.data()), text.size()},
          .tag = slot,
          .slot = slot};
}

TEST_CASE("an engine that takes over is given what it needs in small pieces") {
  constexpr uint32_t STREAMS = 5000;
  constexpr size_t REQUESTS_A_CALL = 200;
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, onePattern());
  Switch card;
  Switch next;
  EngineOptions options;
  options.order = {{Engine::NCORE, 0}, {Engine::HYPERSCAN}};
  const EngineOrder order(options, onePattern(),
                          {std::make_shared<SwitchedDatabase>(software, card),
                           std::make_shared<SwitchedDatabase>(software, next)},
                          std::make_shared<EngineTotals>());
  const auto matcher = order.createMatcher(STREAMS);
  std::array<MatchEvent, 64> events;
  for (uint32_t slot = 0; slot < STREAMS; ++slot) {
    ScanRequest first = piece(TEXT, slot);
    first.startOfStream = true;
    REQUIRE(matcher->submit({&first, 1}) == 1);
    REQUIRE(matcher->poll(events).completedRequests == 1);
  }
  card.failure = EngineFailure::LOST;
  uint32_t asked = 0;
  size_t completed = 0;
  size_t found = 0;
  for (int call = 0; completed < STREAMS; ++call) {
    REQUIRE(call < 20000);
    size_t before = next.requests;
    if (asked < STREAMS) {
      const ScanRequest second = piece("x", asked++);
      CHECK(matcher->submit({&second, 1}) == 1);
      CHECK(next.requests - before <= REQUESTS_A_CALL);
      before = next.requests;
    }
    const PollResult result = matcher->poll(events);
    CHECK(next.requests - before <= REQUESTS_A_CALL);
    completed += result.completedRequests;
    found += result.events;
  }
  CHECK(found == STREAMS);
  CHECK(next.requests == 2 * STREAMS);
}

/// A card first, then software. The order has not opened the card: it comes back as it is only to
/// who shares it. When it is lost, the order opens `first` in its place.
struct CardAndSoftware {
  explicit CardAndSoftware(Engine first = Engine::NCORE)
      : options{.order = {{first}, {Engine::HYPERSCAN}}, .device = {.gatherNs = 0}} {}

  Switch card;
  Switch next;
  std::shared_ptr<EngineTotals> totals = std::make_shared<EngineTotals>();
  std::shared_ptr<const MatcherDatabase> software =
      createMatcherDatabase(Engine::HYPERSCAN, onePattern());
  EngineOptions options;
  EngineOrder order{options,
                    onePattern(),
                    {std::make_shared<SwitchedDatabase>(software, card),
                     std::make_shared<SwitchedDatabase>(software, next)},
                    totals};
};

/// Events of `text` in the slot.
size_t eventsOf(Matcher& matcher, std::string_view text, uint32_t slot, bool isStart) {
  ScanRequest request = piece(text, slot);
  request.startOfStream = isStart;
  REQUIRE(matcher.submit({&request, 1}) == 1);
  std::array<MatchEvent, 8> events;
  const PollResult result = matcher.poll(events);
  REQUIRE(result.completedRequests == 1);
  return result.events;
}

TEST_CASE("a lane that lost its queue comes back to the card, the others never leave it") {
  CardAndSoftware engines;
  const EngineUse& use = *engines.order.use();
  const auto unlucky = engines.order.createMatcher(4);
  const auto lucky = engines.order.createMatcher(4);
  const auto card = engines.order.database(0);
  CHECK(eventsOf(*unlucky, TEXT, 1, true) == 0);
  CHECK(eventsOf(*lucky, TEXT, 1, true) == 0);
  engines.card.failure = EngineFailure::UNAVAILABLE;
  CHECK(eventsOf(*unlucky, TEXT, 2, true) == 0);
  engines.card.failure = EngineFailure::NONE;
  CHECK(use.states()[0].matchers == 1);
  CHECK(use.states()[0].failure == EngineFailure::UNAVAILABLE);
  CHECK(use.states()[0].reason == "ncore: a lane's queue has no memory left");
  CHECK(engines.card.queues == 2);  // none is closed by the lane
  CHECK(engines.order.revive({}));
  CHECK(engines.card.queues == 2);  // the one that was left is closed, another is open
  CHECK(engines.order.database(0) == card);
  CHECK(eventsOf(*unlucky, TEXT, 3, true) == 0);  // after this the offer is taken
  CHECK(use.states()[0].matchers == 2);
  CHECK(use.states()[1].matchers == 0);
  CHECK_FALSE(use.hasFailed(0));
  const size_t before = engines.card.requests;
  for (const uint32_t slot : {1, 2, 3}) CHECK(eventsOf(*unlucky, "x", slot, false) == 1);
  CHECK(eventsOf(*lucky, "x", 1, false) == 1);
  CHECK(engines.card.requests == before + 3 + 4);  // with three from their start
  CHECK(engines.totals->lostStreams == 0);
  CHECK(engines.totals->unmatchedRequests == 0);
}

/// A successor of the card has been opened, and lanes have seen that it is offered.
void reopen(const CardAndSoftware& engines) {
  engines.order.noteFailure(0, engines.order.database(0), {EngineFailure::LOST, ""});
  REQUIRE(engines.order.revive({}));
}

TEST_CASE("a lane that sees later that its card is lost goes on with the card's successor") {
  CardAndSoftware engines(Engine::EMULATOR);
  const EngineUse& use = *engines.order.use();
  const auto matcher = engines.order.createMatcher(4);
  CHECK(eventsOf(*matcher, TEXT, 1, true) == 0);
  reopen(engines);
  CHECK(eventsOf(*matcher, TEXT, 2, true) == 0);
  CHECK(engines.card.requests == 2);
  engines.card.failure = EngineFailure::LOST;
  CHECK(eventsOf(*matcher, "x", 1, false) == 1);
  CHECK(use.states()[0].matchers == 1);
  CHECK(use.states()[1].matchers == 0);
  CHECK_FALSE(use.hasFailed(0));
  CHECK(engines.totals->failures[static_cast<size_t>(EngineFailure::LOST)] == 2);
}

TEST_CASE(
    "a card that is lost while it is asked for a lane's queue is not its successor's failure") {
  CardAndSoftware engines(Engine::EMULATOR);
  const EngineUse& use = *engines.order.use();
  engines.card.whileTried = [&] {
    reopen(engines);
    engines.card.failure = EngineFailure::LOST;
  };
  const auto matcher = engines.order.createMatcher(4);
  CHECK_FALSE(use.hasFailed(0));
  CHECK(use.states()[0].matchers == 1);
  CHECK(eventsOf(*matcher, TEXT, 1, true) == 0);
  CHECK(use.states()[0].matchers == 1);
  CHECK(eventsOf(*matcher, "x", 1, false) == 1);
  CHECK(engines.totals->lostStreams == 0);
}

TEST_CASE("what is answered between a card's offer and the way back to it is kept") {
  CardAndSoftware engines;
  engines.card.queuesMax = 0;
  engines.next.whileTried = [&] {
    engines.card.queuesMax = 1;
    REQUIRE(engines.order.revive({}));
  };
  const auto matcher = engines.order.createMatcher(4);
  CHECK_FALSE(engines.order.use()->hasFailed(0));
  CHECK(eventsOf(*matcher, TEXT, 1, true) == 0);
  CHECK(engines.order.use()->states()[0].matchers == 1);
  CHECK(eventsOf(*matcher, "x", 1, false) == 1);
  CHECK(engines.totals->lostStreams == 0);
}

TEST_CASE("a queue that is not to be had is asked for again, a card that is too small is not") {
  CardAndSoftware engines;
  engines.card.queuesMax = 1;
  auto first = engines.order.createMatcher(4);
  const auto second = engines.order.createMatcher(4);
  CHECK(engines.order.use()->states()[0].reason == "a card without another queue");
  CHECK(engines.order.revive({}));
  CHECK(eventsOf(*second, TEXT, 1, true) == 0);
  CHECK(engines.card.tries == 3);
  CHECK(engines.order.use()->states()[0].matchers == 1);
  first.reset();
  CHECK(engines.order.revive({}));
  CHECK(eventsOf(*second, TEXT, 2, true) == 0);
  CHECK(engines.order.use()->states()[0].matchers == 1);
  CHECK(engines.order.use()->states()[1].matchers == 0);
  CHECK_FALSE(engines.order.use()->hasFailed(0));

  engines.card.isTooSmall = true;
  const auto third = engines.order.createMatcher(4);
  const size_t tries = engines.card.tries;
  CHECK(engines.order.use()->states()[0].failure == EngineFailure::TOO_SMALL);
  CHECK_FALSE(engines.order.revive({}));
  CHECK(eventsOf(*third, TEXT, 1, true) == 0);
  CHECK(engines.card.tries == tries);
  CHECK(engines.totals->failures[static_cast<size_t>(EngineFailure::TOO_SMALL)] == 1);
}

TEST_CASE("an engine for which there is no memory is passed over, and tried again") {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, onePattern());
  Switch card;
  Switch scarce;
  EngineOptions options;
  options.order = {{Engine::NCORE, 0}, {Engine::NCORE, 1}, {Engine::HYPERSCAN}};
  const EngineOrder order(options, onePattern(),
                          {std::make_shared<SwitchedDatabase>(software, card),
                           std::make_shared<SwitchedDatabase>(software, scarce), software},
                          std::make_shared<EngineTotals>());
  scarce.isOutOfMemory = true;
  const auto matcher = order.createMatcher(4);
  card.failure = EngineFailure::LOST;
  std::array<MatchEvent, 8> events;
  CHECK(matcher->poll(events).completedRequests == 0);
  CHECK(order.use()->failure(1) == EngineFailure::UNAVAILABLE);
  CHECK(order.use()->states()[2].matchers == 1);
  scarce.isOutOfMemory = false;
  CHECK(order.revive({}));
  CHECK(matcher->poll(events).completedRequests == 0);
  CHECK(order.use()->states()[1].matchers == 1);
}

/// Two cards and software; only who is told may open queues.
struct TwoCards {
  Switch first;
  Switch second;
  std::thread::id counting;  ///< may not wait for a device
  std::shared_ptr<const MatcherDatabase> software =
      createMatcherDatabase(Engine::HYPERSCAN, onePattern());
  EngineOptions options{.order = {{Engine::NCORE, 0}, {Engine::NCORE, 1}, {Engine::HYPERSCAN}}};
  EngineOrder order{options,
                    onePattern(),
                    {std::make_shared<SwitchedDatabase>(software, first),
                     std::make_shared<SwitchedDatabase>(software, second), software},
                    std::make_shared<EngineTotals>()};

  TwoCards() {
    first.whileTried =
        second.whileTried = [this] { CHECK(std::this_thread::get_id() != counting); };
  }
  /// What runs in a thread that counts packets, to its end.
  void count(const std::function<void()>& work) {
    std::thread lane([&] {
      counting = std::this_thread::get_id();
      work();
    });
    lane.join();
    counting = {};
  }
  [[nodiscard]] uint64_t usersOf(size_t rank) const { return order.use()->states()[rank].matchers; }
};

TEST_CASE("a lane opens no queue, wherever it goes") {
  TwoCards cards;
  const auto matcher = cards.order.createMatcher(8);
  CHECK(cards.first.queues == 1);
  CHECK(cards.second.queues == 1);
  cards.count([&] { CHECK(eventsOf(*matcher, TEXT, 1, true) == 0); });
  cards.first.failure = EngineFailure::UNAVAILABLE;  // the queue's alone
  cards.count([&] { CHECK(eventsOf(*matcher, TEXT, 2, true) == 0); });
  CHECK(cards.usersOf(1) == 1);
  cards.second.failure = EngineFailure::UNAVAILABLE;
  cards.count([&] { CHECK(eventsOf(*matcher, TEXT, 3, true) == 0); });
  CHECK(cards.usersOf(2) == 1);
  cards.first.failure = cards.second.failure = EngineFailure::NONE;
  CHECK(cards.order.revive({}));
  cards.count([&] {
    CHECK(eventsOf(*matcher, TEXT, 4, true) == 0);
    CHECK(eventsOf(*matcher, "x", 1, false) == 1);
  });
  CHECK(cards.usersOf(0) == 1);
  CHECK(cards.order.use()->totals()->unmatchedRequests == 0);
}

TEST_CASE("a lane that has left a device has another queue there soon, and till then goes on") {
  TwoCards cards;
  const auto matcher = cards.order.createMatcher(4);
  const auto failOnce = [&](Switch& card) {
    card.failure = EngineFailure::UNAVAILABLE;  // the queue's alone
    cards.count([&] { CHECK(eventsOf(*matcher, TEXT, 1, true) == 0); });
    card.failure = EngineFailure::NONE;
  };
  const auto comeBack = [&] {
    CHECK(cards.order.revive({}));
    cards.count([&] { CHECK(eventsOf(*matcher, TEXT, 1, true) == 0); });
  };
  failOnce(cards.first);
  CHECK(cards.usersOf(1) == 1);
  comeBack();
  CHECK(cards.usersOf(0) == 1);
  SUBCASE("it fails again before that") {
    failOnce(cards.first);
    CHECK(cards.usersOf(2) == 1);
    CHECK(cards.order.use()->failure(1) == EngineFailure::UNAVAILABLE);
    comeBack();
    CHECK(cards.usersOf(0) == 1);
    CHECK_FALSE(cards.order.use()->hasFailed(1));
  }
  SUBCASE("it fails again after that") {
    cards.order.openStandbys();
    const size_t tries = cards.second.tries;
    cards.order.openStandbys();
    CHECK(cards.second.tries == tries);
    failOnce(cards.first);
    CHECK(cards.usersOf(1) == 1);
  }
  CHECK(cards.order.use()->totals()->unmatchedRequests == 0);
}

}  // namespace
}  // namespace weir
