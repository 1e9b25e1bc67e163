// SPDX-License-Identifier: Apache-2.0
// Whatever a device does, the events are Hyperscan's: random streams in random cuts through an
// order of engines, with each fault that the emulator knows, at random places.
#include "classify/failover_matcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::pattern;

constexpr uint32_t SLOTS = 8;

/// More than any deadline takes.
constexpr int ROUNDS_MAX = 200'000;

using Event = std::tuple<uint64_t, uint64_t, uint32_t, uint32_t>;  ///< tag, end, slot, pattern

SignatureSet patternsOfTheTest() {
  SignatureSet set;
  for (const Transport transport : {Transport::TCP, Transport::UDP}) {
    for (const char* regex : {"^ab", "ba", "^a.{3}b", "b.*ab.*ba", "^[ab]{6}", "aaaa", "bbab"})
      set.patterns.push_back(pattern(regex, 1, transport));
    set.patterns.push_back(pattern("a(?:b|ba)c", 2, transport));
    set.patterns.push_back(pattern("a.{200}b", 3, transport));
    set.patterns.push_back(pattern("\\bab", 4, transport));  // no device takes it
    set.patterns.push_back(pattern("bab$", 5, transport));
  }
  return set;
}

/// Owns the octets of a long life of streams and datagrams in a few slots.
struct Traffic {
  explicit Traffic(uint32_t seed, size_t count, bool stopsAtMatch) {
    std::mt19937 random(seed);
    std::array<uint32_t, SLOTS> generations{};
    std::array<bool, SLOTS> isOpen{};
    for (uint64_t tag = 0; tag < count; ++tag) {
      std::vector<uint8_t>& text = octets.emplace_back(random() % 9);
      for (uint8_t& octet : text) octet = "aaabbbbc"[random() % 8];
      const auto slot = static_cast<uint32_t>(random() % SLOTS);
      ScanRequest request{.bytes = text, .tag = 1000 + tag, .slot = slot};
      const bool isDatagram = !isOpen[request.slot] && random() % 3 == 0;
      request.part = isDatagram ? DatabasePart::UDP_CLIENT : DatabasePart::TCP_CLIENT;
      request.startOfStream = !isOpen[request.slot] || random() % 31 == 0;
      request.endOfStream = isDatagram || random() % 7 == 0;
      request.stopsAtMatch = stopsAtMatch;
      if (request.startOfStream) ++generations[request.slot];
      request.generation = generations[request.slot];
      isOpen[request.slot] = !request.endOfStream;
      if (isDatagram && !request.startOfStream) request.part = DatabasePart::TCP_CLIENT;
      requests.push_back(request);
    }
  }
  std::deque<std::vector<uint8_t>> octets;
  std::vector<ScanRequest> requests;
};

/// Events by request. With `stopsAtMatch` only those of the request in which the first is counts.
std::set<Event> run(const MatcherDatabase& database, const Traffic& traffic, uint32_t seed,
                    bool stopsAtMatch) {
  std::mt19937 random(seed);
  const std::unique_ptr<Matcher> matcher = database.createMatcher(SLOTS);
  std::array<MatchEvent, 3> polled;
  std::set<Event> events;
  std::map<std::pair<uint32_t, uint32_t>, uint64_t> firstMatch;  ///< tag, by slot and generation
  size_t offered = 0;
  size_t completed = 0;
  uint64_t lastTag = 0;
  for (int round = 0; completed < traffic.requests.size(); ++round) {
    REQUIRE(round < ROUNDS_MAX);
    const size_t count = std::min<size_t>(random() % 40, traffic.requests.size() - offered);
    offered += matcher->submit(std::span(traffic.requests).subspan(offered, count));
    if (random() % 2 == 0) matcher->await();
    const PollResult result = matcher->poll(std::span(polled).first(1 + random() % 3));
    for (size_t i = 0; i < result.events; ++i) {
      const MatchEvent& event = polled[i];
      CHECK(event.tag >= lastTag);
      CHECK(event.tag >= 1000 + completed);
      lastTag = event.tag;
      const auto [first, isFirst] =
          firstMatch.try_emplace({event.slot, event.generation}, event.tag);
      if (stopsAtMatch && first->second != event.tag) continue;
      CHECK(events.insert({event.tag, event.endOffset, event.slot, event.pattern}).second);
    }
    completed += result.completedRequests;
    REQUIRE(completed <= offered);
  }
  return events;
}

