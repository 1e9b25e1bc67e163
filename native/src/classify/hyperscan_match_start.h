// SPDX-License-Identifier: Apache-2.0
// Where a match begins, which engines do not keep while they scan: for tools that show matches.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "classify/signature.h"

namespace weir {

/// Offset of the first octet of the leftmost match of `pattern` that ends where `octets` end.
/// Nothing when Hyperscan cannot tell it for this regex.
std::optional<uint64_t> findMatchStart(const Pattern& pattern, std::span<const uint8_t> octets);

}  // namespace weir
