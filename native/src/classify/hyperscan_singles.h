// SPDX-License-Identifier: Apache-2.0
// A database for each regex alone, in block mode. A scan for one pattern costs a tenth of a scan
// for all of a part, so where few are left these are asked. Read-only once built, for all lanes.
#pragma once

#include <cstdint>
#include <vector>

#include "classify/database_cache.h"
#include "classify/hyperscan_handles.h"
#include "classify/signature.h"

namespace weir {

class HyperscanSingles {
 public:
  /// The patterns must compile; a regex that Hyperscan cannot take alone has no database.
  HyperscanSingles(const SignatureSet& signatures, const DatabaseCache& cache);

  /// By index in SignatureSet::patterns. Null where there is none.
  [[nodiscard]] const hs_database_t* get(uint32_t pattern) const {
    return databases_[regexOf_[pattern]].get();
  }

  /// Makes `scratch` large enough for all of them; false without memory.
  [[nodiscard]] bool reserve(hs_scratch_t*& scratch) const;

 private:
  /// Patterns that spell their regex alike share a database.
  std::vector<const Pattern*> collectRegexes(const SignatureSet& signatures);
  bool load(const std::optional<std::string>& content, size_t regexes);

  std::vector<uint32_t> regexOf_;         ///< by pattern
  std::vector<HsDatabasePtr> databases_;  ///< by regex
};

}  // namespace weir
