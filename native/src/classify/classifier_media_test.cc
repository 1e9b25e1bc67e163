// SPDX-License-Identifier: Apache-2.0
// Flows that several datagrams together name, and flows that nothing names.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "classify/classifier.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

constexpr uint32_t STUN = 25;
constexpr uint32_t DTLS = 24;
constexpr uint32_t RTP = 14;
constexpr uint32_t SSH = 4;

std::shared_ptr<const MatcherDatabase> database() {
  SignatureSet set;
  set.patterns = {pattern("^[\\x00\\x01].{3}\\x21\\x12\\xa4\\x42", STUN, Transport::UDP),
                  pattern("^\\x16\\xfe[\\xfd\\xff].{8}", DTLS, Transport::UDP)};
  set.known = {.rtp = RTP, .rtcp = 15, .dtls = DTLS, .stun = STUN};
  set.ports = {{22, Transport::TCP, SSH}};
  return createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
}

const std::string BINDING("\x00\x01\x00\x00\x21\x12\xa4\x42transactionid", 20);
const std::string HANDSHAKE("\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05hello", 18);

std::string media(uint16_t sequence) {
  std::string packet("\x80\x60\x00\x00\x00\x00\x00\x00source-frame-of-sound", 29);
  packet[2] = static_cast<char>(sequence >> 8U);
  packet[3] = static_cast<char>(sequence);
  packet[6] = static_cast<char>(sequence);
  return packet;
}

/// What a client's datagrams make of a flow; 0 while it is undecided.
uint32_t nameOf(Classifier& classifier, FlowEntry& flow, const std::vector<std::string>& datagrams,
                size_t batch) {
  for (size_t i = 0; i < datagrams.size(); ++i) {
    classifier.add(flow, packetOf(flow, CLIENT, datagrams[i]));
    if (i % batch == batch - 1) classifier.settle();
  }
  classifier.settle();
  return flow.application;
}

TEST_CASE("RTP that nobody announced is known by its shape, on any cut into batches") {
  std::vector<std::string> datagrams;
  for (uint16_t sequence = 7; sequence < 13; ++sequence) datagrams.push_back(media(sequence));
  for (const size_t batch : {1U, 2U, 3U, 100U}) {
    CAPTURE(batch);
    Classifier classifier(database(), {});
    FlowEntry flow = newFlow(testing::UDP);
    CHECK(nameOf(classifier, flow, datagrams, batch) == RTP);
    CHECK(classifier.labelOf(flow)->confidence == Confidence::BEHAVIOUR);
    CHECK(classifier.labelOf(flow)->rule == RuleKind::SHAPE);
    CHECK(classifier.labelOf(flow)->packets == 4);
    classifier.release(flow);
    CHECK(classifier.counters().undecidedFlowBytes == 0);
  }
}

TEST_CASE("media in large datagrams is known as well, also where a pattern begins like it") {
  for (const char* regex : {"^nothing", "^\\x80.{8}nothing", "nothing"}) {
    SignatureSet set;
    set.patterns = {pattern(regex, 9, Transport::UDP)};
    set.known = {.rtp = RTP, .rtcp = 15};
    Classifier classifier(createMatcherDatabase(Engine::HYPERSCAN, std::move(set)), {});
    FlowEntry flow = newFlow(testing::UDP);
    std::vector<std::string> datagrams = {std::string(1400, '?'), std::string(1400, '?')};
    for (uint16_t sequence = 7; sequence < 13; ++sequence)
      datagrams.push_back(media(sequence) + std::string(1400, 'v'));
    CHECK(nameOf(classifier, flow, datagrams, 1) == RTP);
    CHECK(classifier.counters().scannedOctets <= 4096);
  }
}

