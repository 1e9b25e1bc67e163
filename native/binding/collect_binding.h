// SPDX-License-Identifier: Apache-2.0
// Mirrors the collector's intake for JavaScript: FlowCollection and FlowChunk.
#pragma once

#include <napi.h>

namespace weir {

void defineCollect(Napi::Env env, Napi::Object exports);

}  // namespace weir
