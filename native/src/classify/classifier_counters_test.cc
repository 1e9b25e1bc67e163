// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier_counters.h"

#include <doctest/doctest.h>

#include <deque>
#include <string_view>

#include "classify/classifier.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::databaseOf;
using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

TEST_CASE("every flow is counted once: named, or by why not") {
  Classifier classifier(databaseOf({pattern("^hello", 7), pattern("^hello", 7, Transport::UDP)}),
                        {.budgetPacketsPerDirection = 2, .undecidedFlowsMax = 1});
  std::deque<FlowEntry> flows;
  const auto begin = [&](uint8_t protocol, std::string_view payload) -> FlowEntry& {
    FlowEntry& flow = flows.emplace_back(newFlow(protocol, static_cast<uint16_t>(flows.size())));
    classifier.add(flow, packetOf(flow, CLIENT, payload, 100));
    classifier.settle();
    return flow;
  };
  begin(testing::UDP, "hello");
  begin(testing::UDP, "noise");  // ends before its budget is spent
  begin(testing::TCP, "");
  FlowEntry& spent = begin(testing::UDP, "noise");
  for (const StreamSide side : {CLIENT, SERVER, SERVER}) {
    classifier.add(spent, packetOf(spent, side, "noise"));
  }
  begin(47, "");
  begin(testing::TCP, "hel");  // has the only slot
  begin(testing::TCP, "hel");
  classifier.setAdmission(Admission::NONE);
  begin(testing::TCP, "hello");
  CHECK(classifier.counters().undecidedFlows == 3);
  for (FlowEntry& flow : flows) classifier.release(flow);

  const ClassifierCounters counters = classifier.counters();
  CHECK(counters.decidedFlows == 1);
  CHECK(counters.endedUndecidedFlows == 3);
  CHECK(counters.exhaustedFlows == 1);
  CHECK(counters.unscannableFlows == 1);
  CHECK(counters.slotShortageFlows == 1);
  CHECK(counters.shedFlows == 1);
  CHECK(counters.undecidedFlows == 0);
  CHECK(flows.size() == 8);
}

}  // namespace
}  // namespace weir
