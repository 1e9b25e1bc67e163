// SPDX-License-Identifier: Apache-2.0
// classifyspeed DUMP CAPTURE ROUNDS [one]: the classifier beside raw Hyperscan with the same
// patterns over the same payloads, as JSON. DUMP holds the patterns: what
// probe/dist/signatures/dump.js prints. "one": only the first pattern of each part.
//
// A pass is timed by the thread's processor time. Passes take turns, a round of all after the
// other.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <memory>
#include <vector>

#include "classify/classifier.h"
#include "classify/flow_slots.h"
#include "classify/matcher.h"
#include "classify/test_signature_dump.h"
#include "payload_heads.h"
#include "raw_hyperscan.h"

namespace {

using namespace weir;
using bench::HeadPiece;
using bench::PayloadHeads;
using bench::RawHyperscan;
using bench::RawUntil;

using Database = std::shared_ptr<const MatcherDatabase>;

uint64_t processorNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

SignatureSet firstOfEachPart(const SignatureSet& all) {
  SignatureSet few = all;
  few.patterns.clear();
  for (size_t part = 0; part < DATABASE_PARTS; ++part) {
    const auto found =
        std::find_if(all.patterns.begin(), all.patterns.end(), [&](const Pattern& pattern) {
          return partOf(pattern.transport, pattern.side) == static_cast<DatabasePart>(part);
        });
    if (found != all.patterns.end()) few.patterns.push_back(*found);
  }
  return few;
}

/// Feeds heads to a classifier as a lane would: batches of 32, and a decided flow's packets only
/// where they announce other flows.
class Feed {
 public:
  Feed(const PayloadHeads& heads, const Database& database)
      : heads_(heads), classifier_(database, {}), entries_(heads.flows.size()) {
    for (size_t i = 0; i < entries_.size(); ++i) {
      entries_[i].key = heads.flows[i].key;
      entries_[i].initiator = heads.flows[i].initiator;
    }
  }

  /// All heads; each flow is released behind its last piece.
  void run() {
    for (size_t at = 0; at < heads_.pieces.size(); at += BATCH_PACKETS) {
      const size_t end = std::min(at + BATCH_PACKETS, heads_.pieces.size());
      addBatch(at, end);
      for (size_t i = at; i < end; ++i) {
        if (heads_.pieces[i].endsFlow) classifier_.release(entries_[heads_.pieces[i].flow]);
      }
    }
  }

  struct Memory {
    uint64_t flows = 0;  ///< the most that were undecided at one moment
    uint64_t bytes = 0;  ///< the most that was held for undecided flows
  };

  /// All heads, and no flow ends.
  Memory runWithoutEnds() {
    Memory most;
    for (size_t at = 0; at < heads_.pieces.size(); at += BATCH_PACKETS) {
      addBatch(at, std::min(at + BATCH_PACKETS, heads_.pieces.size()));
      const ClassifierCounters counters = classifier_.counters();
      most.flows = std::max(most.flows, counters.undecidedFlows);
      most.bytes = std::max(most.bytes, counters.undecidedFlowBytes);
    }
    for (FlowEntry& entry : entries_) classifier_.release(entry);
    return most;
  }

  [[nodiscard]] ClassifierCounters counters() const { return classifier_.counters(); }

 private:
  static constexpr size_t BATCH_PACKETS = 32;

  void addBatch(size_t at, size_t end) {
    for (size_t i = at; i < end; ++i) {
      const HeadPiece& piece = heads_.pieces[i];
      FlowEntry& entry = entries_[piece.flow];
      entry.lastNs = piece.timestampNs;
      if (entry.classification == ClassificationState::DECIDED && entry.inspectAfterVerdict == 0) {
        continue;
      }
      DecodedPacket& packet = packets_[i - at];
      packet.key = entry.key;
      packet.timestampNs = piece.timestampNs;
      packet.payload = piece.octets;
      packet.payloadLengthBytes = piece.payloadLengthBytes;
      packet.datagramBytes = piece.payloadLengthBytes;
      packet.tcpSequence = piece.sequence;
      packet.sender = piece.sender;
      classifier_.add(entry, packet);
    }
    classifier_.settle();
  }

