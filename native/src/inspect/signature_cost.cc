// SPDX-License-Identifier: Apache-2.0
#include "inspect/signature_cost.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <tuple>
#include <utility>

#include "classify/hyperscan_input.h"
#include "classify/hyperscan_singles.h"
#include "classify/prefix_filter.h"
#include "inspect/payload_heads.h"
#include "inspect/signature_review.h"

namespace weir {
namespace {

constexpr int ROUNDS = 5;
/// A round goes on for at least so long: a small capture is over before the clock has moved.
constexpr uint64_t ROUND_NS = 500'000;

/// Of this thread: others on the machine do not count.
uint64_t threadNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

/// Of one time, out of as many as fill a round.
template <typename Work>
double roundNs(Work work) {
  const uint64_t before = threadNs();
  uint64_t times = 0;
  uint64_t spent = 0;
  do {
    work();
    ++times;
    spent = threadNs() - before;
  } while (spent < ROUND_NS);
  return static_cast<double>(spent) / static_cast<double>(times);
}

/// Of the quickest round: whatever disturbs a round makes it longer.
template <typename Work>
double leastNs(Work work) {
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < ROUNDS; ++round) least = std::min(least, roundNs(work));
  return least;
}

double perOctet(double ns, uint64_t octets) {
  return octets == 0 ? 0 : ns / static_cast<double>(octets);
}

/// All heads of a part as a lane has them scanned.
class PartScan {
 public:
  PartScan(const MatcherDatabase& database, DatabasePart part)
      : database_(database), part_(part), matcher_(database.createMatcher(1)) {}

  void scanAll(const std::vector<PayloadHead>& heads) {
    for (const PayloadHead& head : heads) scan(head);
  }

 private:
  void scan(const PayloadHead& head) {
    const PrefixFilter& prefixes = database_.prefixes();
    const bool isDatagram = head.payloadLengthBytes != 0;
    const Candidates candidates =
        isDatagram ? prefixes.ofDatagram(part_, head.octets, head.payloadLengthBytes)
                   : prefixes.ofStream(part_, head.octets);
    if (candidates.areNone()) return;
    const std::array<ScanRequest, 1> request = {ScanRequest{.bytes = head.octets,
                                                            .part = part_,
                                                            .startOfStream = true,
                                                            .endOfStream = true,
                                                            .stopsAtMatch = !isDatagram,
                                                            .candidates = candidates}};
    matcher_->submit(request);
    while (matcher_->poll(events_).completedRequests == 0) continue;
  }

  const MatcherDatabase& database_;
  const DatabasePart part_;
  const std::unique_ptr<Matcher> matcher_;
  std::array<MatchEvent, 256> events_;
};

DatabasePart partOfPattern(const Pattern& pattern) {
  return partOf(pattern.transport, pattern.side);
}

/// Only the patterns of a part, without `leftOut`.
SignatureSet patternsOf(const SignatureSet& signatures, DatabasePart part, uint32_t leftOut) {
  SignatureSet set;
  for (uint32_t index = 0; index < signatures.patterns.size(); ++index) {
    const Pattern& pattern = signatures.patterns[index];
    if (index != leftOut && partOfPattern(pattern) == part) set.patterns.push_back(pattern);
  }
  return set;
}

class CostMeasurement {
 public:
  CostMeasurement(const CostOptions& options, const SignatureSet& signatures)
      : signatures_(signatures), heads_(collectHeads(options.capture)) {
    for (size_t part = 0; part < DATABASE_PARTS; ++part) {
      costs_.heads += heads_.parts[part].size();
      costs_.octets += heads_.octetsOf(part);
    }
  }

  SignatureCosts run(uint32_t compared) {
    measureParts();
    measureAlone();
    rank();
    for (PatternCost& cost : costs_.patterns) {
      if (compared-- == 0) break;
      cost.saving = savingOf(cost.pattern);
    }
    return std::move(costs_);
  }

 private:
  static constexpr uint32_t NONE_LEFT_OUT = UINT32_MAX;

