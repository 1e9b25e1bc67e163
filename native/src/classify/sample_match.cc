// SPDX-License-Identifier: Apache-2.0
#include "classify/sample_match.h"

#include <algorithm>
#include <array>

#include "classify/verdict_rules.h"

namespace weir {
namespace {

const std::string& nameOf(const SignatureSet& signatures, uint32_t selector) {
  static const std::string UNKNOWN;
  for (const Application& application : signatures.applications) {
    if (application.selector == selector) return application.name;
  }
  return UNKNOWN;
}

/// Waits for a device: nothing else is to be done meanwhile.
std::vector<MatchEvent> scan(Matcher& matcher, std::vector<ScanRequest> requests) {
  std::vector<MatchEvent> events;
  std::array<MatchEvent, 64> polled;
  size_t offered = 0;
  size_t completed = 0;
  while (completed < requests.size()) {
    offered += matcher.submit(std::span(requests).subspan(offered));
    const PollResult result = matcher.poll(polled);
    events.insert(events.end(), polled.begin(),
                  polled.begin() + static_cast<ptrdiff_t>(result.events));
    completed += result.completedRequests;
  }
  return events;
}

}  // namespace

std::vector<SampleMatch> findSampleMatches(const MatcherDatabase& database, Transport transport,
                                           StreamSide side, SamplePieces pieces) {
  std::vector<ScanRequest> requests;
  size_t payloadBytes = 0;
  for (const std::span<const uint8_t> piece : pieces) {
    requests.push_back({.bytes = piece,
                        .part = partOf(transport, side),
                        .startOfStream = requests.empty(),
                        .endOfStream = requests.size() + 1 == pieces.size()});
    payloadBytes += piece.size();
  }
  const auto matcher = database.createMatcher(1);
  const VerdictRules rules(database.signatures(), database.prefixes());
  std::vector<SampleMatch> matches;
  for (const MatchEvent& event : scan(*matcher, std::move(requests))) {
    if (!rules.applies(event.pattern, static_cast<uint32_t>(payloadBytes))) continue;
    matches.push_back({event.pattern, event.endOffset});
  }
  std::sort(matches.begin(), matches.end(), [&](const SampleMatch& left, const SampleMatch& right) {
    return left.pattern != right.pattern &&
           rules.better(left.pattern, right.pattern) == left.pattern;
  });
  return matches;
}

std::vector<std::string> matchSample(const MatcherDatabase& database, Transport transport,
                                     StreamSide side, std::span<const uint8_t> payload) {
  const SignatureSet& signatures = database.signatures();
  const std::array pieces = {payload};
  std::vector<std::string> names;
  for (const SampleMatch& match : findSampleMatches(database, transport, side, pieces)) {
    const std::string& name = nameOf(signatures, signatures.patterns[match.pattern].application);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace weir
