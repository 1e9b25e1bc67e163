// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "classify/segment_pool.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::databaseOf;
using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

TEST_CASE("a TCP flow is named across segments, once, and costs nothing afterwards") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {});
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
  classifier.add(flow, packetOf(flow, CLIENT, "lo", 103));
  classifier.add(flow, packetOf(flow, CLIENT, "hel", 100));
  CHECK(flow.classification == ClassificationState::SCANNING);
  const auto named = classifier.settle();
  REQUIRE(named.size() == 1);
  CHECK(named[0] == &flow);
  CHECK(flow.application == 7);
  CHECK(flow.classification == ClassificationState::DECIDED);
  CHECK(flow.classification == ClassificationState::DECIDED);
  classifier.add(flow, packetOf(flow, CLIENT, "more", 105));
  CHECK(classifier.settle().empty());
  CHECK(classifier.counters().scannedOctets == 5);
  CHECK(classifier.counters().decidedFlows == 1);
  CHECK(classifier.counters().undecidedFlows == 0);
}

TEST_CASE("data in a SYN, a repeated SYN and keep-alives") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {});
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
  classifier.add(flow, packetOf(flow, CLIENT, "he", 99, TCP_SYN));
  classifier.add(flow, packetOf(flow, CLIENT, std::string_view("\0", 1), 101));
  classifier.add(flow, packetOf(flow, CLIENT, "llo", 102));
  classifier.settle();
  CHECK(flow.application == 7);

  FlowEntry joined = newFlow(testing::TCP, 8);  // its start was not seen
  classifier.add(joined, packetOf(joined, CLIENT, std::string_view("\0", 1), 499));
  classifier.add(joined, packetOf(joined, CLIENT, "hello", 500));
  classifier.settle();
  CHECK(joined.application == 7);
}

TEST_CASE("a stream whose first octets were missed takes no slot and is not waited for") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {.budgetPacketsPerDirection = 3});
  FlowEntry flow = newFlow(testing::TCP);
  for (const StreamSide side : {CLIENT, SERVER}) {
    classifier.add(flow, packetOf(flow, side, "", 99, TCP_SYN));
    for (uint32_t i = 0; i < 3; ++i)
      classifier.add(flow, packetOf(flow, side, "hello", 100 + 20'000 + i * 5));
    CHECK(classifier.counters().undecidedFlowBytes == 0);
  }
  CHECK(flow.classification == ClassificationState::DECIDED);
  CHECK(classifier.counters().exhaustedFlows == 1);
}

TEST_CASE("where a stream was picked up what its start would say is likely at most") {
  const auto confidenceOf = [](const char* regex, uint32_t startSequence) {
    Classifier classifier(databaseOf({pattern(regex, 7)}), {});
    FlowEntry flow = newFlow(testing::TCP);
    if (startSequence != 0)
      classifier.add(flow, packetOf(flow, CLIENT, "", startSequence, TCP_SYN));
    classifier.add(flow, packetOf(flow, CLIENT, "hello world", 100));
    classifier.settle();
    REQUIRE(flow.application == 7);
    return classifier.labelOf(flow)->confidence;
  };
  constexpr uint32_t UNSEEN = 0;
  CHECK(confidenceOf("^hel", UNSEEN) == Confidence::BEHAVIOUR);
  CHECK(confidenceOf("^hel", 99) == Confidence::PAYLOAD);
  CHECK(confidenceOf("^hell", UNSEEN) == Confidence::PAYLOAD);
  CHECK(confidenceOf("wor", UNSEEN) == Confidence::PAYLOAD);
}

TEST_CASE("UDP: every datagram is a stream of its own, and sizes are checked") {
  Pattern sized = pattern("^abc", 7, Transport::UDP);
  sized.minimumDatagramBytes = 4;
  sized.maximumDatagramBytes = 5;
  Classifier classifier(databaseOf({sized}), {});
  FlowEntry flow = newFlow(testing::UDP);
  for (const char* payload : {"ab", "c", "abc", "abcdef"}) {
    classifier.add(flow, packetOf(flow, CLIENT, payload));
    classifier.settle();
    CHECK(flow.application == 0);
  }
  DecodedPacket cut = packetOf(flow, CLIENT, "abcd");
  cut.datagramBytes = 6;
  classifier.add(flow, cut);
  classifier.settle();
  CHECK(flow.application == 0);
  classifier.add(flow, packetOf(flow, CLIENT, "abcd"));
  classifier.settle();
  CHECK(flow.application == 7);
}

TEST_CASE("UDP: the size of a datagram that the capture has cut is that of its header") {
  Pattern sized = pattern("^abc", 7, Transport::UDP);
  sized.minimumDatagramBytes = 1000;
  Classifier classifier(databaseOf({sized}), {});
  FlowEntry flow = newFlow(testing::UDP);
  DecodedPacket cut = packetOf(flow, CLIENT, "abcd");
  cut.datagramBytes = 1200;
  classifier.add(flow, cut);
  classifier.settle();
  CHECK(flow.application == 7);
}

TEST_CASE("'not yet' becomes 'no' when both budgets are spent") {
  const auto database =
      databaseOf({pattern("^a.*x", 7), pattern("^b.*x", 7, Transport::TCP, SERVER)});
  Classifier classifier(database, {.budgetPacketsPerDirection = 2});
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "aa", 100));
  classifier.add(flow, packetOf(flow, CLIENT, "aa", 102));
  classifier.add(flow, packetOf(flow, SERVER, "bb", 200));
  classifier.settle();
  CHECK(flow.classification == ClassificationState::SCANNING);
  classifier.add(flow, packetOf(flow, SERVER, "bb", 200));  // a retransmission costs nothing
  classifier.settle();
  CHECK(flow.classification == ClassificationState::SCANNING);
  classifier.add(flow, packetOf(flow, SERVER, "bb", 202));
  CHECK(classifier.settle().empty());
  CHECK(flow.classification == ClassificationState::DECIDED);
  CHECK(flow.application == 0);
  CHECK(classifier.counters().exhaustedFlows == 1);
}

