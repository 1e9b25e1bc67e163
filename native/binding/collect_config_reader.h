// SPDX-License-Identifier: Apache-2.0
// The intake's configuration out of the object that collect.ts describes. Event loop's thread.
#pragma once

#include <napi.h>

#include "collect/lane/flow_collection.h"

namespace weir {

collect::FlowCollectionConfig readCollectionConfig(const Napi::Object& object);

}  // namespace weir
