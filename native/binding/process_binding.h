// SPDX-License-Identifier: Apache-2.0
// Mirrors src/process for JavaScript: findUser, dropPrivileges, notifyServiceManager.
#pragma once

#include <napi.h>

namespace weir {

void defineProcess(Napi::Env env, Napi::Object exports);

}  // namespace weir
