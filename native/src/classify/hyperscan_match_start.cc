// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_match_start.h"

#include <algorithm>

#include "classify/hyperscan_handles.h"
#include "classify/hyperscan_input.h"

namespace weir {
namespace {

struct Search {
  uint64_t end = 0;
  std::optional<uint64_t> start;
};

int onMatch(unsigned, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& search = *static_cast<Search*>(context);
  if (to == search.end) search.start = std::min<uint64_t>(search.start.value_or(from), from);
  return 0;
}

HsDatabasePtr compile(const Pattern& pattern) {
  // All matches are wanted: the leftmost of those that end here.
  const unsigned flags =
      (hsFlagsOf(pattern) & ~unsigned{HS_FLAG_SINGLEMATCH}) | HS_FLAG_SOM_LEFTMOST;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile(pattern.regex.c_str(), flags, HS_MODE_BLOCK, nullptr, &database, &error);
  const HsCompileErrorPtr ignored(error);
  return HsDatabasePtr(database);
}

}  // namespace

std::optional<uint64_t> findMatchStart(const Pattern& pattern, std::span<const uint8_t> octets) {
  const HsDatabasePtr database = compile(pattern);
  hs_scratch_t* rawScratch = nullptr;
  if (!database || hs_alloc_scratch(database.get(), &rawScratch) != HS_SUCCESS) return {};
  const HsScratchPtr scratch(rawScratch);
  Search search{octets.size(), {}};
  HyperscanInput input;
  hs_scan(database.get(), reinterpret_cast<const char*>(input.of(octets).data()),
          static_cast<unsigned>(octets.size()), 0, scratch.get(), onMatch, &search);
  return search.start;
}

}  // namespace weir
