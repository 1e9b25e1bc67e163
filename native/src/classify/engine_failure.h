// SPDX-License-Identifier: Apache-2.0
// Why an engine cannot be used, or not any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "coded_error.h"

namespace weir {

enum class EngineFailure : uint8_t {
  NONE = 0,
  UNAVAILABLE,  ///< no such library or device, or it has no queue, memory or room left for now
  WRONG_ABI,    ///< the library speaks another version
  TOO_SMALL,    ///< the signatures, or a lane's streams, do not fit the device
  LOST,         ///< the device went away
  STUCK,        ///< no completion within the deadline
  SLOW,         ///< it completes less than it is given
  BROKEN,       ///< it does what the ABI rules out, or finishes nothing
  COUNT
};

/// "" for NONE.
constexpr const char* engineFailureName(EngineFailure failure) {
  constexpr const char* NAMES[] = {"",     "unavailable", "wrongAbi", "tooSmall",
                                   "lost", "stuck",       "slow",     "broken"};
  return NAMES[static_cast<size_t>(failure)];
}

/// Code: WEIR_MATCHER_UNAVAILABLE.
class EngineError : public CodedError {
 public:
  EngineError(EngineFailure failure, const std::string& what)
      : CodedError("WEIR_MATCHER_UNAVAILABLE", what), failure_(failure) {}
  [[nodiscard]] EngineFailure failure() const { return failure_; }

 private:
  EngineFailure failure_;
};

}  // namespace weir
