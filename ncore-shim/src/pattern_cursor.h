// SPDX-License-Identifier: Apache-2.0
// The place in a regex where its parser is, and the way out when a construct is refused: a Refusal
// is thrown inside the compiler only, and becomes a pattern's report. Used by one parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "ncore.h"

namespace weir::ncore {

struct Refusal {
  NcoreVerdict verdict = NCORE_ACCEPTED;
  size_t offset = 0;
  std::string reason;
  uint64_t size = 0;
};

class PatternCursor {
 public:
  explicit PatternCursor(std::string_view text) : text_(text) {}

  size_t offset() const { return at_; }
  void seek(size_t offset) { at_ = offset; }
  bool atEnd() const { return at_ >= text_.size(); }
  std::string_view rest() const { return text_.substr(at_); }

  // 0 stands for the end too: whoever expects a NUL byte asks atEnd() first.
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  char take() { return text_[at_++]; }
  bool takeIf(char wanted) {
    if (atEnd() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  [[noreturn]] static void refuse(NcoreVerdict verdict, size_t offset, std::string reason) {
    throw Refusal{verdict, offset, std::move(reason)};
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace weir::ncore
