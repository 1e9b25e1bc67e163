// SPDX-License-Identifier: Apache-2.0
// What the capture stage throws when a source cannot be opened: a stable code, what happened, and
// what to do about it. After a successful open() nothing throws: defects become counters.
#pragma once

#include "coded_error.h"

namespace weir {

/// The codes are API: operators and tests match on them, so they never change their meaning.
namespace capture_code {
inline constexpr const char* CANNOT_OPEN = "WEIR_CAPTURE_CANNOT_OPEN";
inline constexpr const char* CANNOT_READ = "WEIR_CAPTURE_CANNOT_READ";
inline constexpr const char* NOT_A_CAPTURE_FILE = "WEIR_CAPTURE_NOT_A_CAPTURE_FILE";
inline constexpr const char* COMPRESSED_FILE = "WEIR_CAPTURE_COMPRESSED_FILE";
inline constexpr const char* UNSUPPORTED_VERSION = "WEIR_CAPTURE_UNSUPPORTED_VERSION";
inline constexpr const char* UNSUPPORTED_LINK_TYPE = "WEIR_CAPTURE_UNSUPPORTED_LINK_TYPE";
inline constexpr const char* NOT_SHAREABLE = "WEIR_CAPTURE_NOT_SHAREABLE";
inline constexpr const char* BAD_OPTIONS = "WEIR_CAPTURE_BAD_OPTIONS";
inline constexpr const char* NO_SUCH_INTERFACE = "WEIR_CAPTURE_NO_SUCH_INTERFACE";
inline constexpr const char* NOT_PERMITTED = "WEIR_CAPTURE_NOT_PERMITTED";
inline constexpr const char* UNSUPPORTED_INTERFACE = "WEIR_CAPTURE_UNSUPPORTED_INTERFACE";
inline constexpr const char* RING_FAILED = "WEIR_CAPTURE_RING_FAILED";
inline constexpr const char* FANOUT_FAILED = "WEIR_CAPTURE_FANOUT_FAILED";
}  // namespace capture_code

/// `code` is one of `capture_code`; `what` ends with the way out.
class CaptureError : public CodedError {
 public:
  using CodedError::CodedError;
};

}  // namespace weir
