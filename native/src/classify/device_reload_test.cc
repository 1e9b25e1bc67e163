// SPDX-License-Identifier: Apache-2.0
// New signatures on a device that is open: it cannot be opened a second time.
#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string_view>
#include <thread>

#include "classify/engine_order.h"

namespace weir {
namespace {

SignatureSet setOf(const std::vector<std::string>& regexes) {
  SignatureSet set;
  for (const std::string& regex : regexes)
    set.patterns.push_back({.regex = regex, .transport = Transport::TCP});
  return set;
}

/// Generations of signatures on one device.
struct Device {
  EngineOptions options;
  std::shared_ptr<EngineTotals> totals = std::make_shared<EngineTotals>();
  std::shared_ptr<OpenDevices> devices = std::make_shared<OpenDevices>();

  explicit Device(const std::string& settings,
                  std::vector<EngineChoice> order = {EngineChoice{Engine::EMULATOR}}) {
    options.order = std::move(order);
    options.device.settings = "opens=1," + settings;
    options.device.gatherNs = 0;
  }
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> load(
      const std::vector<std::string>& regexes) const {
    return createEngines(options, setOf(regexes), {}, totals, devices);
  }
  [[nodiscard]] uint64_t failures() const {
    uint64_t sum = 0;
    for (const auto& count : totals->failures) sum += count;
    return sum;
  }
};

enum class Piece { FIRST, LATER };

/// Patterns that end in the piece, by their place in the matcher's set.
std::set<uint32_t> found(Matcher& matcher, uint32_t slot, Piece piece, std::string_view text) {
  ScanRequest request;
  request.bytes = {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  request.slot = slot;
  request.generation = 1;
  request.startOfStream = piece == Piece::FIRST;
  REQUIRE(matcher.submit({&request, 1}) == 1);
  std::set<uint32_t> patterns;
  std::array<MatchEvent, 8> events;
  for (size_t completed = 0; completed == 0;) {
    matcher.await();
    const PollResult result = matcher.poll(events);
    for (size_t i = 0; i < result.events; ++i) patterns.insert(events[i].pattern);
    completed = result.completedRequests;
  }
  return patterns;
}

using Found = std::set<uint32_t>;

TEST_CASE("new signatures act on new flows, older flows keep theirs, and none leaves the device") {
  for (const char* settings : {"channels=0", "channels=2"}) {
    const Device device(settings);
    const auto older = device.load({"both", "older"});
    const auto before = older->createMatcher(8);
    CHECK(found(*before, 1, Piece::FIRST, "old").empty());
    const auto newer = device.load({"newer", "both"});
    const auto after = newer->createMatcher(8);

    CHECK(found(*after, 1, Piece::FIRST, "newer") == Found{0});
    CHECK(found(*after, 2, Piece::FIRST, "both") == Found{1});
    CHECK(found(*after, 3, Piece::FIRST, "older").empty());
    CHECK(found(*before, 1, Piece::LATER, "er") == Found{1});
    // Streams that an older flow opens yet: a second side, a datagram.
    CHECK(found(*before, 2, Piece::FIRST, "both older") == Found{0, 1});
    CHECK(found(*before, 3, Piece::FIRST, "newer").empty());
    CHECK(device.failures() == 0);
    CHECK(older->use()->isUsed(0));
    CHECK(newer->use()->isUsed(0));
  }
}

TEST_CASE("signatures that are not taken over leave those before active") {
  const Device device("memory=20000");
  const auto kept = device.load({"kept"});
  const auto matcher = kept->createMatcher(8);
  {
    const auto refused = device.load({"refused"});
    const auto unused = refused->createMatcher(8);
    CHECK(found(*unused, 1, Piece::FIRST, "refused kept") == Found{0});
  }
  CHECK(found(*matcher, 1, Piece::FIRST, "refused kept") == Found{0});
  CHECK_THROWS_AS((void)device.load({"^x[ab]{1000}y"}), EngineError);
  CHECK(found(*matcher, 2, Piece::FIRST, "refused kept") == Found{0});
  CHECK_FALSE(kept->use()->hasFailed(0));
}

TEST_CASE("signatures of which no flow is left give their room back") {
  const Device device("memory=20000");
  auto current = device.load({"pattern 0"});
  auto matcher = current->createMatcher(8);
  for (uint32_t reload = 1; reload < 200; ++reload) {
    const std::string text = "pattern " + std::to_string(reload);
    auto next = device.load({text + "$"});
    auto successor = next->createMatcher(8);
    matcher = std::move(successor);
    current = std::move(next);
    REQUIRE(found(*matcher, 1, Piece::FIRST, text) == Found{0});
  }
}

TEST_CASE("a device without room for both waits until flows of the older signatures are over") {
  const Device device("memory=20000",
                      {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}});
  auto older = device.load({"^x[ab]{200}y"});
  auto before = older->createMatcher(8);
  REQUIRE(older->use()->isUsed(0));
  const auto newer =
      std::dynamic_pointer_cast<const EngineOrder>(device.load({"newer", "^z[ab]{200}y"}));
  const auto after = newer->createMatcher(8);
  CHECK(newer->use()->isUsed(1));
  CHECK(newer->use()->failure(0) == EngineFailure::UNAVAILABLE);
  CHECK_FALSE(newer->revive({}));
  before.reset();
  older.reset();
  CHECK(newer->revive({}));
  CHECK(found(*after, 1, Piece::FIRST, "newer") == Found{0});
  CHECK(found(*after, 2, Piece::FIRST, "newer") == Found{0});
  CHECK(newer->use()->isUsed(0));
}

std::shared_ptr<const EngineOrder> orderOf(const std::shared_ptr<const MatcherDatabase>& engines) {
  return std::dynamic_pointer_cast<const EngineOrder>(engines);
}

TEST_CASE("signatures that are too large are known to be, once they are tried without older ones") {
  const Device device("memory=20000",
                      {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}});
  auto older = device.load({"older"});
  auto before = older->createMatcher(8);
  const auto newer = orderOf(device.load({"^x[ab]{1000}y"}));
  const auto after = newer->createMatcher(8);
  CHECK(newer->use()->failure(0) == EngineFailure::UNAVAILABLE);
  before.reset();
  older.reset();
  CHECK_FALSE(newer->revive({}));
  const EngineState state = newer->use()->states()[0];
  CHECK(state.failure == EngineFailure::TOO_SMALL);
  CHECK(state.reason.find("out of pattern memory") != std::string::npos);
  CHECK(device.failures() == 1);
}

TEST_CASE("a device that cannot be opened again yet is not offered, and is told by why it is not") {
  const Device device("fault=lost@3,back=0",
                      {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}});
  const auto engines = orderOf(device.load({"text"}));
  const auto busy = engines->createMatcher(8);
  const auto idle = engines->createMatcher(8);
  for (uint32_t slot = 0; slot < 4; ++slot)
    CHECK(found(*busy, slot, Piece::FIRST, "text") == Found{0});
  CHECK(engines->use()->failure(0) == EngineFailure::LOST);
  CHECK_FALSE(engines->revive({}));
  CHECK(engines->offers() == 0);
  CHECK(engines->use()->states()[0].reason.find("in use") != std::string::npos);

