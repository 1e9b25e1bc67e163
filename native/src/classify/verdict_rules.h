// SPDX-License-Identifier: Apache-2.0
// Which of several matching patterns names the flow. The rule looks at the patterns and the packet
// alone, so it gives the same name on every engine, thread and cut into batches.
#pragma once

#include <cstdint>
#include <vector>

#include "classify/prefix_filter.h"
#include "classify/signature.h"

namespace weir {

class VerdictRules {
 public:
  static constexpr uint32_t NO_PATTERN = UINT32_MAX;

  VerdictRules(const SignatureSet& signatures, const PrefixFilter& prefixes);

  /// Whether `pattern` may name a datagram of this size, of which less may have been captured.
  [[nodiscard]] bool applies(uint32_t pattern, uint32_t datagramBytes) const {
    const Rule& rule = rules_[pattern];
    return datagramBytes >= rule.minimumBytes && datagramBytes <= rule.maximumBytes;
  }

  /// The one that counts of two patterns that match in one packet: higher priority, then more
  /// evidence (PrefixFilter::evidenceBits), then the smaller selector. Either may be NO_PATTERN.
  [[nodiscard]] uint32_t better(uint32_t left, uint32_t right) const {
    if (left == NO_PATTERN) return right;
    if (right == NO_PATTERN) return left;
    return rules_[right].rank < rules_[left].rank ? right : left;
  }

 private:
  struct Rule {
    uint32_t rank = 0;
    uint32_t minimumBytes = 0;
    uint32_t maximumBytes = UINT32_MAX;
  };
  std::vector<Rule> rules_;  ///< by pattern
};

}  // namespace weir
