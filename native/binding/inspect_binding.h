// SPDX-License-Identifier: Apache-2.0
// Mirrors src/inspect for JavaScript: explainFlow, reviewSignatures, measureCosts, and the look-up
// of a server's name.
#pragma once

#include <napi.h>

namespace weir {

void defineInspect(Napi::Env env, Napi::Object exports);

}  // namespace weir
