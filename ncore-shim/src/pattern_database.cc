// SPDX-License-Identifier: Apache-2.0
#include "pattern_database.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "pattern_cursor.h"
#include "pattern_parser.h"

namespace weir::ncore {

namespace {

constexpr uint32_t REGEX_BYTES_MAX = 65535;
constexpr uint32_t KNOWN_FLAGS = NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL;

// Every group costs a table walk per byte, and in a larger one states multiply. Since only states
// that traffic reaches are built, large groups win: 53 unanchored l7 patterns need 4,000 states in
// one group on 3,373 real streams, at twice the speed of four groups.
constexpr size_t UNANCHORED_PER_GROUP = 64;

PositionAutomaton compileOne(const NcorePattern& pattern) {
  if (pattern.regex == nullptr && pattern.lengthBytes > 0) {
    throw Refusal{NCORE_REFUSED_SYNTAX, 0, "null regex", 0};
  }
  if (pattern.lengthBytes > REGEX_BYTES_MAX) {
    throw Refusal{NCORE_REFUSED_TOO_LARGE, 0, "regex longer than 65535 bytes", pattern.lengthBytes};
  }
  if (pattern.flags & ~KNOWN_FLAGS) {
    throw Refusal{NCORE_REFUSED_UNSUPPORTED, 0, "unknown pattern flag", 0};
  }
  const std::string_view regex(reinterpret_cast<const char*>(pattern.regex), pattern.lengthBytes);
  return buildPositionAutomaton(PatternParser(regex, pattern.flags).parse());
}

void fillReport(const Refusal& refusal, NcorePatternReport& report) {
  report = {};
  report.verdict = refusal.verdict;
  report.offsetBytes = static_cast<uint32_t>(refusal.offset);
  report.size = refusal.size;
  const size_t length = std::min(refusal.reason.size(), sizeof report.reason - 1);
  std::memcpy(report.reason, refusal.reason.data(), length);
}

class SetCompiler {
 public:
  Refusal add(const NcorePattern& pattern) {
    try {
      if (ids_.contains(pattern.id)) {
        throw Refusal{NCORE_REFUSED_DUPLICATE_ID, 0, "an earlier pattern has this id", 0};
      }
      accepted_.push_back({pattern.id, compileOne(pattern)});
      ids_.insert(pattern.id);
      return {NCORE_ACCEPTED, 0, "", accepted_.back().automaton.positions.size()};
    } catch (const Refusal& refusal) {
      return refusal;
    }
  }

  std::vector<PatternGroup> group() {
    // Patterns that start at the stream's start only are apart: their states do not multiply, and
    // on most streams the whole group is dead after a few bytes.
    const auto middle =
        std::stable_partition(accepted_.begin(), accepted_.end(),
                              [](const CompiledPattern& p) { return p.automaton.first.empty(); });
    const std::span all(accepted_);
    const auto anchored = static_cast<size_t>(middle - accepted_.begin());
    cut(all.first(anchored), anchored);
    cut(all.subspan(anchored), UNANCHORED_PER_GROUP);
    return std::move(groups_);
  }

 private:
  void cut(std::span<const CompiledPattern> patterns, size_t patternsMax) {
    while (!patterns.empty()) {
      size_t count = 0;
      size_t positions = 0;
      for (; count < std::min(patternsMax, patterns.size()); ++count) {
        positions += patterns[count].automaton.positions.size();
        if (positions > PatternGroup::POSITIONS_MAX) break;
      }
      groups_.emplace_back(patterns.first(count));
      patterns = patterns.subspan(count);
    }
  }

  std::unordered_set<uint32_t> ids_;
  std::vector<CompiledPattern> accepted_;
  std::vector<PatternGroup> groups_;
};

}  // namespace

PatternDatabase::PatternDatabase(std::span<const NcorePattern> patterns,
                                 std::span<NcorePatternReport> reports) {
  SetCompiler compiler;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const Refusal result = compiler.add(patterns[i]);
    if (!reports.empty()) fillReport(result, reports[i]);
  }
  groups_ = compiler.group();
}

}  // namespace weir::ncore
