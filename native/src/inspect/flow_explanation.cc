// SPDX-License-Identifier: Apache-2.0
#include "inspect/flow_explanation.h"

#include <algorithm>
#include <span>
#include <utility>

#include "classify/hyperscan_match_start.h"
#include "classify/naming.h"
#include "classify/sample_match.h"
#include "classify/verdict_rules.h"
#include "inspect/near_misses.h"

namespace weir {
namespace {

std::vector<std::span<const uint8_t>> piecesOf(const PayloadStream& stream) {
  std::vector<std::span<const uint8_t>> pieces;
  for (const StreamPiece& piece : stream.pieces) {
    pieces.push_back(std::span(stream.octets).subspan(piece.offset, piece.length));
  }
  return pieces;
}

uint32_t packetAt(const PayloadStream& stream, uint64_t endOffset) {
  for (const StreamPiece& piece : stream.pieces) {
    if (endOffset <= piece.offset + piece.length) return piece.packet;
  }
  return 0;
}

std::vector<ExplainedMatch> findMatches(const MatcherDatabase& database,
                                        const PayloadStream& stream) {
  std::vector<ExplainedMatch> matches;
  if (stream.octets.empty()) return matches;
  const auto pieces = piecesOf(stream);
  for (const SampleMatch& found :
       findSampleMatches(database, stream.transport, stream.side, pieces)) {
    ExplainedMatch& match = matches.emplace_back();
    match.pattern = found.pattern;
    match.endOffset = found.endOffset;
    match.packet = packetAt(stream, found.endOffset);
    match.evidenceBits = database.prefixes().evidenceBits(found.pattern);
    match.startOffset = findMatchStart(database.signatures().patterns[found.pattern],
                                       std::span(stream.octets).first(found.endOffset));
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const ExplainedMatch& left, const ExplainedMatch& right) {
                     return left.packet < right.packet;
                   });
  return matches;
}

/// The first packet in which a pattern matches decides, in it the better pattern.
void markDeciding(FlowExplanation& explanation, const MatcherDatabase& database) {
  const SignatureSet& signatures = database.signatures();
  const VerdictRules rules(signatures, database.prefixes());
  ExplainedMatch* deciding = nullptr;
  for (ExplainedStream& stream : explanation.streams) {
    for (ExplainedMatch& match : stream.matches) {
      const bool isEarlier = deciding == nullptr || match.packet < deciding->packet;
      const bool isBetter = !isEarlier && match.packet == deciding->packet &&
                            rules.better(deciding->pattern, match.pattern) == match.pattern;
      if (isEarlier || isBetter) deciding = &match;
    }
  }
  if (deciding == nullptr) return;
  const uint32_t protocol = Naming(signatures).ofPattern(deciding->pattern).protocol;
  deciding->decides = protocol == explanation.flow.label.protocol;
}

}  // namespace

std::optional<FlowExplanation> explainFlow(const CaptureWalkOptions& options,
                                           const std::shared_ptr<const MatcherDatabase>& database,
                                           const FlowChoice& choice) {
  FlowCollector collector(choice);
  walkCapture(options, database, collector);
  const KeptFlow* const flow = collector.chosen();
  if (flow == nullptr) return std::nullopt;
  FlowExplanation explanation{*flow, {}};
  for (PayloadStream& stream : payloadStreams(*flow)) {
    ExplainedStream explained;
    explained.matches = findMatches(*database, stream);
    explained.nearMisses = findNearMisses(database->signatures(), stream, explained.matches);
    explained.stream = std::move(stream);
    explanation.streams.push_back(std::move(explained));
  }
  markDeciding(explanation, *database);
  return explanation;
}

}  // namespace weir
