// SPDX-License-Identifier: Apache-2.0
// Patterns that a device refuses, matched beside it.
#include <doctest/doctest.h>

#include <memory>
#include <span>
#include <string_view>

#include "classify/ncore_database.h"
#include "classify/open_device.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

/// The second is refused by the emulator: a machine for it would have 2^24 states.
std::unique_ptr<NcoreDatabase> databaseWithSide() {
  SignatureSet set;
  set.patterns = {testing::pattern("^SSH-", 1), testing::pattern("^ab|a.{24}b", 2)};
  return std::make_unique<NcoreDatabase>(openDevice({.engine = Engine::EMULATOR}, {}), 0,
                                         std::move(set), RefusedPatterns::GO_TO_HYPERSCAN,
                                         DatabaseCache{});
}

ScanRequest firstOctets(std::string_view payload, Candidates candidates) {
  ScanRequest request;
  request.bytes = {reinterpret_cast<const uint8_t*>(payload.data()), payload.size()};
  request.startOfStream = true;
  request.candidates = candidates;
  return request;
}

Candidates only(uint32_t pattern) {
  Candidates candidates;
  candidates.add(pattern);
  return candidates;
}

TEST_CASE("a stream that is begun anew without patterns beside gives their state back") {
  const auto database = databaseWithSide();
  REQUIRE(database->side().patterns.size() == 1);
  const auto matcher = database->createMatcher(2);
  const ScanRequest beside = firstOctets("a", Candidates::any());
  REQUIRE(matcher->submit({&beside, 1}) == 1);
  CHECK(matcher->pooledBytes() == 0);
  const ScanRequest anew = firstOctets("S", only(0));
  REQUIRE(matcher->submit({&anew, 1}) == 1);
  CHECK(matcher->pooledBytes() > 0);
}

}  // namespace
}  // namespace weir
