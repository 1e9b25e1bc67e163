// SPDX-License-Identifier: Apache-2.0
#include "pattern_evidence.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>

#include "ncore.h"

using weir::ncore::matchEvidence;

namespace {

double bitsOf(std::string_view regex, uint32_t flags = NCORE_PATTERN_DOTALL) {
  const auto evidence = matchEvidence(regex, flags);
  REQUIRE(evidence.has_value());
  return evidence->bits;
}

}  // namespace

TEST_CASE("evidence is that of the match that says least") {
  CHECK(bitsOf("^SSH-") == doctest::Approx(32));
  CHECK(bitsOf("^(?:GET|P)") == doctest::Approx(8));
  CHECK(bitsOf("^.{200}a") == doctest::Approx(8));
  CHECK(bitsOf("^[\\x00-\\x0f]b") == doctest::Approx(12));
  CHECK(bitsOf("^ab*c") == doctest::Approx(16));
  CHECK(bitsOf("^ab", NCORE_PATTERN_DOTALL | NCORE_PATTERN_CASELESS) == doctest::Approx(14));
}

TEST_CASE("whether a match begins at the start of the stream") {
  CHECK_FALSE(matchEvidence("^ab", NCORE_PATTERN_DOTALL)->startsAnywhere);
  CHECK(matchEvidence("ab", NCORE_PATTERN_DOTALL)->startsAnywhere);
  CHECK(matchEvidence("^a|b", NCORE_PATTERN_DOTALL)->startsAnywhere);
  CHECK_FALSE(matchEvidence("(?=a)b", NCORE_PATTERN_DOTALL).has_value());
}

// One way only, so that the chance is what the evidence says and not a sum of chances.
TEST_CASE("random octets match as often as the evidence says") {
  std::mt19937 random(1);
  const std::string regex = "^[\\x00-\\x1f].[a-p\\xf0-\\xff][\\x80-\\xff]";
  const double chance = std::exp2(-bitsOf(regex));
  constexpr int TRIES = 200'000;
  int matches = 0;
  for (int i = 0; i < TRIES; ++i) {
    const auto at = [&] { return static_cast<uint8_t>(random()); };
    const uint8_t octets[4] = {at(), at(), at(), at()};
    const bool inThird = (octets[2] >= 'a' && octets[2] <= 'p') || octets[2] >= 0xf0;
    matches += octets[0] < 0x20 && inThird && octets[3] >= 0x80 ? 1 : 0;
  }
  CHECK(matches == doctest::Approx(TRIES * chance).epsilon(0.1));
}
