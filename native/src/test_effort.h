// SPDX-License-Identifier: Apache-2.0
// For unit tests only: how much of a large sample is read. Under sanitizers each octet costs many
// times as much; there a part of the sample is enough, since it goes through the same code.
#pragma once

namespace weir::testing {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool IS_SANITIZED = true;
#else
constexpr bool IS_SANITIZED = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool IS_SANITIZED = true;
#else
constexpr bool IS_SANITIZED = false;
#endif

}  // namespace weir::testing
