// SPDX-License-Identifier: Apache-2.0
// What C++ throws becomes a JavaScript error with the same code.
#pragma once

#include <napi.h>

#include <new>
#include <string>

#include "coded_error.h"

namespace weir {

inline Napi::Error codedError(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

template <typename Action>
void guarded(Napi::Env env, Action action) {
  try {
    action();
  } catch (const CodedError& error) {
    throw codedError(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    throw codedError(env, "WEIR_PROBE_OUT_OF_MEMORY",
                     "not enough memory for the flow tables. Lower the number of flows or lanes.");
  } catch (const std::exception& error) {
    throw codedError(env, "WEIR_PROBE_FAILED", error.what());
  }
}

}  // namespace weir
