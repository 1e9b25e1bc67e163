// SPDX-License-Identifier: Apache-2.0
// For unit tests only: what a matcher must tell of a stream, by PCRE2 over the octets together, and
// what it tells. Both are the events of one stream, by pattern.
#pragma once

#include <doctest/doctest.h>
#include <ncore.h>
#include <testing/pcre2_oracle.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "classify/matcher.h"
#include "classify/verdict_rules.h"

namespace weir::testing {

/// End offset by pattern.
using StreamEvents = std::map<uint32_t, uint64_t>;

/// The octets of a stream, a request each; a datagram is one piece.
using Pieces = std::vector<std::string>;

inline std::string joined(const Pieces& pieces) {
  std::string whole;
  for (const std::string& piece : pieces) whole += piece;
  return whole;
}

/// Random cuts into at most so many pieces, some of them empty; a datagram stays whole.
inline Pieces cutAtRandom(const std::string& octets, DatabasePart part, size_t piecesMax,
                          std::mt19937& random) {
  if (part == DatabasePart::UDP_CLIENT || part == DatabasePart::UDP_SERVER) return {octets};
  std::vector<size_t> cuts = {0, octets.size()};
  for (size_t i = random() % piecesMax; i-- > 0;) cuts.push_back(random() % (octets.size() + 1));
  std::sort(cuts.begin(), cuts.end());
  Pieces pieces;
  for (size_t i = 1; i < cuts.size(); ++i) {
    pieces.push_back(octets.substr(cuts[i - 1], cuts[i] - cuts[i - 1]));
  }
  return pieces;
}

/// Whether a regex says '$', \z or \Z: its matches depend on where data ends.
inline bool looksAtEnd(std::string_view regex) {
  bool isInClass = false;
  for (size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\') {
      ++i;
      if (!isInClass && i < regex.size() && (regex[i] == 'z' || regex[i] == 'Z')) return true;
    } else if (isInClass) {
      isInClass = regex[i] != ']';
    } else if (regex[i] == '[') {
      isInClass = true;
      if (regex.substr(i + 1).starts_with('^')) ++i;
      if (regex.substr(i + 1).starts_with(']')) ++i;
    } else if (regex[i] == '$') {
      return true;
    }
  }
  return false;
}

class StreamOracle {
 public:
  explicit StreamOracle(const SignatureSet& signatures) : signatures_(signatures) {
    for (const Pattern& pattern : signatures.patterns) {
      const uint32_t flags =
          NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
      auto& judge = byRegex_[{pattern.regex, pattern.caseless}];
      if (!judge) judge = std::make_unique<Judge>(pattern.regex, flags);
      judges_.push_back(judge.get());
    }
  }

  StreamEvents events(DatabasePart part, const Pieces& pieces) {
    const std::string whole = joined(pieces);
    StreamEvents events;
    for (uint32_t index = 0; index < judges_.size(); ++index) {
      const Pattern& pattern = signatures_.patterns[index];
      if (partOf(pattern.transport, pattern.side) != part) continue;
      Judge& judge = *judges_[index];
      REQUIRE_MESSAGE(judge.oracle.compiles(), pattern.regex);
      const auto end = judge.looksAtEnd ? firstEndOfRequest(judge.oracle, whole, pieces)
                                        : judge.oracle.firstEndByHalving(whole);
      if (end) events.emplace(index, *end);
    }
    return events;
  }

 private:
  struct Judge {
    Judge(const std::string& regex, uint32_t flags)
        : oracle(regex, flags), looksAtEnd(testing::looksAtEnd(regex)) {}
    ncore::testing::Pcre2Oracle oracle;
    bool looksAtEnd;
  };

  static std::optional<size_t> firstEndOfRequest(ncore::testing::Pcre2Oracle& oracle,
                                                 std::string_view whole, const Pieces& pieces) {
    size_t end = 0;
    for (const std::string& piece : pieces) {
      end += piece.size();
      if (!piece.empty() && oracle.holdsIn(whole.substr(0, end))) return end;
    }
    return std::nullopt;
  }

  const SignatureSet& signatures_;
  std::map<std::pair<std::string, bool>, std::unique_ptr<Judge>> byRegex_;
  std::vector<Judge*> judges_;  ///< by pattern
};

inline ScanRequest requestOf(DatabasePart part, const Pieces& pieces, size_t index) {
  return {.bytes = {reinterpret_cast<const uint8_t*>(pieces[index].data()), pieces[index].size()},
          .tag = index,
          .part = part,
          .startOfStream = index == 0,
          .endOfStream = index + 1 == pieces.size()};
}

