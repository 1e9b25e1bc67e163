// SPDX-License-Identifier: Apache-2.0
// What a vendor's library may lack or get wrong without harm.
#include "classify/ncore_library.h"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace weir {
namespace {

NcoreApi table;

NcoreStatus giveTable(uint32_t, const NcoreApi** api) {
  *api = &table;
  return NCORE_OK;
}

void fillTable() {
  const NcoreApi* whole = nullptr;
  REQUIRE(ncoreGetApi(NCORE_ABI_VERSION, &whole) == NCORE_OK);
  table = *whole;
}

TEST_CASE("a library that lacks a function is refused, whichever it is") {
  for (size_t at = offsetof(NcoreApi, statusText); at < NCORE_API_BASE_BYTES; at += sizeof(void*)) {
    CAPTURE(at);
    fillTable();
    CHECK_NOTHROW(NcoreLibrary::of(giveTable, "whole"));
    std::memset(reinterpret_cast<char*>(&table) + at, 0, sizeof(void*));
    try {
      NcoreLibrary::of(giveTable, "libholes.so");
      FAIL("taken");
    } catch (const EngineError& error) {
      CHECK(error.failure() == EngineFailure::WRONG_ABI);
      CHECK(std::string(error.what()).find("libholes.so") != std::string::npos);
    }
  }
}

TEST_CASE("a table with functions that were appended is taken, one that lacks some is not") {
  struct Longer {
    NcoreApi known;
    NcoreStatus (*appended)() = nullptr;
  };
  static Longer longer;
  fillTable();
  longer.known = table;
  longer.known.sizeBytes = sizeof longer;
  const auto giveLonger = [](uint32_t, const NcoreApi** api) -> NcoreStatus {
    *api = &longer.known;
    return NCORE_OK;
  };
  CHECK_NOTHROW(NcoreLibrary::of(giveLonger, "longer"));
  table.sizeBytes = NCORE_API_BASE_BYTES;
  CHECK_NOTHROW(NcoreLibrary::of(giveTable, "base"));
  table.sizeBytes = NCORE_API_BASE_BYTES - sizeof table.queueEventFd;
  CHECK_THROWS_AS(NcoreLibrary::of(giveTable, "shorter"), EngineError);
}

TEST_CASE("a status without a text is told by its number, and success without a handle is none") {
  fillTable();
  table.statusText = [](NcoreStatus) -> const char* { return nullptr; };
  const auto library = NcoreLibrary::of(giveTable, "silent");
  CHECK_THROWS_WITH(library->check(77, "fly"), "ncore: cannot fly: status 77");
  CHECK_NOTHROW(library->checkMade(NCORE_OK, &table, "fly"));
  CHECK_THROWS_AS(library->checkMade(NCORE_OK, nullptr, "fly"), EngineError);
  CHECK_THROWS_AS(library->checkMade(NCORE_DEVICE_LOST, &table, "fly"), EngineError);
}

TEST_CASE("a library's code stays where it is when the last device of it is gone") {
  NcoreLibrary::open(WEIR_EXAMPLE_DEVICE).reset();
  void* const still = dlopen(WEIR_EXAMPLE_DEVICE, RTLD_NOW | RTLD_NOLOAD);
  CHECK(still != nullptr);
  if (still != nullptr) dlclose(still);
}

}  // namespace
}  // namespace weir
