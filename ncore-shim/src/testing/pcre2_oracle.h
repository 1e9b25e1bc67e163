// SPDX-License-Identifier: Apache-2.0
// PCRE2 as the judge of the emulator: does a regex compile, and where does its first match end.
// Tests only; one thread.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ncore.h"

namespace weir::ncore::testing {

class Pcre2Oracle {
 public:
  Pcre2Oracle(std::string_view regex, uint32_t flags) {
    // PCRE2's own optimisations drop matches that are not the leftmost or longest; all count here.
    uint32_t options = PCRE2_NO_START_OPTIMIZE | PCRE2_NO_AUTO_POSSESS | PCRE2_NO_DOTSTAR_ANCHOR;
    if (flags & NCORE_PATTERN_CASELESS) options |= PCRE2_CASELESS;
    if (flags & NCORE_PATTERN_DOTALL) options |= PCRE2_DOTALL;
    int error = 0;
    PCRE2_SIZE errorOffset = 0;
    context_ = pcre2_compile_context_create(nullptr);
    pcre2_set_newline(context_, PCRE2_NEWLINE_LF);
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()), regex.size(), options, &error,
                          &errorOffset, context_);
    data_ = pcre2_match_data_create(16, nullptr);
    matchContext_ = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(matchContext_, 1000000);
  }

  ~Pcre2Oracle() {
    pcre2_match_context_free(matchContext_);
    pcre2_match_data_free(data_);
    pcre2_code_free(code_);
    pcre2_compile_context_free(context_);
  }

  Pcre2Oracle(const Pcre2Oracle&) = delete;
  Pcre2Oracle& operator=(const Pcre2Oracle&) = delete;

  bool compiles() const { return code_ != nullptr; }

  bool matchesEmpty() const { return pcre2_match(code_, text(""), 0, 0, 0, data_, nullptr) >= 0; }

  // The smallest end offset over all starts, by PCRE2's DFA matcher; it sees every match.
  std::optional<size_t> firstEnd(std::string_view input) {
    std::optional<size_t> best;
    for (size_t start = 0; start < best.value_or(input.size()); ++start) {
      const auto end = shortestFrom(input, start);
      if (end && *end < best.value_or(SIZE_MAX)) best = end;
    }
    return best;
  }

  // The same by the backtracking matcher: the shortest prefix that ends with a match. Nothing when
  // the pattern backtracks too much to tell.
  struct Answer {
    std::optional<size_t> end;
  };
  std::optional<Answer> firstEndByPrefixes(std::string_view input) {
    for (size_t length = 0; length <= input.size(); ++length) {
      const int result =
          pcre2_match(code_, text(input), length, 0, PCRE2_ENDANCHORED, data_, matchContext_);
      if (result >= 0) return Answer{length};
      if (result != PCRE2_ERROR_NOMATCH) return std::nullopt;
    }
    return Answer{};
  }

 private:
  static PCRE2_SPTR text(std::string_view input) {
    return reinterpret_cast<PCRE2_SPTR>(input.data());
  }

  std::optional<size_t> shortestFrom(std::string_view input, size_t start) {
    const int result = pcre2_dfa_match(code_, text(input), input.size(), start,
                                       PCRE2_ANCHORED | PCRE2_DFA_SHORTEST, data_, nullptr,
                                       workspace_.data(), workspace_.size());
    if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (result < 0) throw std::runtime_error("pcre2_dfa_match: " + std::to_string(result));
    return pcre2_get_ovector_pointer(data_)[1];
  }

  pcre2_compile_context* context_ = nullptr;
  pcre2_code* code_ = nullptr;
  pcre2_match_data* data_ = nullptr;
  pcre2_match_context* matchContext_ = nullptr;
  static inline std::vector<int> workspace_ = std::vector<int>(200000);
};

}  // namespace weir::ncore::testing
