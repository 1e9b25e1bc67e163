// SPDX-License-Identifier: Apache-2.0
// Owners of what Hyperscan allocates, and what every database of Weir's is compiled with.
#pragma once

#include <hs/hs.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "classify/signature.h"

namespace weir {

struct HsFree {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};
using HsDatabasePtr = std::unique_ptr<hs_database_t, HsFree>;
using HsScratchPtr = std::unique_ptr<hs_scratch_t, HsFree>;
using HsCompileErrorPtr = std::unique_ptr<hs_compile_error_t, HsFree>;

inline unsigned hsFlagsOf(const Pattern& pattern) {
  return HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL | (pattern.caseless ? HS_FLAG_CASELESS : 0U);
}

/// The library's version, the CPU and the mode: what a compiled database depends on besides its
/// patterns.
std::string hsCacheKey(unsigned mode);

/// Null for content that is no database of this library and CPU.
HsDatabasePtr hsDeserialize(std::string_view content);

/// "" when it cannot be done.
std::string hsSerialize(const hs_database_t* database);

}  // namespace weir