  [[nodiscard]] std::shared_ptr<const MatcherDatabase> compile(DatabasePart part,
                                                               uint32_t leftOut) const {
    return createMatcherDatabase(Engine::HYPERSCAN, patternsOf(signatures_, part, leftOut));
  }

  void measureParts() {
    double sumNs = 0;
    for (size_t part = 0; part < DATABASE_PARTS; ++part) {
      wholes_[part] = compile(static_cast<DatabasePart>(part), NONE_LEFT_OUT);
      if (heads_.parts[part].empty()) continue;
      PartScan whole(*wholes_[part], static_cast<DatabasePart>(part));
      sumNs += leastNs([&] { whole.scanAll(heads_.parts[part]); });
    }
    costs_.nsPerOctet = perOctet(sumNs, costs_.octets);
  }

  void measureAlone() {
    const HyperscanSingles singles(signatures_, DatabaseCache());
    hs_scratch_t* rawScratch = nullptr;
    if (!singles.reserve(rawScratch)) throw std::bad_alloc();
    const HsScratchPtr scratch(rawScratch);
    double sumNs = 0;
    for (uint32_t index = 0; index < signatures_.patterns.size(); ++index) {
      const auto part = static_cast<size_t>(partOfPattern(signatures_.patterns[index]));
      const double ns = aloneNs(singles.get(index), heads_.parts[part], scratch.get());
      const PatternReview review = reviewPattern(signatures_.patterns[index]);
      sumNs += ns;
      costs_.patterns.push_back(
          {index, review.isAnchored, perOctet(ns, heads_.octetsOf(part)), ns, {}});
    }
    for (PatternCost& cost : costs_.patterns) cost.share = sumNs == 0 ? 0 : cost.share / sumNs;
  }

  static double aloneNs(const hs_database_t* database, const std::vector<PayloadHead>& heads,
                        hs_scratch_t* scratch) {
    if (database == nullptr || heads.empty()) return 0;
    const auto ignore = [](unsigned, unsigned long long, unsigned long long, unsigned, void*) {
      return 0;
    };
    HyperscanInput input;
    return leastNs([&] {
      for (const PayloadHead& head : heads) {
        hs_scan(database, reinterpret_cast<const char*>(input.of(head.octets).data()),
                static_cast<unsigned>(head.octets.size()), 0, scratch, ignore, nullptr);
      }
    });
  }

  void rank() {
    std::stable_sort(costs_.patterns.begin(), costs_.patterns.end(),
                     [](const PatternCost& left, const PatternCost& right) {
                       return std::tuple(left.isAnchored, -left.share) <
                              std::tuple(right.isAnchored, -right.share);
                     });
  }

  /// Both in turn, so that what slows the machine down meanwhile slows both.
  double savingOf(uint32_t pattern) {
    const DatabasePart part = partOfPattern(signatures_.patterns[pattern]);
    const auto& heads = heads_.parts[static_cast<size_t>(part)];
    if (heads.empty()) return 0;
    const auto rest = compile(part, pattern);
    PartScan whole(*wholes_[static_cast<size_t>(part)], part);
    PartScan without(*rest, part);
    double wholeNs = std::numeric_limits<double>::infinity();
    double withoutNs = wholeNs;
    for (int round = 0; round < ROUNDS; ++round) {
      wholeNs = std::min(wholeNs, roundNs([&] { whole.scanAll(heads); }));
      withoutNs = std::min(withoutNs, roundNs([&] { without.scanAll(heads); }));
    }
    return 1 - withoutNs / wholeNs;
  }

  const SignatureSet& signatures_;
  const PayloadHeads heads_;
  std::array<std::shared_ptr<const MatcherDatabase>, DATABASE_PARTS> wholes_;
  SignatureCosts costs_;
};

}  // namespace

SignatureCosts measureCosts(const CostOptions& options, const SignatureSet& signatures) {
  return CostMeasurement(options, signatures).run(options.compared);
}

}  // namespace weir
