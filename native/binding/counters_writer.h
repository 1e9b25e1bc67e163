// SPDX-License-Identifier: Apache-2.0
// Turns a lane's counters into a plain object, names spelt as in C++.
#pragma once

#include <napi.h>

#include <vector>

#include "classify/engine_use.h"
#include "lane/lane_counters.h"

namespace weir {

Napi::Object writeCounters(Napi::Env env, const LaneCounters& counters, size_t exporters);

Napi::Object writeEngines(Napi::Env env, const std::vector<EngineState>& states,
                          const EngineTotals& totals);

}  // namespace weir
