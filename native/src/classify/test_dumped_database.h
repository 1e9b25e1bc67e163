// SPDX-License-Identifier: Apache-2.0
// For unit tests only: the databases of the dumped signatures, see test_signature_dump.h. Compiling
// one takes seconds under sanitizers, and many tests read them: a process makes each once, and what
// is compiled is shared with other processes in the folder that WEIR_TEST_DATABASES names.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "classify/matcher.h"
#include "classify/test_signature_dump.h"

namespace weir::testing {

/// The folder stays, also from run to run: a file holds what it was compiled from.
inline DatabaseCache testDatabaseCache() {
  const char* const folder = std::getenv("WEIR_TEST_DATABASES");
  if (folder != nullptr) return DatabaseCache(folder);
  return DatabaseCache(std::filesystem::temp_directory_path() / "weir-test-databases");
}

/// `variable` names the dump, which must be there.
inline const std::shared_ptr<const MatcherDatabase>& dumpedDatabase(
    Engine engine, const char* variable = "WEIR_SIGNATURE_DUMP") {
  static std::map<std::pair<Engine, std::string>, std::shared_ptr<const MatcherDatabase>> databases;
  auto& database = databases[{engine, variable}];
  if (!database) {
    const SignatureDump* const dump = SignatureDumpReader::fromEnvironment(variable);
    database = createMatcherDatabase(engine, dump->set, testDatabaseCache());
  }
  return database;
}

}  // namespace weir::testing
