// SPDX-License-Identifier: Apache-2.0
#include "pattern_database.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "byte_format.h"
#include "lazy_dfa.h"
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

// A pattern whose DFA alone has more states is the side engine's: on a hostile stream each byte can
// lead to a state that is new to the tables, which costs far more than a known one. Of the l7 set's
// patterns the largest has 3,262, of Weir's own 1,543, but for three with up to 10^5 and more that
// run for at most some hundred bytes of a stream (see runsForever).
constexpr size_t DFA_STATES_MAX = 8192;
// The states' keys together, which bounds the time that compiling takes.
constexpr size_t DFA_KEY_UNITS_MAX = size_t{1} << 24;

// "WNDB" and the version of what follows it.
constexpr uint32_t FORMAT_MAGIC = 0x42444e57;
constexpr uint32_t FORMAT_VERSION = 1;

PositionAutomaton compileOne(const NcorePattern& pattern) {
  if (pattern.lengthBytes > REGEX_BYTES_MAX) {
    throw Refusal{NCORE_REFUSED_TOO_LARGE, 0, "regex longer than 65535 bytes", pattern.lengthBytes};
  }
  if (pattern.flags & ~KNOWN_FLAGS) {
    throw Refusal{NCORE_REFUSED_UNSUPPORTED, 0, "unknown pattern flag", 0};
  }
  const std::string_view regex(reinterpret_cast<const char*>(pattern.regex), pattern.lengthBytes);
  return buildPositionAutomaton(PatternParser(regex, pattern.flags).parse());
}

void refuseExplosion(const CompiledPattern& pattern) {
  if (!runsForever(pattern.automaton)) return;
  const PatternGroup alone(std::span(&pattern, 1));
  LazyDfa dfa(alone, SIZE_MAX);
  if (dfa.buildAll(DFA_STATES_MAX, DFA_KEY_UNITS_MAX)) return;
  throw Refusal{NCORE_REFUSED_TOO_LARGE, 0,
                "its deterministic automaton has too many states, at least as many as `size`",
                dfa.stateCount()};
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
      CompiledPattern compiled{pattern.id, compileOne(pattern)};
      refuseExplosion(compiled);
      ids_.insert(pattern.id);
      accepted_.push_back(std::move(compiled));
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
  std::vector<NcorePattern> accepted;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const Refusal result = compiler.add(patterns[i]);
    if (!reports.empty()) fillReport(result, reports[i]);
    if (result.verdict == NCORE_ACCEPTED) accepted.push_back(patterns[i]);
  }
  groups_ = compiler.group();
  save(accepted);
}

uint32_t PatternDatabase::patternCount() const {
  size_t count = 0;
  for (const PatternGroup& group : groups_) count += group.patternCount();
  return static_cast<uint32_t>(count);
}

size_t PatternDatabase::memoryBytes() const {
  size_t bytes = 0;
  for (const PatternGroup& group : groups_) bytes += group.memoryBytes();
  return bytes;
}

void PatternDatabase::save(std::span<const NcorePattern> accepted) {
  ByteWriter bytes(saved_);
  bytes.fixed(FORMAT_MAGIC, 4);
  bytes.fixed(FORMAT_VERSION, 4);
  bytes.fixed(accepted.size(), 4);
  for (const NcorePattern& pattern : accepted) {
    bytes.fixed(pattern.id, 4);
    bytes.fixed(pattern.flags, 4);
    bytes.fixed(pattern.lengthBytes, 4);
    bytes.append({pattern.regex, pattern.lengthBytes});
  }
  digest_ = hashBytes(saved_);
  bytes.seal();
}

std::shared_ptr<const PatternDatabase> PatternDatabase::restore(std::span<const uint8_t> saved) {
  ByteReader bytes(saved);
  if (!bytes.unseal()) return nullptr;
  if (bytes.fixed(4) != FORMAT_MAGIC || bytes.fixed(4) != FORMAT_VERSION) return nullptr;
  std::vector<NcorePattern> patterns;
  for (uint64_t count = bytes.fixed(4); count > 0 && bytes.ok(); --count) {
    NcorePattern pattern{};
    pattern.id = static_cast<uint32_t>(bytes.fixed(4));
    pattern.flags = static_cast<uint32_t>(bytes.fixed(4));
    pattern.lengthBytes = static_cast<uint32_t>(bytes.fixed(4));
    pattern.regex = bytes.take(pattern.lengthBytes).data();
    patterns.push_back(pattern);
  }
  if (!bytes.ok() || !bytes.atEnd()) return nullptr;
  auto database =
      std::make_shared<const PatternDatabase>(patterns, std::span<NcorePatternReport>());
  return database->patternCount() == patterns.size() ? database : nullptr;
}

}  // namespace weir::ncore