TEST_CASE("what begins like no pattern is counted to the end of the budget, not scanned") {
  for (const uint8_t protocol : {testing::TCP, testing::UDP}) {
    CAPTURE(static_cast<int>(protocol));
    Classifier classifier(databaseOf({pattern("^x", 7), pattern("^x", 7, Transport::UDP)}),
                          {.budgetPacketsPerDirection = 2, .undecidedFlowsMax = 0});
    FlowEntry flow = newFlow(protocol);
    classifier.add(flow, packetOf(flow, CLIENT, "aa", 100));
    classifier.add(flow, packetOf(flow, CLIENT, "ax", 102));
    classifier.add(flow, packetOf(flow, SERVER, "bb", 200));
    classifier.settle();
    CHECK(flow.classification == ClassificationState::UNDECIDED);
    CHECK(classifier.counters().undecidedFlows == 1);
    CHECK(classifier.counters().undecidedFlowBytes == 0);
    classifier.add(flow, packetOf(flow, SERVER, "bb", 202));
    classifier.settle();
    CHECK(flow.classification == ClassificationState::DECIDED);
    CHECK(flow.application == 0);
    CHECK(classifier.counters().scannedOctets == 0);
    CHECK(classifier.counters().exhaustedFlows == 1);
    CHECK(classifier.counters().slotShortageFlows == 0);
    CHECK(classifier.counters().undecidedFlows == 0);
  }
}

TEST_CASE("a first octet that could begin a pattern keeps the stream open") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {});
  FlowEntry flow = newFlow(testing::TCP);
  for (uint32_t i = 0; i < 5; ++i) {
    classifier.add(flow, packetOf(flow, CLIENT, std::string_view("hello").substr(i, 1), 100 + i));
    classifier.settle();
  }
  CHECK(flow.application == 7);
}

TEST_CASE("a flood of handshakes takes no slot from the flows that talk") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {.undecidedFlowsMax = 1});
  std::vector<FlowEntry> flood(1000, newFlow(testing::TCP, 8));
  for (FlowEntry& flow : flood) {
    classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
    classifier.add(flow, packetOf(flow, SERVER, "", 999, TCP_SYN | TCP_ACK));
  }
  classifier.settle();
  CHECK(classifier.counters().undecidedFlows == 1000);
  CHECK(classifier.counters().slotShortageFlows == 0);
  classifier.add(flood[7], packetOf(flood[7], CLIENT, "lo", 103));  // its start is still known
  classifier.add(flood[7], packetOf(flood[7], CLIENT, "hel", 100));
  classifier.settle();
  CHECK(flood[7].application == 7);
  for (FlowEntry& flow : flood) classifier.release(flow);
  CHECK(classifier.counters().undecidedFlows == 0);
}

