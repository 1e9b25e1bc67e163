// SPDX-License-Identifier: Apache-2.0
// The counters that somebody looks at all the time, as numbers in an array that is used again and
// again: objects would cost a running probe memory each second.
#pragma once

#include <napi.h>

#include <vector>

#include "lane/lane_counters.h"

namespace weir {

/// Sets `laneWatch` and `targetWatch` of `exports`: the names, in the order of the array.
void defineWatch(Napi::Env env, Napi::Object& exports);

/// For each lane its words, then those of each of its exporters. Throws a RangeError unless the
/// array has exactly this length.
void writeWatch(const std::vector<LaneCounters>& lanes, size_t exporters, Napi::Float64Array into);

}  // namespace weir