  const PayloadHeads& heads_;
  Classifier classifier_;
  std::vector<FlowEntry> entries_;
  std::array<DecodedPacket, BATCH_PACKETS> packets_;
};

struct Pass {
  uint64_t processorNs = 0;
  uint64_t scannedOctets = 0;
  uint64_t namedFlows = 0;
};

Pass timeRaw(RawHyperscan& raw, const PayloadHeads& heads, RawUntil until) {
  const uint64_t before = processorNs();
  const RawHyperscan::Result result = raw.scan(heads, until);
  return {processorNs() - before, result.scannedOctets, result.matchedFlows};
}

Pass timeClassifier(const Database& database, const PayloadHeads& heads) {
  Feed feed(heads, database);
  const uint64_t before = processorNs();
  feed.run();
  const uint64_t after = processorNs();
  const ClassifierCounters counters = feed.counters();
  return {after - before, counters.scannedOctets, counters.decidedFlows};
}

void print(const char* name, const Pass& pass) {
  std::printf("\"%s\":{\"processorNs\":%lu,\"scannedOctets\":%lu,\"namedFlows\":%lu}", name,
              pass.processorNs, pass.scannedOctets, pass.namedFlows);
}

void printMemory(const Database& database, const PayloadHeads& heads) {
  const Feed::Memory most = Feed(heads, database).runWithoutEnds();
  const uint64_t streams = database->streamStateBytes(DatabasePart::TCP_CLIENT) +
                           database->streamStateBytes(DatabasePart::TCP_SERVER);
  std::printf("\"memory\":{\"undecidedFlows\":%lu,\"undecidedFlowBytes\":%lu,", most.flows,
              most.bytes);
  std::printf("\"slotBytes\":%zu,\"streamBytes\":%lu,\"undecidedFlowsMax\":%u}}\n",
              sizeof(FlowSlot), streams, ClassifierOptions().undecidedFlowsMax);
}

void run(const char* capture, int rounds, SignatureSet signatures) {
  const PayloadHeads heads = bench::readPayloadHeads(capture);
  RawHyperscan raw(signatures);
  std::printf("{\"patterns\":%zu,\"flows\":%zu,\"pieces\":%zu,\"octets\":%lu,\"rounds\":[",
              signatures.patterns.size(), heads.flows.size(), heads.pieces.size(), heads.octets);
  const Database database = createMatcherDatabase(Engine::HYPERSCAN, std::move(signatures));
  timeRaw(raw, heads, RawUntil::THE_END);  // pages and streams are there from now on
  timeClassifier(database, heads);
  for (int round = 0; round < rounds; ++round) {
    std::fputs(round == 0 ? "{" : ",{", stdout);
    print("raw", timeRaw(raw, heads, RawUntil::THE_END));
    std::putchar(',');
    print("rawUntilMatch", timeRaw(raw, heads, RawUntil::FIRST_MATCH));
    std::putchar(',');
    print("classifier", timeClassifier(database, heads));
    std::putchar('}');
  }
  std::fputs("],", stdout);
  printMemory(database, heads);
}

}  // namespace

int main(int count, char** words) {
  const int rounds = count > 3 ? std::atoi(words[3]) : 0;
  const bool isOne = count == 5 && std::strcmp(words[4], "one") == 0;
  if (rounds < 1 || count > 5 || (count == 5 && !isOne)) {
    std::fputs("usage: classifyspeed DUMP CAPTURE ROUNDS [one]\n", stderr);
    return 2;
  }
  try {
    setenv("WEIR_SIGNATURE_DUMP", words[1], 1);  // where the reader looks for it
    const SignatureDump* const dump = SignatureDumpReader::fromEnvironment();
    run(words[2], rounds, isOne ? firstOfEachPart(dump->set) : dump->set);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "classifyspeed: %s\n", error.what());
    return 1;
  }
  return 0;
}
