// SPDX-License-Identifier: Apache-2.0
// How a dissector answers: a stream that is good so far but short is not yet something else.
#pragma once

#include <cstdint>

namespace weir {

/// What octets turned out to be.
enum class Reading : uint8_t { COMPLETE, NEEDS_MORE, NOT_THIS };

}  // namespace weir
