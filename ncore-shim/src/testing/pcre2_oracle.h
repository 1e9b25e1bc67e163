// SPDX-License-Identifier: Apache-2.0
// PCRE2 as the judge of the engines: does a regex compile, and where does its first match end.
// Tests only; one thread.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ncore.h"

namespace weir::ncore::testing {

// Thrown where PCRE2's limits end before it can tell.
struct Undecided : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Pcre2Oracle {
 public:
  Pcre2Oracle(std::string_view regex, uint32_t flags) {
    // PCRE2's own optimisations drop matches that are not the leftmost or longest; all count here.
    uint32_t options = PCRE2_NO_START_OPTIMIZE | PCRE2_NO_AUTO_POSSESS | PCRE2_NO_DOTSTAR_ANCHOR;
    uint32_t modes = 0;
    if (flags & NCORE_PATTERN_CASELESS) modes |= PCRE2_CASELESS;
    if (flags & NCORE_PATTERN_DOTALL) modes |= PCRE2_DOTALL;
    context_ = pcre2_compile_context_create(nullptr);
    pcre2_set_newline(context_, PCRE2_NEWLINE_LF);
    code_ = compile(regex, options | modes);
    quickCode_ = compile(regex, modes);
    if (quickCode_ != nullptr) pcre2_jit_compile(quickCode_, PCRE2_JIT_COMPLETE);
    data_ = pcre2_match_data_create(16, nullptr);
    matchContext_ = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(matchContext_, 1000000);
  }

  ~Pcre2Oracle() {
    pcre2_match_context_free(matchContext_);
    pcre2_match_data_free(data_);
    pcre2_code_free(quickCode_);
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

  // Whether there is a match anywhere in the input; its end is the end of data for '$'.
  bool holdsIn(std::string_view input) {
    int result = pcre2_match(quickCode_, text(input), input.size(), 0, 0, data_, matchContext_);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH) {  // backtracks too much to tell
      result = pcre2_dfa_match(code_, text(input), input.size(), 0, PCRE2_DFA_SHORTEST, data_,
                               nullptr, workspace_.data(), workspace_.size());
    }
    if (result < 0 && result != PCRE2_ERROR_NOMATCH) fail(result);
    return result >= 0;
  }

  // firstEnd() of long inputs: the smallest that holds a match of all prefixes, by halving. Not for
  // regexes whose match in a prefix is none in the whole ('$').
  std::optional<size_t> firstEndByHalving(std::string_view input) {
    if (!holdsIn(input)) return std::nullopt;
    size_t without = 0;
    size_t with = input.size();
    while (with - without > 1) {
      const size_t middle = without + (with - without) / 2;
      (holdsIn(input.substr(0, middle)) ? with : without) = middle;
    }
    return with;
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
  [[noreturn]] static void fail(int result) {
    throw Undecided("pcre2_dfa_match: " + std::to_string(result));
  }

  pcre2_code* compile(std::string_view regex, uint32_t options) {
    int error = 0;
    PCRE2_SIZE errorOffset = 0;
    return pcre2_compile(text(regex), regex.size(), options, &error, &errorOffset, context_);
  }

  static PCRE2_SPTR text(std::string_view input) {
    return reinterpret_cast<PCRE2_SPTR>(input.data());
  }

  std::optional<size_t> shortestFrom(std::string_view input, size_t start) {
    const int result = pcre2_dfa_match(code_, text(input), input.size(), start,
                                       PCRE2_ANCHORED | PCRE2_DFA_SHORTEST, data_, nullptr,
                                       workspace_.data(), workspace_.size());
    if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (result < 0) fail(result);
    return pcre2_get_ovector_pointer(data_)[1];
  }

  pcre2_compile_context* context_ = nullptr;
  pcre2_code* code_ = nullptr;
  pcre2_code* quickCode_ = nullptr;  // whether there is a match: PCRE2 may take every short cut
  pcre2_match_data* data_ = nullptr;
  pcre2_match_context* matchContext_ = nullptr;
  static inline std::vector<int> workspace_ = std::vector<int>(200000);
};

}  // namespace weir::ncore::testing