std::vector<EngineChoice> deviceFirst() {
  return {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}};
}

std::shared_ptr<const MatcherDatabase> orderOf(const std::string& settings,
                                               std::shared_ptr<EngineTotals> totals,
                                               std::vector<EngineChoice> order = deviceFirst()) {
  EngineOptions options;
  options.order = std::move(order);
  options.device.settings = settings;
  options.device.gatherNs = 50'000;
  options.deadlineNs = 30'000'000;
  return createEngines(options, patternsOfTheTest(), {}, std::move(totals));
}

/// What a device may do, whatever it is made of; it matches as Hyperscan does.
struct Faults {
  size_t depth = SIZE_MAX;  ///< requests taken and not completed
  size_t answersAPoll = SIZE_MAX;
  size_t answersMax = SIZE_MAX;  ///< in all; then it hangs
  size_t lostAfter = SIZE_MAX;   ///< requests
  size_t cutEvery = 0;           ///< each so-manieth request loses its events, and is said to
};

class FaultyMatcher final : public Matcher {
 public:
  FaultyMatcher(std::unique_ptr<Matcher> inner, const Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  size_t submit(std::span<const ScanRequest> requests) override {
    size_t taken = 0;
    for (; taken < requests.size() && answers_.size() < faults_.depth; ++taken) {
      if (failure() != EngineFailure::NONE) return 0;
      answer(requests[taken]);
    }
    return taken;
  }

  PollResult poll(std::span<MatchEvent> events) override {
    PollResult result;
    if (failure() != EngineFailure::NONE) return result;
    while (!answers_.empty() && result.completedRequests < faults_.answersAPoll &&
           answered_ < faults_.answersMax) {
      Answer& oldest = answers_.front();
      for (; !oldest.events.empty(); oldest.events.pop_front()) {
        if (result.events == events.size()) return result;
        events[result.events++] = oldest.events.front();
      }
      if (oldest.isCut) cut_.push_back(oldest.tag);
      answers_.pop_front();
      ++answered_;
      ++result.completedRequests;
    }
    return result;
  }

  void takeIncomplete(std::vector<uint64_t>& tags) override {
    tags.clear();
    tags.swap(cut_);
  }
  [[nodiscard]] EngineFailure failure() const override {
    return seen_ > faults_.lostAfter ? EngineFailure::LOST : EngineFailure::NONE;
  }

 private:
  struct Answer {
    uint64_t tag;
    std::deque<MatchEvent> events;
    bool isCut;
  };

  void answer(const ScanRequest& request) {
    ++seen_;
    inner_->submit({&request, 1});
    std::array<MatchEvent, 64> found;
    const PollResult result = inner_->poll(found);
    REQUIRE(result.completedRequests == 1);
    Answer& answer = answers_.emplace_back(Answer{request.tag, {}, false});
    answer.isCut = faults_.cutEvery != 0 && seen_ % faults_.cutEvery == 0;
    const size_t kept = answer.isCut ? result.events / 2 : result.events;
    answer.events.assign(found.begin(), found.begin() + static_cast<ptrdiff_t>(kept));
  }

  const std::unique_ptr<Matcher> inner_;
  const Faults faults_;
  std::deque<Answer> answers_;
  std::vector<uint64_t> cut_;
  size_t seen_ = 0;
  size_t answered_ = 0;
};

class FaultyDatabase final : public MatcherDatabase {
 public:
  FaultyDatabase(std::shared_ptr<const MatcherDatabase> inner, const Faults& faults)
      : MatcherDatabase(inner->signatures()), inner_(std::move(inner)), faults_(faults) {}
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override {
    return std::make_unique<FaultyMatcher>(inner_->createMatcher(streamSlots), faults_);
  }