inline std::vector<MatchEvent> eventsOf(Matcher& matcher, const ScanRequest& request) {
  std::vector<MatchEvent> events;
  std::array<MatchEvent, 64> polled;
  size_t accepted = 0;
  size_t completed = 0;
  while (completed == 0) {
    if (accepted == 0) accepted = matcher.submit({&request, 1});
    const PollResult result = matcher.poll(polled);
    events.insert(events.end(), polled.begin(),
                  polled.begin() + static_cast<ptrdiff_t>(result.events));
    completed += result.completedRequests;
  }
  return events;
}

/// Each event must end in the request whose tag it has, and come once.
inline StreamEvents eventsOf(Matcher& matcher, DatabasePart part, const Pieces& pieces) {
  StreamEvents all;
  uint64_t offset = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    for (const MatchEvent& event : eventsOf(matcher, requestOf(part, pieces, i))) {
      REQUIRE(event.tag == i);
      REQUIRE(event.endOffset > offset);
      REQUIRE(event.endOffset <= offset + pieces[i].size());
      REQUIRE(all.emplace(event.pattern, event.endOffset).second);
    }
    offset += pieces[i].size();
  }
  return all;
}

/// What names the stream as the classifier feeds it: the best pattern of the first request that has
/// one, and that request.
struct Verdict {
  uint32_t pattern = VerdictRules::NO_PATTERN;
  size_t request = 0;
  bool operator==(const Verdict&) const = default;
};

inline Verdict verdictOf(Matcher& matcher, const VerdictRules& rules, DatabasePart part,
                         const Pieces& pieces, Candidates candidates) {
  Verdict verdict;
  for (size_t i = 0; i < pieces.size() && !candidates.areNone(); ++i) {
    ScanRequest request = requestOf(part, pieces, i);
    request.stopsAtMatch = true;
    request.candidates = candidates;
    for (const MatchEvent& event : eventsOf(matcher, request)) {
      if (!rules.applies(event.pattern, static_cast<uint32_t>(pieces[i].size()))) continue;
      verdict = {rules.better(verdict.pattern, event.pattern), i};
    }
    if (verdict.pattern == VerdictRules::NO_PATTERN) continue;
    ScanRequest close{.part = part, .endOfStream = true};
    eventsOf(matcher, close);
    break;
  }
  return verdict;
}

/// What the prefix filter knows when the first octets come.
inline Candidates candidatesOf(const PrefixFilter& filter, DatabasePart part,
                               const Pieces& pieces) {
  const std::string& first = pieces.front();
  const std::span octets(reinterpret_cast<const uint8_t*>(first.data()), first.size());
  if (part == DatabasePart::TCP_CLIENT || part == DatabasePart::TCP_SERVER) {
    return filter.ofStream(part, octets);
  }
  return filter.ofDatagram(part, octets, static_cast<uint32_t>(octets.size()));
}

/// One database with its oracle: everything that is judged of a stream.
class JudgedDatabase {
 public:
  explicit JudgedDatabase(std::shared_ptr<const MatcherDatabase> database)
      : database_(std::move(database)),
        oracle_(database_->signatures()),
        rules_(database_->signatures(), database_->prefixes()),
        matcher_(database_->createMatcher(1)) {}

  /// The number of events.
  size_t judge(DatabasePart part, const Pieces& pieces) {
    const StreamEvents expected = oracle_.events(part, pieces);
    const StreamEvents found = eventsOf(*matcher_, part, pieces);
    if (found != expected) describe(expected, found);
    REQUIRE(found == expected);
    const Candidates candidates = candidatesOf(database_->prefixes(), part, pieces);
    const Verdict verdict = verdictOf(*matcher_, rules_, part, pieces, Candidates::any());
    REQUIRE(verdictOf(*matcher_, rules_, part, pieces, candidates) == verdict);
    return found.size();
  }

 private:
  void describe(const StreamEvents& expected, const StreamEvents& found) const {
    for (const auto& [pattern, end] : expected) {
      const auto at = found.find(pattern);
      const std::string what = at == found.end() ? "nothing" : std::to_string(at->second);
      if (at == found.end() || at->second != end) {
        MESSAGE(database_->signatures().patterns[pattern].regex << ": " << end << ", found "
                                                                << what);
      }
    }
    for (const auto& [pattern, end] : found) {
      if (expected.contains(pattern)) continue;
      MESSAGE(database_->signatures().patterns[pattern].regex << ": none, found " << end);
    }
  }

  std::shared_ptr<const MatcherDatabase> database_;
  StreamOracle oracle_;
  VerdictRules rules_;
  std::unique_ptr<Matcher> matcher_;
};

}  // namespace weir::testing