TEST_CASE("STUN goes before media and DTLS: the flow is called by what comes") {
  std::vector<std::string> call = {BINDING, BINDING};
  for (uint16_t sequence = 7; sequence < 13; ++sequence) call.push_back(media(sequence));
  for (const size_t batch : {1U, 2U, 100U}) {
    Classifier classifier(database(), {});
    FlowEntry flow = newFlow(testing::UDP);
    CHECK(nameOf(classifier, flow, call, batch) == RTP);
    CHECK(classifier.labelOf(flow)->packets == 6);
    FlowEntry secured = newFlow(testing::UDP, 8);
    CHECK(nameOf(classifier, secured, {BINDING, HANDSHAKE, BINDING}, batch) == DTLS);
    CHECK(classifier.labelOf(secured)->packets == 2);
    FlowEntry bound = newFlow(testing::UDP, 9);
    CHECK(nameOf(classifier, bound, {BINDING, BINDING, BINDING}, batch) == 0);
    CHECK(classifier.settle(&bound).size() == 1);
    CHECK(bound.application == STUN);
    FlowEntry kept = newFlow(testing::UDP, 10);
    CHECK(nameOf(classifier, kept, std::vector<std::string>(12, BINDING), batch) == STUN);
    CHECK(classifier.labelOf(kept)->packets == 1);
  }
}

TEST_CASE("what begins like RTP takes a quarter of the slots at most, and takes no other's name") {
  Classifier classifier(database(), {.undecidedFlowsMax = 8});
  std::vector<FlowEntry> noise(6, newFlow(testing::UDP));
  const std::string datagram = media(1);
  for (FlowEntry& flow : noise) classifier.add(flow, packetOf(flow, CLIENT, datagram));
  classifier.settle();
  CHECK(classifier.counters().slotShortageFlows == 0);
  size_t seated = 0;
  for (const FlowEntry& flow : noise) {
    seated += flow.classification == ClassificationState::SCANNING ? 1 : 0;
  }
  CHECK(seated == 2);
  for (FlowEntry& flow : noise) classifier.release(flow);
  CHECK(classifier.counters().endedUndecidedFlows == 6);
}

TEST_CASE("an RLPx handshake is known by its exact size, and a pattern that matches wins") {
  const auto nameOfFirst = [](const std::string& segment, std::vector<Pattern> patterns,
                              uint32_t startSequence = 99) {
    SignatureSet set;
    set.patterns = std::move(patterns);
    set.known = {.ethereum = 71};
    Classifier classifier(createMatcherDatabase(Engine::HYPERSCAN, std::move(set)), {});
    FlowEntry flow = newFlow(testing::TCP, 30303);
    if (startSequence != 0)
      classifier.add(flow, packetOf(flow, CLIENT, "", startSequence, TCP_SYN));
    classifier.add(flow, packetOf(flow, CLIENT, segment, 100));
    classifier.settle();
    if (flow.application != 0) CHECK(classifier.labelOf(flow)->packets == 1);
    return flow.application;
  };
  const std::string handshake = std::string("\x01\x90\x04", 3) + std::string(399, 'x');
  CHECK(nameOfFirst(handshake, {pattern("^abc", 7)}) == 71);
  CHECK(nameOfFirst(handshake, {pattern("^.\\x90.{3}", 7)}) == 7);
  CHECK(nameOfFirst(handshake + 'x', {pattern("^abc", 7)}) == 0);
  CHECK(nameOfFirst(handshake.substr(0, 100), {pattern("^abc", 7)}) == 0);
  constexpr uint32_t UNSEEN = 0;
  constexpr uint32_t FURTHER_BACK = 90;
  for (const uint32_t start : {UNSEEN, FURTHER_BACK}) {
    CHECK(nameOfFirst(handshake, {pattern("^abc", 7)}, start) == 0);
    CHECK(nameOfFirst(handshake, {pattern("x", 7)}, start) == (start == UNSEEN ? 7 : 0));
  }
  std::string dns = handshake;
  dns.replace(2, 12, std::string("\x04\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12));
  CHECK(nameOfFirst(dns, {pattern("^abc", 7)}) == 0);
}

TEST_CASE("port hints name what nothing else names, and only when asked to") {
  for (const bool usesPortHints : {false, true}) {
    Classifier classifier(database(), {.usesPortHints = usesPortHints});
    FlowEntry flow = newFlow(testing::TCP, 22);
    classifier.add(flow, packetOf(flow, CLIENT, "", 1, TCP_SYN));
    const FlowName name = classifier.nameOf(flow);
    CHECK(name.application == (usesPortHints ? SSH : 0));
    CHECK((name.label != nullptr) == usesPortHints);
    if (usesPortHints) CHECK(name.label->confidence == Confidence::PORT);
    CHECK(flow.application == 0);
    FlowEntry other = newFlow(testing::UDP, 22);
    CHECK(classifier.nameOf(other).application == 0);
  }
}

}  // namespace
}  // namespace weir