 private:
  const std::shared_ptr<const MatcherDatabase> inner_;
  const Faults faults_;
};

TEST_CASE("engines that fail one after the other leave the events as they are") {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto faults = [&] {
      Faults drawn;
      if (random() % 2 == 0) drawn.depth = 1 + random() % 50;
      if (random() % 2 == 0) drawn.answersAPoll = 1 + random() % 20;
      if (random() % 3 == 0) drawn.answersMax = random() % 300;
      if (random() % 2 == 0) drawn.lostAfter = random() % 400;
      if (random() % 2 == 0) drawn.cutEvery = 1 + random() % 5;
      return drawn;
    };
    EngineOptions options;
    options.deadlineNs = 1'000'000;
    options.order.clear();
    EngineOrder::Databases databases;
    for (uint32_t device = 0; device < 3; ++device) {
      options.order.push_back({Engine::NCORE, device});
      databases.push_back(std::make_shared<FaultyDatabase>(software, faults()));
    }
    options.order.push_back({Engine::HYPERSCAN});
    databases.push_back(software);
    const auto totals = std::make_shared<EngineTotals>();
    const EngineOrder order(options, patternsOfTheTest(), databases, totals);
    const bool stopsAtMatch = seed % 2 == 0;
    const Traffic traffic(seed, 600, stopsAtMatch);
    const auto expected = run(*software, traffic, seed, stopsAtMatch);
    CHECK(run(order, traffic, seed + 1, stopsAtMatch) == expected);
    CHECK(totals->unmatchedRequests == 0);
    CHECK(totals->journalBytes == 0);
  }
}

TEST_CASE("a journal that is full costs names when the device fails, and nothing else") {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
  EngineOptions options;
  options.order = {{Engine::NCORE, 0}, {Engine::HYPERSCAN}};
  options.deadlineNs = 1'000'000;
  options.journalBytesMax = 64;
  uint64_t lostStreams = 0;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const size_t lostAfter = seed % 4 == 0 ? SIZE_MAX : seed * 20;
    const EngineOrder::Databases databases = {
        std::make_shared<FaultyDatabase>(software,
                                         Faults{.answersAPoll = 5, .lostAfter = lostAfter}),
        software};
    const auto totals = std::make_shared<EngineTotals>();
    const EngineOrder order(options, patternsOfTheTest(), databases, totals);
    const Traffic traffic(seed, 600, false);
    const auto expected = run(*software, traffic, seed, false);
    const auto found = run(order, traffic, seed, false);
    CHECK(std::includes(expected.begin(), expected.end(), found.begin(), found.end()));
    if (totals->lostStreams == 0) CHECK(found == expected);
    CHECK(totals->unmatchedRequests == 0);
    lostStreams += totals->lostStreams;
  }
  CHECK(lostStreams > 0);
}

TEST_CASE("a journal knows what it takes") {
  constexpr uint64_t OCTETS_MAX = 1000;
  StreamJournal journal(SLOTS, OCTETS_MAX);
  const std::vector<uint8_t> octets(300);
  CHECK(journal.bytes() == 0);
  const uint32_t one = journal.add({.bytes = octets, .slot = 1, .startOfStream = true});
  CHECK(journal.keepsAnswered());
  const uint32_t two = journal.add({.bytes = octets, .slot = 2, .startOfStream = true});
  CHECK(journal.bytes() >= 600 + 2 * sizeof(JournaledStream));
  CHECK_FALSE(journal.keepsAnswered());
  CHECK(journal.hasRoomFor(300));
  CHECK_FALSE(journal.hasRoomFor(500));
  journal.dropOctets(journal[one]);
  CHECK_FALSE(journal[one].isKeptWhole());
  CHECK(journal.keepsAnswered());
  journal.add({.slot = 2, .endOfStream = true});
  journal.answer(two, 300);
  journal.answer(two, 300);
  CHECK(journal.bytes() == 2 * sizeof(JournaledStream));
  CHECK(journal.add({.bytes = octets, .slot = 2}) == StreamJournal::NONE);
}

TEST_CASE("whatever the device does, the events are those of the software engine") {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
  const std::vector<std::string> all = {"",
                                        "channels=4",
                                        "jobbytes=1",
                                        "jobbytes=3,channels=2,fault=timeout@9",
                                        "fault=lost@1",
                                        "fault=lost@57",
                                        "fault=stuck@40",
                                        "fault=full@33",
                                        "fault=slow:300",
                                        "fault=truncate:1",
                                        "fault=timeout@5",
                                        "memory=64",
                                        "channels=3,fault=lost@101",
                                        "channels=2,fault=timeout@7"};
  for (const std::string& settings : all) {
    for (uint32_t seed = 1; seed <= 4; ++seed) {
      const bool stopsAtMatch = seed % 2 == 0;
      CAPTURE(settings);
      CAPTURE(seed);
      const Traffic traffic(seed, 600, stopsAtMatch);
      const auto totals = std::make_shared<EngineTotals>();
      const auto order = orderOf(settings, totals);
      const auto expected = run(*software, traffic, seed, stopsAtMatch);
      CHECK(run(*order, traffic, seed + 100, stopsAtMatch) == expected);
      CHECK(expected.size() > 100);
      CHECK(totals->unmatchedRequests == 0);
      CHECK(totals->cutRequests == 0);
      if (settings == "jobbytes=1") CHECK(totals->redoneRequests == 0);
      CHECK(totals->journalBytes == 0);
    }
  }
}

