// SPDX-License-Identifier: Apache-2.0
// What can be said of signatures without traffic: which engines take a regex, how much its match
// says, and which patterns match the examples of the files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "classify/matcher.h"

namespace weir {

struct EngineRefusal {
  std::string code;
  std::string message;
  uint32_t offset = SignatureError::NO_OFFSET;  ///< in the regex, octets
};

struct PatternReview {
  std::optional<EngineRefusal> hyperscan;
  std::optional<EngineRefusal> emulator;
  bool isAnchored = true;
  /// Of the match that says least, the size of a datagram included; nothing if it is not known.
  std::optional<double> evidenceBits;
};

/// All of it but what the engines say.
PatternReview reviewPattern(const Pattern& pattern);

struct ReviewedSample {
  Transport transport = Transport::TCP;
  StreamSide side = StreamSide::CLIENT;
  std::vector<uint8_t> payload;
};

struct SignatureReview {
  std::vector<PatternReview> patterns;         ///< as in the set
  std::vector<std::vector<uint32_t>> samples;  ///< patterns that match; the first names the flow
};

/// Patterns that Hyperscan refuses match no sample. `cache` as in createMatcherDatabase.
SignatureReview reviewSignatures(const SignatureSet& signatures,
                                 const std::vector<ReviewedSample>& samples,
                                 const DatabaseCache& cache = {});

}  // namespace weir