TEST_CASE("without admission new flows stay unnamed and are counted; the others go on") {
  SignatureSet set;
  set.applications = {{.selector = 5, .name = "ICMP", .ipProtocol = 1}};
  set.patterns = {pattern("^hello", 7)};
  Classifier classifier(createMatcherDatabase(Engine::HYPERSCAN, set), {});
  FlowEntry early = newFlow(testing::TCP);
  classifier.add(early, packetOf(early, CLIENT, "hel", 100));
  classifier.setAdmission(Admission::NONE);
  FlowEntry late = newFlow(testing::TCP, 8);
  classifier.add(late, packetOf(late, CLIENT, "hello", 100));
  FlowEntry icmp = newFlow(1);
  classifier.add(icmp, packetOf(icmp, CLIENT, ""));
  classifier.add(early, packetOf(early, CLIENT, "lo", 103));
  classifier.settle();
  CHECK(late.classification == ClassificationState::DECIDED);
  CHECK(late.application == 0);
  CHECK(early.application == 7);
  CHECK(icmp.application == 5);
  CHECK(classifier.counters().shedFlows == 1);
  classifier.setAdmission(Admission::ALL);
  FlowEntry again = newFlow(testing::TCP, 9);
  classifier.add(again, packetOf(again, CLIENT, "hello", 100));
  classifier.settle();
  CHECK(again.application == 7);
}

TEST_CASE("what undecided flows hold is counted, and given back") {
  const auto database = databaseOf({pattern("^a.*x", 7)});
  Classifier classifier(database, {});
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "aa", 100));
  classifier.add(flow, packetOf(flow, CLIENT, "aa", 104));
  classifier.settle();
  CHECK(classifier.counters().undecidedFlowBytes >
        database->streamStateBytes(DatabasePart::TCP_CLIENT) + sizeof(SegmentBlock));
  classifier.release(flow);
  CHECK(classifier.counters().undecidedFlowBytes == 0);
}

TEST_CASE("the budget in octets cuts a packet, and no octet past it is scanned") {
  Classifier classifier(databaseOf({pattern("^.{8}x", 7), pattern("^.{7}x", 8)}),
                        {.budgetBytesPerDirection = 8});
  FlowEntry tooFar = newFlow(testing::TCP);
  classifier.add(tooFar, packetOf(tooFar, CLIENT, "aaaaaaaax", 100));
  classifier.settle();
  CHECK(tooFar.application == 0);
  CHECK(classifier.counters().scannedOctets == 8);
  FlowEntry justThere = newFlow(testing::TCP);
  classifier.add(justThere, packetOf(justThere, CLIENT, "aaaaaaaxx", 100));
  classifier.settle();
  CHECK(justThere.application == 8);
}

TEST_CASE("a silent side does not keep a talkative flow undecided for ever") {
  Classifier classifier(databaseOf({pattern("^x", 7)}), {.budgetPacketsPerDirection = 2});
  FlowEntry flow = newFlow(testing::UDP);
  for (int i = 0; i < 16; ++i) classifier.add(flow, packetOf(flow, CLIENT, "a"));
  classifier.settle();
  CHECK(flow.classification == ClassificationState::DECIDED);
}

TEST_CASE("a direction out of all order is given up and counted") {
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {});
  FlowEntry flow = newFlow(testing::TCP);
  classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
  for (uint32_t i = 0; i < 9; ++i) {
    classifier.add(flow, packetOf(flow, CLIENT, "x", 102 + 2 * i));
  }
  classifier.add(flow, packetOf(flow, CLIENT, "hello", 100));
  classifier.settle();
  CHECK(flow.application == 0);
  CHECK(classifier.counters().reorderedSegments == 8);
  CHECK(classifier.counters().reorderDroppedSegments == 1);
}

TEST_CASE("ties: priority, then evidence, then the smaller selector, in any order of patterns") {
  const auto verdict = [](std::vector<Pattern> patterns) {
    Classifier classifier(databaseOf(std::move(patterns)), {});
    FlowEntry flow = newFlow(testing::TCP);
    classifier.add(flow, packetOf(flow, CLIENT, "abcdef", 100));
    classifier.settle();
    return flow.application;
  };
  Pattern high = pattern("^abcdef", 9);
  high.priority = 1;
  const Pattern low = pattern("^ab", 3);
  const Pattern other = pattern("^abc", 4);
  CHECK(verdict({low, other, high}) == 9);
  CHECK(verdict({high, other, low}) == 9);
  CHECK(verdict({other, low}) == 4);
  CHECK(verdict({low, other}) == 4);
  const Pattern equal = pattern("^a.c", 2);
  CHECK(verdict({low, equal}) == 2);
  CHECK(verdict({equal, low}) == 2);
}

