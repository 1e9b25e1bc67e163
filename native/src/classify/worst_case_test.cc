// SPDX-License-Identifier: Apache-2.0
#include "classify/worst_case.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "classify/database_cache.h"
#include "classify/matcher.h"
#include "classify/test_flows.h"
#include "classify/test_signature_dump.h"

namespace weir {
namespace {

using namespace weir::testing;

HsDatabasePtr compile(const Pattern& pattern) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile(pattern.regex.c_str(), hsFlagsOf(pattern), HS_MODE_BLOCK, nullptr, &database, &error);
  const HsCompileErrorPtr owned(error);
  REQUIRE(database != nullptr);
  return HsDatabasePtr(database);
}

/// Hundreds of states alive at once, wherever the regex may begin.
const std::vector<std::string> CATASTROPHIC = {
    "a.{200}b",
    "[a-f].{100}[a-f].{100}x",
    "(a|b).{120}c",
    "^GET .*a.{200}b",                // tied to the start, and yet
    "^(?:PUT|\\x01\\x02).*a.{200}b",  // in the second way to begin
    "magic.*a.{200}b",                // behind a literal
};

const std::vector<std::string> ORDINARY = {
    "^SSH-[12]\\.",
    "bittorrent protocol",
    "^[a-z]{1,16} [0-9]{3}.*\\r\\n",
    "http/(0\\x2e9|1\\x2e0|1\\x2e1) [1-5][0-9][0-9] [\\x09-\\x0d -~]*(connection|content-type)",
    "^[a-z][a-z0-9]+@[1-9][0-9]+$",
    "(ab?c?d?e?f?g?h?){1,40}z",
};

TEST_CASE("a regex that keeps the matcher busy costs far more than the limit") {
  WorstCaseMeter meter;
  for (const std::string& regex : CATASTROPHIC) {
    CAPTURE(regex);
    const Pattern costly = pattern(regex, 1);
    CHECK(meter.measure(costly, compile(costly).get()).timesLiteral >
          WorstCaseMeter::TIMES_LITERAL_MAX);
  }
}

TEST_CASE("an ordinary regex costs less than the limit") {
  WorstCaseMeter meter;
  for (const std::string& regex : ORDINARY) {
    CAPTURE(regex);
    const Pattern ordinary = pattern(regex, 1);
    CHECK(meter.measure(ordinary, compile(ordinary).get()).timesLiteral <
          WorstCaseMeter::TIMES_LITERAL_MAX);
  }
}

TEST_CASE("a set with too costly a pattern is refused, with its source and its cost") {
  SignatureSet set;
  set.patterns = {pattern("^SSH-", 1), pattern("a.{200}b", 2)};
  set.patterns[1].source = "signatures/mine.yaml:7: Mine";
  try {
    createMatcherDatabase(Engine::HYPERSCAN, set)->refuseCostly({});
    FAIL("not refused");
  } catch (const SignatureError& error) {
    CHECK(std::string(error.code()) == "WEIR_SIGNATURE_TOO_COSTLY");
    const std::string message = error.what();
    MESSAGE(message);
    CHECK(message.starts_with("signatures/mine.yaml:7: Mine: /a.{200}b/: costs up to "));
    CHECK(message.find("Tie it to the start") != std::string::npos);
  }
}

TEST_CASE("a set that is refused is refused again: the cache holds only what passed") {
  const auto folder = std::filesystem::temp_directory_path() / "weir-worst-case-test";
  std::filesystem::remove_all(folder);
  SignatureSet set;
  set.patterns = {pattern("a.{200}b", 2)};
  const auto database = createMatcherDatabase(Engine::HYPERSCAN, set);
  for (int start = 0; start < 2; ++start) {
    CHECK_THROWS_AS(database->refuseCostly(DatabaseCache(folder)), SignatureError);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("Weir's own signatures are far from the limit") {
  const SignatureDump* const dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) return;
  WorstCaseMeter meter;
  double most = 0;
  for (const Pattern& one : dump->set.patterns) {
    most = std::max(most, meter.measure(one, compile(one).get()).timesLiteral);
  }
  MESSAGE("at most " << most << " times a literal");
  CHECK(most < WorstCaseMeter::TIMES_LITERAL_MAX);
}

}  // namespace
}  // namespace weir
