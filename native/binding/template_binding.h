// SPDX-License-Identifier: Apache-2.0
// Templates between the lanes' decoders and the other collectors of a site. Event loop's thread.
#pragma once

#include <napi.h>

#include <memory>

#include "collect/lane/flow_collection.h"

namespace weir {

/// Promise of {templates, changes}: what each lane learnt after its number in `changes`, an array;
/// all when that is empty.
Napi::Value templatesSince(Napi::Env env, std::shared_ptr<collect::FlowCollection> collection,
                           const Napi::Array& changes);

/// Promise of the number of templates that could be read; each goes to its exporter's lane.
Napi::Value importTemplates(Napi::Env env, std::shared_ptr<collect::FlowCollection> collection,
                            const Napi::Array& templates);

}  // namespace weir
