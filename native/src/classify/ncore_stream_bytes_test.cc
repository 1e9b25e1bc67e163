// SPDX-License-Identifier: Apache-2.0
// What a stream of l7-filter's patterns takes on the emulator; see test_signature_dump.h. Skipped
// where they are not there.
#include <doctest/doctest.h>
#include <ncore.h>

#include <set>
#include <string>
#include <vector>

#include "classify/test_signature_dump.h"

namespace weir {
namespace {

::NcoreDatabase* compileAll(const NcoreApi& api, const SignatureDump& dump) {
  // Each stands there for both transports and both sides.
  std::set<std::string> regexes;
  for (const Pattern& pattern : dump.set.patterns) regexes.insert(pattern.regex);
  std::vector<NcorePattern> patterns;
  for (const std::string& regex : regexes) {
    patterns.push_back(
        {reinterpret_cast<const uint8_t*>(regex.data()), static_cast<uint32_t>(regex.size()),
         NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL, static_cast<uint32_t>(patterns.size()), 0});
  }
  ::NcoreDatabase* database = nullptr;
  REQUIRE(api.compile(patterns.data(), static_cast<uint32_t>(patterns.size()), nullptr,
                      &database) == NCORE_OK);
  return database;
}

TEST_CASE("a stream of all of l7-filter's patterns takes at most 40 bytes") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment("WEIR_L7_SIGNATURE_DUMP");
  if (dump == nullptr) {
    MESSAGE("skipped: WEIR_L7_SIGNATURE_DUMP is not set");
    return;
  }
  const NcoreApi* api = nullptr;
  REQUIRE(ncoreGetApi(NCORE_ABI_VERSION, &api) == NCORE_OK);
  ::NcoreDatabase* database = compileAll(*api, *dump);
  NcoreDevice* device = nullptr;
  REQUIRE(api->openDevice(NCORE_DEVICE_EMULATOR, nullptr, &device) == NCORE_OK);
  uint32_t id = 0;
  REQUIRE(api->loadDatabase(device, database, &id) == NCORE_OK);
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  REQUIRE(api->queryDatabase(device, id, &info) == NCORE_OK);
  CHECK(info.patterns == 144);
  CHECK(info.streamBytes <= 40);
  api->closeDevice(device);
  api->freeDatabase(database);
}

}  // namespace
}  // namespace weir