TEST_CASE("the first packet that matches decides, however the packets are cut into batches") {
  for (const bool settlesBetween : {false, true}) {
    Pattern later = pattern("^server", 9, Transport::TCP, SERVER);
    later.priority = 100;
    Classifier classifier(databaseOf({pattern("^client", 3), later}), {});
    FlowEntry flow = newFlow(testing::TCP);
    classifier.add(flow, packetOf(flow, CLIENT, "client", 100));
    if (settlesBetween) classifier.settle();
    classifier.add(flow, packetOf(flow, SERVER, "server", 200));
    classifier.settle();
    CHECK(flow.application == 3);
    CHECK(classifier.counters().decidedFlows == 1);
  }
}

TEST_CASE("protocols by number, and protocols without a name") {
  SignatureSet set;
  set.applications = {{.selector = 5, .name = "ICMP", .ipProtocol = 1}};
  Classifier classifier(createMatcherDatabase(Engine::NONE, set), {});
  FlowEntry icmp = newFlow(1);
  classifier.add(icmp, packetOf(icmp, CLIENT, ""));
  FlowEntry other = newFlow(99);
  classifier.add(other, packetOf(other, CLIENT, ""));
  CHECK(classifier.settle().size() == 1);
  CHECK(icmp.application == 5);
  CHECK(other.classification == ClassificationState::DECIDED);
  CHECK(classifier.counters().unscannableFlows == 1);
}

TEST_CASE("when all slots are taken the flow that was silent longest goes unnamed, counted") {
  Classifier classifier(databaseOf({pattern("^x", 7), pattern("^a.*x", 8)}),
                        {.undecidedFlowsMax = 1});
  FlowEntry first = newFlow(testing::TCP);
  FlowEntry second = newFlow(testing::TCP, 8);
  classifier.add(first, packetOf(first, CLIENT, "a", 100));
  classifier.add(second, packetOf(second, CLIENT, "a", 100));
  CHECK(first.classification == ClassificationState::DECIDED);
  CHECK(first.application == 0);
  CHECK(classifier.counters().slotShortageFlows == 1);
  classifier.add(second, packetOf(second, CLIENT, "x", 101));
  classifier.settle();
  CHECK(second.application == 8);
  CHECK(classifier.counters().undecidedFlowBytes == 0);
}

TEST_CASE("a late result never reaches the flow that has the slot now") {
  const auto slow =
      std::make_shared<testing::SlowDatabase>(databaseOf({pattern("^x", 7), pattern("^a.*x", 8)}));
  Classifier classifier(slow, {.undecidedFlowsMax = 1});
  FlowEntry first = newFlow(testing::TCP);
  FlowEntry second = newFlow(testing::TCP, 8);
  slow->isHolding = true;
  classifier.add(first, packetOf(first, CLIENT, "x", 100));
  CHECK(classifier.settle().empty());
  classifier.release(first);
  CHECK(first.classification == ClassificationState::DECIDED);
  classifier.add(second, packetOf(second, CLIENT, "ab", 100));
  classifier.settle();
  slow->isHolding = false;
  CHECK(classifier.settle().empty());
  CHECK(second.classification == ClassificationState::SCANNING);
  CHECK(first.application == 0);
}

TEST_CASE("a verdict may come batches later; a full device costs the direction, not the lane") {
  const auto slow = std::make_shared<testing::SlowDatabase>(databaseOf({pattern("^x", 7)}));
  Classifier classifier(slow, {});
  FlowEntry flow = newFlow(testing::TCP);
  slow->isHolding = true;
  classifier.add(flow, packetOf(flow, CLIENT, "x", 100));
  CHECK(classifier.settle().empty());
  slow->isHolding = false;
  CHECK(classifier.settle().size() == 1);
  CHECK(flow.application == 7);

  slow->isFull = true;
  FlowEntry refused = newFlow(testing::TCP, 8);
  classifier.add(refused, packetOf(refused, CLIENT, "x", 100));
  classifier.settle();
  slow->isFull = false;
  classifier.add(refused, packetOf(refused, CLIENT, "x", 101));
  classifier.settle();
  CHECK(refused.application == 0);
  CHECK(classifier.counters().matcherBusyRequests == 1);
}

TEST_CASE("a released flow is not reported, even when it was named in this batch") {
  Classifier classifier(databaseOf({pattern("^x", 7), pattern("^y.*z", 8)}), {});
  FlowEntry flow = newFlow(testing::TCP);
  FlowEntry others[300];
  classifier.add(flow, packetOf(flow, CLIENT, "x", 100));
  for (FlowEntry& other : others) {  // more than a batch, so that the first part is submitted
    other = newFlow(testing::TCP, 9);
    classifier.add(other, packetOf(other, CLIENT, "y", 100));
  }
  CHECK(flow.application == 7);
  classifier.release(flow);
  CHECK(classifier.settle().empty());
}

}  // namespace
}  // namespace weir
