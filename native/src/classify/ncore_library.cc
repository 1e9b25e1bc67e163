// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace weir {
namespace {

constexpr const char* SYMBOL = "ncoreGetApi";

std::string lastError() {
  const char* const text = dlerror();
  return text == nullptr ? "unknown error" : text;
}

/// Those of the version's base, which stand one after the other behind the table's head.
bool hasAllFunctions(const NcoreApi& api) {
  constexpr size_t FIRST = offsetof(NcoreApi, statusText);
  std::array<uintptr_t, (NCORE_API_BASE_BYTES - FIRST) / sizeof(uintptr_t)> functions;
  std::memcpy(functions.data(), reinterpret_cast<const char*>(&api) + FIRST, sizeof functions);
  return std::find(functions.begin(), functions.end(), 0) == functions.end();
}

const NcoreApi* apiOf(NcoreLibrary::GetApi getApi, const std::string& path) {
  const NcoreApi* api = nullptr;
  const NcoreStatus status = getApi(NCORE_ABI_VERSION, &api);
  const bool isOurs = status == NCORE_OK && api != nullptr &&
                      api->abiVersion == NCORE_ABI_VERSION &&
                      api->sizeBytes >= NCORE_API_BASE_BYTES;
  if (isOurs && hasAllFunctions(*api)) return api;
  if (isOurs) {
    throw EngineError(EngineFailure::WRONG_ABI, path +
                                                    " lacks functions of the ncore ABI. Ask its "
                                                    "vendor for one that has them.");
  }
  throw EngineError(EngineFailure::WRONG_ABI,
                    path + " does not speak version " + std::to_string(NCORE_ABI_VERSION) +
                        " of the ncore ABI. Ask its vendor for one that does.");
}

/// Without memory it is unavailable, not too small: flows that end give theirs back.
EngineFailure failureOf(NcoreStatus status) {
  switch (status) {
    case NCORE_ABI_MISMATCH:
      return EngineFailure::WRONG_ABI;
    case NCORE_OUT_OF_PATTERNS:
      return EngineFailure::TOO_SMALL;
    case NCORE_DEVICE_LOST:
      return EngineFailure::LOST;
    default:
      return EngineFailure::UNAVAILABLE;
  }
}

}  // namespace

std::shared_ptr<const NcoreLibrary> NcoreLibrary::builtIn() {
  return of(ncoreGetApi, "the built-in emulator");
}

std::shared_ptr<const NcoreLibrary> NcoreLibrary::of(GetApi getApi, const std::string& name) {
  return std::shared_ptr<const NcoreLibrary>(new NcoreLibrary(nullptr, apiOf(getApi, name)));
}

std::shared_ptr<const NcoreLibrary> NcoreLibrary::open(const std::string& path) {
  // A name without a slash would be looked for in the system's folders of libraries.
  const std::string place = path.find('/') == std::string::npos ? "./" + path : path;
  void* const handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    throw EngineError(EngineFailure::UNAVAILABLE, "cannot open the ncore library: " + lastError());
  }
  try {
    void* const symbol = dlsym(handle, SYMBOL);
    if (symbol == nullptr) {
      throw EngineError(EngineFailure::UNAVAILABLE,
                        path + " is no ncore library: it has no " + SYMBOL + ".");
    }
    const NcoreApi* const api = apiOf(reinterpret_cast<GetApi>(symbol), path);
    return std::shared_ptr<const NcoreLibrary>(new NcoreLibrary(handle, api));
  } catch (...) {
    dlclose(handle);
    throw;
  }
}

NcoreLibrary::~NcoreLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

void NcoreLibrary::check(NcoreStatus status, const std::string& what) const {
  if (status == NCORE_OK) return;
  const char* const text = api_->statusText(status);
  throw EngineError(failureOf(status),
                    "ncore: cannot " + what + ": " +
                        (text == nullptr ? "status " + std::to_string(status) : std::string(text)));
}

void NcoreLibrary::checkMade(NcoreStatus status, const void* handle,
                             const std::string& what) const {
  check(status, what);
  if (handle == nullptr)
    throw EngineError(EngineFailure::BROKEN, "ncore: there is nothing after what should " + what);
}

}  // namespace weir