TEST_CASE(
    "a device that finishes nothing is left for the next engine, or else its work is redone") {
  const auto software = createMatcherDatabase(Engine::HYPERSCAN, patternsOfTheTest());
  for (const std::vector<EngineChoice>& choices :
       {deviceFirst(), {EngineChoice{Engine::EMULATOR}}}) {
    const bool isAlone = choices.size() == 1;
    CAPTURE(isAlone);
    const Traffic traffic(3, 3000, false);
    const auto totals = std::make_shared<EngineTotals>();
    const auto order = orderOf("fault=timeout@1", totals, choices);
    CHECK(run(*order, traffic, 4, false) == run(*software, traffic, 3, false));
    CHECK(order->use()->failure(0) == (isAlone ? EngineFailure::NONE : EngineFailure::BROKEN));
    CHECK(order->use()->states()[0].reason.empty() == isAlone);
    CHECK((totals->redoneRequests < 1000) == !isAlone);
    CHECK(totals->cutRequests == 0);
    CHECK(totals->unmatchedRequests == 0);
  }
}

TEST_CASE("a failure is told with its reason; without an engine requests complete all the same") {
  const Traffic traffic(1, 200, false);
  const auto totals = std::make_shared<EngineTotals>();
  const auto order = orderOf("fault=lost@10", totals, {EngineChoice{Engine::EMULATOR}});
  const std::unique_ptr<Matcher> matcher = order->createMatcher(SLOTS);
  CHECK(order->use()->states()[0].matchers == 1);
  std::array<MatchEvent, 64> polled;
  size_t completed = 0;
  size_t offered = 0;
  while (completed < traffic.requests.size()) {
    const size_t count = std::min<size_t>(20, traffic.requests.size() - offered);
    offered += matcher->submit(std::span(traffic.requests).subspan(offered, count));
    matcher->await();
    completed += matcher->poll(polled).completedRequests;
  }
  CHECK(order->use()->states()[0].matchers == 0);
  CHECK(order->use()->states()[0].failure == EngineFailure::LOST);
  CHECK(totals->failures[static_cast<size_t>(EngineFailure::LOST)] == 1);
  CHECK(totals->unmatchedRequests > 100);
}

TEST_CASE("an engine that failed is opened again") {
  const auto totals = std::make_shared<EngineTotals>();
  const auto order = std::dynamic_pointer_cast<const EngineOrder>(orderOf("fault=lost@10", totals));
  REQUIRE(order != nullptr);
  CHECK_FALSE(order->revive({}));
  const Traffic traffic(2, 100, false);
  const auto expected = run(*order, traffic, 1, false);
  CHECK(order->use()->hasFailed(0));
  const auto failed = order->database(0);
  CHECK(order->revive({}));
  CHECK_FALSE(order->use()->hasFailed(0));
  CHECK(order->database(0) != failed);
  CHECK(run(*order, traffic, 2, false) == expected);
}

TEST_CASE("what cannot be had is said, and the next engine is used") {
  const auto totals = std::make_shared<EngineTotals>();
  EngineOptions options;
  options.order = {EngineChoice{Engine::NCORE, 7}, EngineChoice{Engine::HYPERSCAN}};
  options.device.library = "/nonexistent/libcard.so";
  const auto order = createEngines(options, patternsOfTheTest(), {}, totals);
  const std::vector<EngineState> states = order->use()->states();
  CHECK(states[0].name == "ncore:7");
  CHECK(states[0].failure == EngineFailure::UNAVAILABLE);
  CHECK(states[0].reason.find("/nonexistent/libcard.so") != std::string::npos);
  CHECK(states[1].name == "hyperscan");
  options.order = {EngineChoice{Engine::NCORE}};
  CHECK_THROWS_AS(createEngines(options, patternsOfTheTest(), {}, totals), EngineError);
  options.device.library = "libhs.so.5";  // a name is a file here, not one of the system's
  CHECK_THROWS_AS(createEngines(options, patternsOfTheTest(), {}, totals), EngineError);
}

}  // namespace
}  // namespace weir
