// SPDX-License-Identifier: Apache-2.0
// An implementation of ncore.h: the one that Weir is built with, or a vendor's, opened by path.
#pragma once

#include <ncore.h>

#include <memory>
#include <string>

#include "classify/engine_failure.h"

namespace weir {

/// Any thread. What came from its functions must not outlive it.
class NcoreLibrary {
 public:
  using GetApi = decltype(&ncoreGetApi);

  static std::shared_ptr<const NcoreLibrary> builtIn();

  /// Of functions that are there already; `name` is for messages. Throws as `open` does.
  static std::shared_ptr<const NcoreLibrary> of(GetApi getApi, const std::string& name);

  /// Throws EngineError when there is no such file, it is no ncore library, speaks another version
  /// of the ABI, or lacks a function of it. Its code stays mapped for good: threads of a driver
  /// that hangs may run in it for longer than anyone waits.
  static std::shared_ptr<const NcoreLibrary> open(const std::string& path);

  ~NcoreLibrary();
  NcoreLibrary(const NcoreLibrary&) = delete;
  NcoreLibrary& operator=(const NcoreLibrary&) = delete;

  [[nodiscard]] const NcoreApi* operator->() const { return api_; }

  /// Throws EngineError with what was tried, unless it went well.
  void check(NcoreStatus status, const std::string& what) const;

  /// Likewise; also when it is said to have gone well, and there is no `handle`.
  void checkMade(NcoreStatus status, const void* handle, const std::string& what) const;

 private:
  NcoreLibrary(void* handle, const NcoreApi* api) : handle_(handle), api_(api) {}

  void* const handle_;  ///< of dlopen; nullptr: built in
  const NcoreApi* const api_;
};

}  // namespace weir
