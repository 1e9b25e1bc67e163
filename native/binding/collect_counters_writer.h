// SPDX-License-Identifier: Apache-2.0
// What the intake knows, as JavaScript objects. Event loop's thread.
#pragma once

#include <napi.h>

#include <vector>

#include "collect/lane/flow_collection.h"

namespace weir {

/// An array, a lane each: {receive, decode, lane}, each an object of numbers by name.
Napi::Value writeLaneCounters(Napi::Env env, const collect::FlowCollection& collection);

/// An array, an application each, by name; some may come more than once.
Napi::Value writeApplications(Napi::Env env, std::vector<collect::ApplicationState> applications);

/// An array, a domain each.
Napi::Value writeDomains(Napi::Env env, const std::vector<collect::DomainState>& domains);

}  // namespace weir
