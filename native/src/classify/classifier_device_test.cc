// SPDX-License-Identifier: Apache-2.0
// What the classifier spares a device that answers later, or has no room.
#include <doctest/doctest.h>

#include <deque>

#include "classify/engine_order.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;
using testing::pattern;
using testing::SlowDatabase;

constexpr StreamSide CLIENT = StreamSide::CLIENT;

std::shared_ptr<SlowDatabase> slowDatabase() {
  return std::make_shared<SlowDatabase>(testing::databaseOf({pattern("^ab", 7)}));
}

TEST_CASE("only a flow that leaves while it waits for the device sends off what is gathered") {
  const auto slow = slowDatabase();
  Classifier classifier(slow, {});
  std::deque<FlowEntry> flows;
  for (uint16_t i = 0; i < 1000; ++i) {
    FlowEntry& flow = flows.emplace_back(newFlow(testing::TCP, i));
    classifier.add(flow, packetOf(flow, CLIENT, "a", 100));
  }
  classifier.settle();
  slow->isHolding = true;
  FlowEntry waiting = newFlow(testing::TCP, 2000);
  classifier.add(waiting, packetOf(waiting, CLIENT, "ab", 100));
  classifier.settle();
  const size_t pollsBefore = slow->polls;
  for (FlowEntry& flow : flows) {
    REQUIRE(flow.classification == ClassificationState::SCANNING);
    classifier.settle(&flow);
  }
  CHECK(slow->urges == 0);
  CHECK(slow->polls == pollsBefore);
  classifier.settle(&waiting);
  CHECK(slow->urges == 1);
  CHECK(slow->polls > pollsBefore);
}

TEST_CASE("a live lane does not ask a device for each packet of a flow that waits") {
  const auto slow = slowDatabase();
  Classifier classifier(slow, {});
  FlowEntry flow = newFlow(testing::TCP);
  slow->isHolding = true;
  classifier.add(flow, packetOf(flow, CLIENT, "a", 100));
  classifier.settle();
  const size_t pollsBefore = slow->polls;
  for (uint32_t i = 1; i < 8; ++i) classifier.add(flow, packetOf(flow, CLIENT, "c", 100 + i));
  CHECK(slow->polls == pollsBefore);
  slow->isHolding = false;
  classifier.add(flow, packetOf(flow, CLIENT, "c", 108));
  CHECK(slow->polls > pollsBefore);
}

TEST_CASE("the device is not told the end of a stream whose start it had no room for") {
  const auto slow = slowDatabase();
  Classifier classifier(slow, {});
  const auto bytesBefore = classifier.counters().undecidedFlowBytes;
  slow->isFull = true;
  for (uint16_t i = 0; i < 500; ++i) {
    FlowEntry flow = newFlow(testing::TCP, i);
    classifier.add(flow, packetOf(flow, CLIENT, "a", 100));
    classifier.settle();
    classifier.release(flow);
  }
  slow->isFull = false;
  classifier.settle();
  CHECK(slow->ends == 0);
  CHECK(classifier.counters().matcherBusyRequests == 500);
  CHECK(classifier.counters().undecidedFlowBytes == bytesBefore);
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "a", 100));
  classifier.settle();
  classifier.release(flow);
  classifier.settle();
  CHECK(slow->ends == 1);
}

TEST_CASE("the end of a live run waits for results, and not for ever") {
  SignatureSet set;
  set.patterns = {pattern("^ab", 7)};
  EngineOptions options;
  options.order = {EngineChoice{Engine::EMULATOR}};
  options.device.settings = "fault=slow:20000";
  const auto totals = std::make_shared<EngineTotals>();
  const auto engines = createEngines(options, set, {}, totals);
  for (const bool waits : {true, false}) {
    CAPTURE(waits);
    Classifier classifier(engines, {.lastResultsNs = waits ? int64_t{3'600'000'000'000} : 0});
    FlowEntry flow = newFlow(testing::TCP);
    classifier.add(flow, packetOf(flow, CLIENT, "ab", 100));
    classifier.settle();
    CHECK(flow.application == 0);
    classifier.finish();
    classifier.settle();
    CHECK(flow.application == (waits ? 7 : 0));
    classifier.release(flow);
  }
}

}  // namespace
}  // namespace weir
