// SPDX-License-Identifier: Apache-2.0
// Flows that are built to keep the matcher busy, or to keep what is held for them.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "classify/classifier.h"
#include "classify/flow_watch.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using namespace weir::testing;

constexpr uint32_t FLOOD_OCTETS = 1U << 20U;
constexpr ClassifierOptions OPTIONS;
constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

/// As dear as a set may be, and these octets never match them.
std::shared_ptr<const MatcherDatabase> busyDatabase() {
  std::vector<Pattern> patterns;
  for (const Transport transport : {Transport::TCP, Transport::UDP}) {
    for (const StreamSide side : {CLIENT, SERVER}) {
      patterns.push_back(pattern("[ab].{30}c", 1, transport, side));
      patterns.push_back(pattern("(a.{0,100}b.{0,100}c){3}", 2, transport, side));
    }
  }
  return databaseOf(std::move(patterns));
}

std::string busyOctets(size_t length) {
  std::string octets;
  for (size_t i = 0; i < length; ++i) octets += i % 3 == 0 ? 'b' : 'a';
  return octets;
}

/// A flood of both directions in packets of this size.
void flood(Classifier& classifier, FlowEntry& entry, uint32_t packetOctets) {
  const std::string payload = busyOctets(packetOctets);
  for (uint32_t at = 0; at < FLOOD_OCTETS; at += packetOctets) {
    for (const StreamSide side : {CLIENT, SERVER}) {
      classifier.add(entry, packetOf(entry, side, payload, 1 + at));
    }
    classifier.settle();
  }
}

TEST_CASE("whatever a flow sends, no more than its budget is scanned") {
  for (const uint8_t protocol : {TCP, UDP}) {
    for (const uint32_t packetOctets : {1U, 100U, 1460U, 9000U}) {
      CAPTURE(protocol);
      CAPTURE(packetOctets);
      Classifier classifier(busyDatabase(), OPTIONS);
      FlowEntry entry = newFlow(protocol);
      flood(classifier, entry, packetOctets);
      const uint32_t octetsMax =
          protocol == TCP ? OPTIONS.budgetBytesPerDirection : DatagramWatch::BUDGET_MAX.octets;
      const uint64_t budget =
          std::min<uint64_t>(octetsMax, OPTIONS.budgetPacketsPerDirection * packetOctets);
      CHECK(classifier.counters().scannedOctets == 2 * budget);
      CHECK(entry.classification == ClassificationState::DECIDED);
      CHECK(entry.application == 0);
      CHECK(classifier.counters().exhaustedFlows == 1);
      CHECK(classifier.counters().undecidedFlowBytes == 0);
    }
  }
}

TEST_CASE("segments that come behind a gap for ever are given up") {
  Classifier classifier(busyDatabase(), OPTIONS);
  FlowEntry entry = newFlow(TCP);
  const std::string payload = busyOctets(100);
  for (const StreamSide side : {CLIENT, SERVER}) {
    classifier.add(entry, packetOf(entry, side, {}, 0, TCP_SYN));
  }
  for (uint32_t i = 0; i < 1000; ++i) {
    for (const StreamSide side : {CLIENT, SERVER}) {
      classifier.add(entry, packetOf(entry, side, payload, 201 + (i % 30) * 101));
    }
    classifier.settle();
  }
  CHECK(classifier.counters().scannedOctets == 0);
  CHECK(entry.classification == ClassificationState::DECIDED);
  CHECK(classifier.counters().undecidedFlowBytes == 0);
}

TEST_CASE("a flood of beginnings pushes out its own, and nobody who talks with another") {
  constexpr uint32_t SLOTS = 2048;
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {.undecidedFlowsMax = SLOTS});
  FlowEntry talking = newFlow(TCP, 8);
  talking.packets[0] = talking.packets[1] = 1;
  classifier.add(talking, packetOf(talking, CLIENT, "hel", 1));
  std::vector<FlowEntry> flood(3 * SLOTS, newFlow(TCP));
  for (FlowEntry& flow : flood) {
    flow.lastNs = &flow - flood.data() + 1;
    flow.packets[0] = 1;
    classifier.add(flow, packetOf(flow, CLIENT, "h", 1));
  }
  FlowEntry fresh = newFlow(TCP, 9);
  fresh.lastNs = INT64_MAX;
  classifier.add(fresh, packetOf(fresh, CLIENT, "hel", 1));
  for (FlowEntry* flow : {&talking, &fresh})
    classifier.add(*flow, packetOf(*flow, CLIENT, "lo", 4));
  classifier.settle();
  CHECK(talking.application == 7);
  CHECK(fresh.application == 7);
  CHECK(classifier.counters().slotShortageFlows == flood.size() + 2 - SLOTS);
}

TEST_CASE("holes that are never filled do not take the room of others' segments") {
  constexpr uint32_t HOLES = 8;
  Classifier classifier(databaseOf({pattern("^hello", 7)}), {});
  std::vector<FlowEntry> flood(3000, newFlow(TCP));
  for (FlowEntry& flow : flood) {
    classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
    for (uint32_t i = 0; i < HOLES; ++i)
      classifier.add(flow, packetOf(flow, CLIENT, "x", 102 + 2 * i));
  }
  FlowEntry other = newFlow(TCP, 8);
  other.lastNs = 1;
  classifier.add(other, packetOf(other, CLIENT, "", 99, TCP_SYN));
  classifier.add(other, packetOf(other, CLIENT, "lo", 103));
  classifier.add(other, packetOf(other, CLIENT, "hel", 100));
  classifier.settle();
  CHECK(other.application == 7);
  CHECK(classifier.counters().reorderDroppedSegments > 0);
}

TEST_CASE("of what a flood took little stays, and that is counted") {
  constexpr uint64_t STAYS = 1024;
  const auto database = busyDatabase();
  const uint64_t stateBytes = database->streamStateBytes(DatabasePart::TCP_CLIENT);
  Classifier classifier(database, OPTIONS);
  std::vector<FlowEntry> entries(3 * STAYS, newFlow(TCP));
  const std::string payload = busyOctets(10);
  for (FlowEntry& entry : entries) classifier.add(entry, packetOf(entry, CLIENT, payload, 1));
  classifier.settle();
  CHECK(classifier.counters().undecidedFlowBytes > entries.size() * stateBytes);
  CHECK(classifier.counters().pooledStreamBytes == 0);
  for (FlowEntry& entry : entries) classifier.release(entry);
  classifier.settle();
  CHECK(classifier.counters().undecidedFlowBytes == 0);
  CHECK(classifier.counters().pooledStreamBytes == STAYS * stateBytes);
}

TEST_CASE("a flood of flows takes no more memory than the slots allow") {
  constexpr uint32_t SLOTS = 16;
  Classifier classifier(busyDatabase(), {.undecidedFlowsMax = SLOTS});
  std::vector<FlowEntry> entries(1000, newFlow(TCP));
  const std::string payload = busyOctets(10);
  uint64_t bytesAtSlotsMax = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    classifier.add(entries[i], packetOf(entries[i], CLIENT, payload, 1));
    classifier.settle();
    if (i + 1 == SLOTS) bytesAtSlotsMax = classifier.counters().undecidedFlowBytes;
  }
  CHECK(bytesAtSlotsMax > 0);
  CHECK(classifier.counters().undecidedFlowBytes == bytesAtSlotsMax);
  CHECK(classifier.counters().slotShortageFlows == entries.size() - SLOTS);
  for (FlowEntry& entry : entries) classifier.release(entry);
  CHECK(classifier.counters().undecidedFlowBytes == 0);
}

}  // namespace
}  // namespace weir
