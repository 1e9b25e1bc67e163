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
  static std::shared_ptr<const NcoreLibrary> builtIn();

  /// Throws EngineError when there is no such file, it is no ncore library, or speaks another
  /// version of the ABI.
  static std::shared_ptr<const NcoreLibrary> open(const std::string& path);

  ~NcoreLibrary();
  NcoreLibrary(const NcoreLibrary&) = delete;
  NcoreLibrary& operator=(const NcoreLibrary&) = delete;

  [[nodiscard]] const NcoreApi* operator->() const { return api_; }

  /// Throws EngineError with what was tried, unless it went well.
  void check(NcoreStatus status, const std::string& what) const;

 private:
  NcoreLibrary(void* handle, const NcoreApi* api) : handle_(handle), api_(api) {}

  void* const handle_;  ///< of dlopen; nullptr: built in
  const NcoreApi* const api_;
};

}  // namespace weir
