// SPDX-License-Identifier: Apache-2.0
// Reads the plain configuration object of native/src/index.ts. The TypeScript facade has its types,
// so a wrong shape is a defect of the facade: it throws a TypeError.
#pragma once

#include <napi.h>

#include "lane/data_plane_config.h"

namespace weir {

DataPlaneConfig readConfig(const Napi::Object& object);
ReloadConfig readReloadConfig(const Napi::Object& object);
TunnelSet readTunnels(const Napi::Array& names);
SignatureSet readSignatures(const Napi::Object& object);

}  // namespace weir
