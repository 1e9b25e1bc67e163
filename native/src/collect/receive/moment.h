// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace weir::collect {

/// One moment by two clocks. Pauses and time-outs follow the first, which nobody sets; what rows
/// and states say is the second.
struct Moment {
  int64_t monotonicMilliseconds;
  int64_t epochMilliseconds;
};

}  // namespace weir::collect
