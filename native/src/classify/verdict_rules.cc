// SPDX-License-Identifier: Apache-2.0
#include "classify/verdict_rules.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace weir {

VerdictRules::VerdictRules(const SignatureSet& signatures, const PrefixFilter& prefixes)
    : rules_(signatures.patterns.size()) {
  const std::vector<Pattern>& patterns = signatures.patterns;
  std::vector<uint32_t> order(patterns.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&](uint32_t index) {
    // int64_t: the negation of the smallest priority does not fit its own type.
    return std::tuple(-static_cast<int64_t>(patterns[index].priority),
                      -static_cast<int64_t>(prefixes.evidenceBits(index)),
                      patterns[index].application, index);
  };
  std::sort(order.begin(), order.end(),
            [&](uint32_t left, uint32_t right) { return key(left) < key(right); });
  for (uint32_t rank = 0; rank < order.size(); ++rank) {
    const Pattern& pattern = patterns[order[rank]];
    Rule& rule = rules_[order[rank]];
    rule.rank = rank;
    if (pattern.transport != Transport::UDP) continue;  // a TCP segment's size means nothing
    rule.minimumBytes = pattern.minimumDatagramBytes;
    if (pattern.maximumDatagramBytes != 0) rule.maximumBytes = pattern.maximumDatagramBytes;
  }
}

}  // namespace weir
