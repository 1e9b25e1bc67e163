// SPDX-License-Identifier: Apache-2.0
// Weir's own signatures through the engines. Needs the dump of the signature files: see
// test_signature_dump.h.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "classify/classifier.h"
#include "classify/sample_match.h"
#include "classify/test_flows.h"
#include "classify/test_signature_dump.h"

namespace weir {
namespace {

const SignatureDump* requireDump() {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
  return dump;
}

const std::shared_ptr<const MatcherDatabase>& database(Engine engine) {
  static const auto hyperscan =
      createMatcherDatabase(Engine::HYPERSCAN, SignatureDumpReader::fromEnvironment()->set);
  static const auto emulator =
      createMatcherDatabase(Engine::EMULATOR, SignatureDumpReader::fromEnvironment()->set);
  return engine == Engine::EMULATOR ? emulator : hyperscan;
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
    classifier.settle();
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

}  // namespace
}  // namespace weir
