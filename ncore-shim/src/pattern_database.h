// SPDX-License-Identifier: Apache-2.0
// What NcoreDatabase is for the emulator: the accepted patterns of a set, put into groups.
// Immutable and shared by every queue that uses it; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ncore.h"
#include "pattern_group.h"

namespace weir::ncore {

class PatternDatabase {
 public:
  // Takes what it can and reports on every pattern. `reports` is empty or as long as `patterns`.
  PatternDatabase(std::span<const NcorePattern> patterns, std::span<NcorePatternReport> reports);

  const std::vector<PatternGroup>& groups() const { return groups_; }
  uint32_t patternCount() const;
  size_t memoryBytes() const;

  // The accepted patterns: compiling them again takes milliseconds, and nothing else is portable
  // between versions of the emulator.
  const std::vector<uint8_t>& saved() const { return saved_; }
  // Null for what saved() has not given, in whole.
  static std::shared_ptr<const PatternDatabase> restore(std::span<const uint8_t> saved);

  // Tells databases of different content apart.
  uint64_t digest() const { return digest_; }

 private:
  void save(std::span<const NcorePattern> accepted);

  std::vector<PatternGroup> groups_;
  std::vector<uint8_t> saved_;
  uint64_t digest_ = 0;
};

}  // namespace weir::ncore
