// SPDX-License-Identifier: Apache-2.0
// Weir's own signatures through the engines. Needs the dump of the signature files: see
// test_signature_dump.h.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "classify/classifier.h"
#include "classify/sample_match.h"
#include "classify/test_dumped_database.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

const SignatureDump* requireDump() {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
  return dump;
}

const std::shared_ptr<const MatcherDatabase>& database(Engine engine) {
  return testing::dumpedDatabase(engine);
}

/// Random cuts; a datagram stays whole.
std::vector<std::span<const uint8_t>> cut(const DumpedSample& sample, std::mt19937& random) {
  std::span<const uint8_t> rest = sample.payload;
  std::vector<std::span<const uint8_t>> pieces;
  while (sample.transport == Transport::TCP && !rest.empty()) {
    const size_t length = 1 + random() % rest.size();
    pieces.push_back(rest.first(length));
    rest = rest.subspan(length);
  }
  if (pieces.empty()) pieces.push_back(rest);
  return pieces;
}

/// An example, sometimes with octets changed: near what matches is where engines could differ.
DumpedSample disturb(DumpedSample sample, std::mt19937& random) {
  for (size_t changes = random() % 4; changes > 0; --changes) {
    sample.payload[random() % sample.payload.size()] = static_cast<uint8_t>(random());
  }
  return sample;
}

TEST_CASE("every example is named as its file says, no near miss is") {
  const SignatureDump* dump = requireDump();
  if (dump == nullptr) return;
  for (const DumpedSample& sample : dump->samples) {
    CAPTURE(sample.source);
    const auto names =
        matchSample(*database(Engine::HYPERSCAN), sample.transport, sample.side, sample.payload);
    if (sample.matches) {
      REQUIRE(!names.empty());
      CHECK(names.front() == sample.application);
    } else {
      CHECK(std::find(names.begin(), names.end(), sample.application) == names.end());
    }
  }
}

TEST_CASE("Hyperscan and the emulator give the same matches, however a stream is cut") {
  const SignatureDump* dump = requireDump();
  if (dump == nullptr) return;
  std::mt19937 random(2);
  for (int round = 0; round < 3; ++round) {
    for (const DumpedSample& original : dump->samples) {
      CAPTURE(original.source);
      const DumpedSample sample = disturb(original, random);
      const auto pieces = cut(sample, random);
      const auto expected =
          findSampleMatches(*database(Engine::HYPERSCAN), sample.transport, sample.side, pieces);
      const auto found =
          findSampleMatches(*database(Engine::EMULATOR), sample.transport, sample.side, pieces);
      REQUIRE(found == expected);
    }
  }
}

