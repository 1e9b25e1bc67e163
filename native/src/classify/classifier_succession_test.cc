// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier_succession.h"

#include <doctest/doctest.h>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::databaseOf;
using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

std::unique_ptr<Classifier> classifierOf(const std::string& regex, uint32_t application) {
  return std::make_unique<Classifier>(databaseOf({pattern(regex, application)}),
                                      ClassifierOptions{});
}

void begin(ClassifierSuccession& classifier, FlowEntry& flow, std::string_view payload) {
  classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
  classifier.add(flow, packetOf(flow, CLIENT, payload, 100));
}

TEST_CASE("a flow is judged by the signatures that were in force when it began") {
  ClassifierSuccession classifier(classifierOf("^hello", 7));
  FlowEntry before = newFlow(testing::TCP, 1);
  FlowEntry silent = newFlow(testing::TCP, 2);
  begin(classifier, before, "hel");
  begin(classifier, silent, "hel");
  CHECK(classifier.settle().empty());

  classifier.succeed(classifierOf("^hello", 9));
  FlowEntry after = newFlow(testing::TCP, 3);
  begin(classifier, after, "hello");
  classifier.add(before, packetOf(before, CLIENT, "lo", 103));
  CHECK(classifier.settle().size() == 2);
  CHECK(before.application == 7);
  CHECK(after.application == 9);
  CHECK(classifier.counters().undecidedFlows == 1);

  classifier.release(silent);
  CHECK(silent.classification == ClassificationState::DECIDED);
  CHECK(classifier.settle().empty());
  CHECK(classifier.counters().undecidedFlows == 0);
  CHECK(classifier.counters().decidedFlows == 2);
  CHECK(classifier.counters().scannedOctets == 13);
}

TEST_CASE("a flow that has shown nothing yet is judged by the new signatures") {
  ClassifierSuccession classifier(classifierOf("^hello", 7));
  FlowEntry flow = newFlow(testing::TCP, 1);
  FlowEntry other = newFlow(testing::TCP, 2);
  for (FlowEntry* one : {&flow, &other}) {
    classifier.add(*one, packetOf(*one, CLIENT, "", 99, TCP_SYN));
  }
  classifier.succeed(classifierOf("^hello", 9));
  classifier.settle();
  classifier.add(flow, packetOf(flow, CLIENT, "lo", 103));
  classifier.add(flow, packetOf(flow, CLIENT, "hel", 100));
  CHECK(classifier.settle().size() == 1);
  CHECK(flow.application == 9);
  CHECK(classifier.counters().undecidedFlows == 1);
  classifier.release(other);
  CHECK(classifier.counters().undecidedFlows == 0);
}

TEST_CASE("admission outlives a reload") {
  ClassifierSuccession classifier(classifierOf("^hello", 7));
  classifier.setAdmission(Admission::NONE);
  classifier.succeed(classifierOf("^hello", 9));
  FlowEntry flow = newFlow(testing::TCP);
  begin(classifier, flow, "hello");
  CHECK(flow.application == 0);
  CHECK(classifier.counters().shedFlows == 1);
}

TEST_CASE("reloads may follow each other while flows of all of them are undecided") {
  ClassifierSuccession classifier(classifierOf("^hello", 1));
  std::deque<FlowEntry> flows;
  for (uint32_t generation = 1; generation <= 5; ++generation) {
    if (generation > 1) classifier.succeed(classifierOf("^hello", generation));
    flows.push_back(newFlow(testing::TCP, static_cast<uint16_t>(generation)));
    begin(classifier, flows.back(), "hel");
    classifier.settle();
  }
  for (FlowEntry& flow : flows) classifier.add(flow, packetOf(flow, CLIENT, "lo", 103));
  CHECK(classifier.settle().size() == flows.size());
  for (uint32_t i = 0; i < flows.size(); ++i) CHECK(flows[i].application == i + 1);
}

TEST_CASE("a flow that ends with its verdict unreported is not reported") {
  ClassifierSuccession classifier(classifierOf("^hello", 7));
  FlowEntry flow = newFlow(testing::TCP);
  FlowEntry waiting = newFlow(testing::TCP, 8);
  begin(classifier, flow, "hel");
  begin(classifier, waiting, "hel");
  classifier.settle();
  classifier.succeed(classifierOf("^hello", 9));
  classifier.add(flow, packetOf(flow, CLIENT, "lo", 103));
  classifier.release(flow);
  CHECK(classifier.settle().empty());
  CHECK(classifier.counters().undecidedFlows == 1);
}

TEST_CASE("what a control channel announced before a reload is found after it") {
  SignatureSet set;
  set.patterns = {pattern("^220 ", 21, Transport::TCP, SERVER)};
  set.known = {.ftp = 21, .ftpData = 20};
  const auto makeClassifier = [&set](uint32_t ftpData) {
    set.known.ftpData = ftpData;
    return std::make_unique<Classifier>(createMatcherDatabase(Engine::HYPERSCAN, set),
                                        ClassifierOptions{});
  };
  ClassifierSuccession classifier(makeClassifier(20));
  FlowEntry control = newFlow(testing::TCP, 21);
  const auto say = [&](std::string_view text, uint32_t sequence) {
    classifier.add(control, packetOf(control, SERVER, text, sequence));
    classifier.settle();
  };
  say("220 hello\r\n", 100);
  say("227 Entering Passive Mode (192,0,2,2,156,85).\r\n", 111);
  classifier.succeed(makeClassifier(30));
  say("227 Entering Passive Mode (192,0,2,2,156,86).\r\n", 158);

  FlowEntry announcedBefore = newFlow(testing::TCP, 40021);
  FlowEntry announcedAfter = newFlow(testing::TCP, 40022);
  for (FlowEntry* flow : {&announcedBefore, &announcedAfter}) {
    classifier.add(*flow, packetOf(*flow, CLIENT, "", 99, TCP_SYN));
  }
  for (FlowEntry* flow : {&announcedBefore, &announcedAfter}) {
    classifier.settle(flow);
    CHECK(flow->application == 30);
  }
}

}  // namespace
}  // namespace weir
