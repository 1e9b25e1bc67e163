// SPDX-License-Identifier: Apache-2.0
// The error that any stage throws when it cannot start: a stable code, what happened, what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace weir {

/// `code` is part of the interface ("WEIR_EXPORT_UNKNOWN_HOST"): it never changes its meaning.
class CodedError : public std::runtime_error {
 public:
  CodedError(const char* code, const std::string& what) : std::runtime_error(what), code_(code) {}

  [[nodiscard]] const char* code() const noexcept { return code_; }

 private:
  const char* code_;
};

}  // namespace weir