TEST_CASE("cut, order and repetition of segments never change a verdict") {
  const SignatureDump* dump = requireDump();
  if (dump == nullptr) return;
  std::mt19937 random(3);
  Classifier classifier(database(Engine::HYPERSCAN), {.budgetPacketsPerDirection = 10'000});
  for (const DumpedSample& sample : dump->samples) {
    if (sample.transport != Transport::TCP || !sample.matches) continue;
    CAPTURE(sample.source);
    struct Segment {
      uint32_t sequence;
      std::string_view bytes;
    };
    std::vector<Segment> segments;
    uint32_t sequence = random();
    FlowEntry flow = testing::newFlow(testing::TCP);
    classifier.add(flow, testing::packetOf(flow, sample.side, "", sequence - 1, TCP_SYN));
    for (const auto piece : cut(sample, random)) {
      segments.push_back({sequence, {reinterpret_cast<const char*>(piece.data()), piece.size()}});
      if (random() % 3 == 0) segments.push_back(segments.back());
      sequence += static_cast<uint32_t>(piece.size());
    }
    const auto window = static_cast<ptrdiff_t>(std::min<size_t>(segments.size(), 8));
    std::shuffle(segments.begin(), segments.begin() + window, random);
    for (const Segment& segment : segments) {
      classifier.add(flow, testing::packetOf(flow, sample.side, segment.bytes, segment.sequence));
      if (random() % 2 == 0) classifier.settle();
    }
    classifier.settle(&flow);
    CHECK(flow.application != 0);
    const auto& applications = dump->set.applications;
    const auto named = std::find_if(applications.begin(), applications.end(), [&](const auto& one) {
      return one.selector == flow.application;
    });
    REQUIRE(named != applications.end());
    CHECK(named->name == sample.application);
    classifier.release(flow);
  }
}

/// The same signatures with a pattern in each part that could match anywhere: nothing is turned
/// away before the engine.
std::shared_ptr<const MatcherDatabase> unfiltered(SignatureSet set) {
  for (const Transport transport : {Transport::TCP, Transport::UDP}) {
    for (const StreamSide side : {StreamSide::CLIENT, StreamSide::SERVER}) {
      set.patterns.push_back(testing::pattern("(?:\\xde\\xad\\xbe\\xef){8}", 1, transport, side));
    }
  }
  return createMatcherDatabase(Engine::HYPERSCAN, std::move(set), testing::testDatabaseCache());
}

struct TestPacket {
  StreamSide side;
  uint32_t sequence;
  std::vector<uint8_t> payload;
};

/// Both sides send samples of any application, disturbed, cut and a little out of order.
std::vector<TestPacket> conversation(const std::vector<DumpedSample>& samples, Transport transport,
                                     std::mt19937& random) {
  std::vector<TestPacket> packets;
  uint32_t sequences[2] = {1000, 0xfffffff0};
  for (size_t i = 1 + random() % 6; i > 0; --i) {
    DumpedSample sample = disturb(samples[random() % samples.size()], random);
    if (random() % 2 == 0) sample.payload.insert(sample.payload.begin(), uint8_t(random()));
    sample.transport = transport;
    uint32_t& sequence = sequences[static_cast<size_t>(sample.side)];
    for (const auto piece : cut(sample, random)) {
      packets.push_back({sample.side, sequence, {piece.begin(), piece.end()}});
      sequence += static_cast<uint32_t>(piece.size());
      if (random() % 8 == 0) packets.push_back(packets.back());
    }
  }
  const auto window = static_cast<ptrdiff_t>(std::min<size_t>(packets.size(), 4));
  std::shuffle(packets.begin(), packets.begin() + window, random);
  return packets;
}

TEST_CASE("what is turned away before the engine changes no verdict") {
  const SignatureDump* dump = requireDump();
  if (dump == nullptr) return;
  std::mt19937 random(9);
  const ClassifierOptions options = {.budgetPacketsPerDirection = 12};
  Classifier filtered(database(Engine::HYPERSCAN), options);
  Classifier plain(unfiltered(dump->set), options);
  size_t named = 0;
  for (int round = 0; round < 1000; ++round) {
    const auto transport = static_cast<Transport>(random() % 2);
    const uint8_t protocol = transport == Transport::TCP ? testing::TCP : testing::UDP;
    FlowEntry flows[2] = {testing::newFlow(protocol), testing::newFlow(protocol)};
    const bool hasHandshake = random() % 2 == 0;
    for (const TestPacket& packet : conversation(dump->samples, transport, random)) {
      const std::string_view bytes(reinterpret_cast<const char*>(packet.payload.data()),
                                   packet.payload.size());
      for (size_t i = 0; i < 2; ++i) {
        Classifier& classifier = i == 0 ? filtered : plain;
        const uint32_t starts[2] = {999, 0xffffffef};
        const uint32_t start = starts[static_cast<size_t>(packet.side)];
        if (hasHandshake) {
          classifier.add(flows[i], testing::packetOf(flows[i], packet.side, "", start, TCP_SYN));
        }
        classifier.add(flows[i], testing::packetOf(flows[i], packet.side, bytes, packet.sequence));
        classifier.settle();
      }
    }
    REQUIRE(flows[0].application == flows[1].application);
    named += flows[0].application != 0 ? 1U : 0U;
    filtered.release(flows[0]);
    plain.release(flows[1]);
  }
  CHECK(named > 80);
  CHECK(named < 850);
  CHECK(filtered.counters().scannedOctets < plain.counters().scannedOctets);
}

}  // namespace
}  // namespace weir
