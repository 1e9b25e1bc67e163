// SPDX-License-Identifier: Apache-2.0
// What NcoreDatabase is for the emulator: the accepted patterns of a set, put into groups.
// Immutable and shared by every queue that uses it; any thread.
#pragma once

#include <cstdint>
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

 private:
  std::vector<PatternGroup> groups_;
};

}  // namespace weir::ncore
