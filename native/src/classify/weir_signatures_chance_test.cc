// SPDX-License-Identifier: Apache-2.0
// How often Weir's own signatures claim with certainty what is not theirs. Needs the dump of the
// signature files: see test_signature_dump.h.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "classify/matcher.h"
#include "classify/test_dumped_database.h"
#include "classify/test_foreign_payloads.h"
#include "classify/verdict_rules.h"

namespace weir {
namespace {

using testing::ForeignPayload;
using testing::Octets;
using testing::PayloadMaker;

/// Of each kind and side.
constexpr uint32_t PAYLOADS = 20'000;

class ClaimCounter {
 public:
  explicit ClaimCounter(const SignatureDump& dump)
      : dump_(dump), database_(testing::dumpedDatabase(Engine::HYPERSCAN)) {}

  /// How many of the payloads are claimed, and by which patterns.
  uint32_t count(const ForeignPayload& kind, std::map<std::string, uint32_t>& claims) {
    uint32_t claimed = 0;
    for (const StreamSide side : {StreamSide::CLIENT, StreamSide::SERVER}) {
      for (uint32_t i = 0; i < PAYLOADS; ++i) {
        kind.make(maker_);
        const Pattern* pattern = claimant(kind, side, maker_.take());
        if (pattern == nullptr) continue;
        ++claimed;
        ++claims[pattern->source + " match " + std::to_string(pattern->ordinal + 1)];
      }
    }
    return claimed;
  }

 private:
  /// The pattern that would name the flow, if it is certain and another application's.
  const Pattern* claimant(const ForeignPayload& kind, StreamSide side, const Octets& payload) {
    const DatabasePart part = partOf(kind.transport, side);
    const auto length = static_cast<uint32_t>(payload.size());
    const Candidates candidates = kind.transport == Transport::UDP
                                      ? database_->prefixes().ofDatagram(part, payload, length)
                                      : database_->prefixes().ofStream(part, payload);
    if (candidates.areNone()) return nullptr;
    const uint32_t best = bestMatch(part, payload);
    if (best == VerdictRules::NO_PATTERN) return nullptr;
    const Pattern& pattern = dump_.set.patterns[best];
    return pattern.isBehaviour || nameOf(pattern.application) == kind.application ? nullptr
                                                                                  : &pattern;
  }

  /// Hyperscan completes at once.
  uint32_t bestMatch(DatabasePart part, const Octets& payload) {
    const ScanRequest request = {
        .bytes = payload, .part = part, .startOfStream = true, .endOfStream = true};
    if (matcher_->submit({&request, 1}) != 1) FAIL("not taken");
    uint32_t best = VerdictRules::NO_PATTERN;
    std::array<MatchEvent, 64> events;
    for (bool isComplete = false; !isComplete;) {
      const PollResult result = matcher_->poll(events);
      for (const MatchEvent& event : std::span(events).first(result.events)) {
        if (!rules_.applies(event.pattern, static_cast<uint32_t>(payload.size()))) continue;
        best = rules_.better(best, event.pattern);
      }
      isComplete = result.completedRequests == 1;
    }
    return best;
  }

  const std::string& nameOf(uint32_t selector) {
    const auto& applications = dump_.set.applications;
    return std::find_if(applications.begin(), applications.end(),
                        [&](const Application& one) { return one.selector == selector; })
        ->name;
  }

  const SignatureDump& dump_;
  const std::shared_ptr<const MatcherDatabase> database_;
  const std::unique_ptr<Matcher> matcher_ = database_->createMatcher(1);
  const VerdictRules rules_{database_->signatures(), database_->prefixes()};
  PayloadMaker maker_{20'261'121};
};

/// At most one of `payloads` of each kind is claimed.
void checkClaims(const std::vector<ForeignPayload>& kinds, uint32_t payloads) {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) {
    MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
    return;
  }
  ClaimCounter counter(*dump);
  for (const ForeignPayload& kind : kinds) {
    std::map<std::string, uint32_t> claims;
    const uint32_t claimed = counter.count(kind, claims);
    std::string by;
    for (const auto& [source, times] : claims) by += source + ": " + std::to_string(times) + "; ";
    CAPTURE(kind.name);
    CAPTURE(by);
    CHECK(claimed <= 2 * PAYLOADS / payloads);
  }
}

TEST_CASE("no datagram from the middle of a flow is claimed more than once in 20000") {
  checkClaims(testing::encryptedDatagrams(), 20'000);
}

TEST_CASE("no stream from its middle on is claimed more than once in 20000") {
  checkClaims(testing::foreignStreams(), 20'000);
}

TEST_CASE("payloads of zeros and small numbers are claimed no more than once in 300") {
  checkClaims(testing::smallNumbers(), 300);
}

}  // namespace
}  // namespace weir
