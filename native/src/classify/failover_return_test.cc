// SPDX-License-Identifier: Apache-2.0
// What a lane pays when its engine fails, and how an engine comes back.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
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
  bool isLost = false;
  size_t requests = 0;
};

class SwitchedMatcher final : public Matcher {
 public:
  SwitchedMatcher(std::unique_ptr<Matcher> inner, Switch& state)
      : inner_(std::move(inner)), state_(state) {}
  size_t submit(std::span<const ScanRequest> requests) override {
    if (state_.isLost) return 0;
    state_.requests += requests.size();
    return inner_->submit(requests);
  }
  PollResult poll(std::span<MatchEvent> events) override {
    return state_.isLost ? PollResult{} : inner_->poll(events);
  }
  [[nodiscard]] EngineFailure failure() const override {
    return state_.isLost ? EngineFailure::LOST : EngineFailure::NONE;
  }

 private:
  const std::unique_ptr<Matcher> inner_;
  Switch& state_;
};

class SwitchedDatabase final : public MatcherDatabase {
 public:
  SwitchedDatabase(std::shared_ptr<const MatcherDatabase> inner, Switch& state)
      : MatcherDatabase(inner->signatures()), inner_(std::move(inner)), state_(state) {}
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override {
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
  card.isLost = true;
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

}  // namespace
}  // namespace weir
