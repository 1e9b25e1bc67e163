// SPDX-License-Identifier: Apache-2.0
#include "inspect/signature_review.h"

#include <ncore.h>
#include <pattern_evidence.h>

#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "classify/sample_match.h"

namespace weir {
namespace {

/// Of an Ethernet frame: what a random datagram's size is out of.
constexpr double DATAGRAM_SIZES = 1472;

std::optional<EngineRefusal> refusalOf(Engine engine, SignatureSet set,
                                       const DatabaseCache& cache = {}) {
  try {
    createMatcherDatabase(engine, std::move(set), cache)->refuseCostly(cache);
    return std::nullopt;
  } catch (const SignatureError& error) {
    return EngineRefusal{error.code(), error.details().message, error.details().offset};
  } catch (const CodedError& error) {
    return EngineRefusal{error.code(), error.what()};
  }
}

/// By the regex: what several patterns spell alike is compiled once.
using Refusals = std::map<std::pair<std::string, bool>, std::optional<EngineRefusal>>;

/// One by one only when the engine does not take them all.
Refusals findRefusals(Engine engine, const SignatureSet& signatures, const DatabaseCache& cache) {
  Refusals refusals;
  SignatureSet patternsOnly;
  patternsOnly.patterns = signatures.patterns;
  const bool takesAll = !refusalOf(engine, std::move(patternsOnly), cache);
  for (const Pattern& pattern : signatures.patterns) {
    const auto [at, isNew] = refusals.try_emplace({pattern.regex, pattern.caseless});
    if (!isNew || takesAll) continue;
    SignatureSet alone;
    alone.patterns = {pattern};
    at->second = refusalOf(engine, std::move(alone));
  }
  return refusals;
}

double bitsOfSize(const Pattern& pattern) {
  if (pattern.transport != Transport::UDP || pattern.maximumDatagramBytes == 0) return 0;
  const double sizes = pattern.maximumDatagramBytes - pattern.minimumDatagramBytes + 1.0;
  return sizes < DATAGRAM_SIZES ? std::log2(DATAGRAM_SIZES / sizes) : 0;
}

}  // namespace

PatternReview reviewPattern(const Pattern& pattern) {
  PatternReview review;
  const uint32_t flags = NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
  const auto evidence = ncore::matchEvidence(pattern.regex, flags);
  if (!evidence) return review;
  review.isAnchored = !evidence->startsAnywhere;
  review.evidenceBits = evidence->bits + bitsOfSize(pattern);
  return review;
}

namespace {

std::vector<std::vector<uint32_t>> matchSamples(const SignatureSet& signatures,
                                                const std::vector<PatternReview>& reviews,
                                                const std::vector<ReviewedSample>& samples,
                                                const DatabaseCache& cache) {
  SignatureSet taken = signatures;
  taken.patterns.clear();
  std::vector<uint32_t> original;
  for (uint32_t index = 0; index < signatures.patterns.size(); ++index) {
    if (reviews[index].hyperscan) continue;
    taken.patterns.push_back(signatures.patterns[index]);
    original.push_back(index);
  }
  const auto database = createMatcherDatabase(Engine::HYPERSCAN, std::move(taken), cache);
  std::vector<std::vector<uint32_t>> found;
  for (const ReviewedSample& sample : samples) {
    const std::array<std::span<const uint8_t>, 1> pieces = {sample.payload};
    std::vector<uint32_t>& patterns = found.emplace_back();
    for (const SampleMatch& match :
         findSampleMatches(*database, sample.transport, sample.side, pieces)) {
      patterns.push_back(original[match.pattern]);
    }
  }
  return found;
}

}  // namespace

SignatureReview reviewSignatures(const SignatureSet& signatures,
                                 const std::vector<ReviewedSample>& samples,
                                 const DatabaseCache& cache) {
  Refusals hyperscan = findRefusals(Engine::HYPERSCAN, signatures, cache);
  Refusals emulator = findRefusals(Engine::EMULATOR, signatures, cache);
  SignatureReview review;
  for (const Pattern& pattern : signatures.patterns) {
    PatternReview& one = review.patterns.emplace_back(reviewPattern(pattern));
    one.hyperscan = hyperscan[{pattern.regex, pattern.caseless}];
    one.emulator = emulator[{pattern.regex, pattern.caseless}];
  }
  review.samples = matchSamples(signatures, review.patterns, samples, cache);
  return review;
}

}  // namespace weir