  CHECK(found(*idle, 1, Piece::FIRST, "text") == Found{0});  // sees the loss by this
  CHECK(engines->revive({}));
  for (Matcher* matcher : {busy.get(), idle.get()})
    for (uint32_t slot = 4; slot < 7; ++slot)
      CHECK(found(*matcher, slot, Piece::FIRST, "text") == Found{0});
  CHECK(engines->use()->states()[0].matchers == 2);
  CHECK(device.failures() == 2);
}

TEST_CASE("a reload does not go onto a device that hangs") {
  Device device("fault=stuck@2", {EngineChoice{Engine::EMULATOR}, EngineChoice{Engine::HYPERSCAN}});
  device.options.deadlineNs = 1'000'000;
  const auto older = orderOf(device.load({"older"}));
  const auto before = older->createMatcher(8);
  for (uint32_t slot = 0; slot < 3; ++slot) (void)found(*before, slot, Piece::FIRST, "older");
  REQUIRE(older->use()->failure(0) == EngineFailure::STUCK);
  older->letGoOfFailed();
  const auto newer = orderOf(device.load({"newer"}));
  CHECK_FALSE(newer->use()->hasFailed(0));
  const auto after = newer->createMatcher(8);
  CHECK(found(*after, 1, Piece::FIRST, "newer") == Found{0});
  CHECK_FALSE(newer->use()->hasFailed(0));
}

TEST_CASE("a device that was lost is opened anew at a reload, once it is closed") {
  const Device device("fault=lost@3,back=0");
  auto older = device.load({"older"});
  auto before = older->createMatcher(8);
  for (uint32_t slot = 0; slot < 4; ++slot) (void)found(*before, slot, Piece::FIRST, "older");
  CHECK_THROWS_AS((void)device.load({"newer"}), EngineError);
  before.reset();
  older.reset();
  const auto newer = device.load({"newer"});
  const auto after = newer->createMatcher(8);
  for (uint32_t slot = 0; slot < 6; ++slot)
    CHECK(found(*after, slot, Piece::FIRST, "newer") == Found{0});
}

TEST_CASE("of lanes for which a device has no queue or streams the next engine takes care") {
  const std::vector<EngineChoice> order{EngineChoice{Engine::EMULATOR},
                                        EngineChoice{Engine::HYPERSCAN}};
  const Device device("queues=1,streams=8", order);
  const auto engines = std::dynamic_pointer_cast<const EngineOrder>(device.load({"text"}));
  const auto first = engines->createMatcher(8);
  const auto second = engines->createMatcher(8);
  CHECK(engines->use()->isUsed(0));
  CHECK(engines->use()->isUsed(1));
  CHECK(engines->use()->failure(0) == EngineFailure::UNAVAILABLE);
  CHECK(engines->revive({}));
  CHECK(found(*second, 1, Piece::FIRST, "text") == Found{0});
  CHECK(engines->use()->states()[0].matchers == 1);
  const auto third = engines->createMatcher(9);
  CHECK(engines->use()->failure(0) == EngineFailure::TOO_SMALL);
  CHECK_FALSE(engines->revive({}));
  CHECK(found(*first, 1, Piece::FIRST, "text") == Found{0});
  CHECK(found(*third, 1, Piece::FIRST, "text") == Found{0});
}

}  // namespace
}  // namespace weir
