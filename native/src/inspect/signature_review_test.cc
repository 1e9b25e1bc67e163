// SPDX-License-Identifier: Apache-2.0
#include "inspect/signature_review.h"

#include <doctest/doctest.h>

#include <string_view>

#include "classify/test_flows.h"

namespace weir {
namespace {

SignatureSet setOf(std::vector<Pattern> patterns) {
  SignatureSet set;
  set.patterns = std::move(patterns);
  return set;
}

ReviewedSample sampleOf(std::string_view payload) {
  return {Transport::TCP, StreamSide::CLIENT, {payload.begin(), payload.end()}};
}

TEST_CASE("each engine says of each pattern whether it takes it") {
  const auto review =
      reviewSignatures(setOf({testing::pattern("^SSH-", 1), testing::pattern("^(", 2),
                              testing::pattern("^ab|a.{24}b", 3)}),
                       {sampleOf("SSH-2.0"), sampleOf("ab")});
  CHECK_FALSE(review.patterns[0].hyperscan);
  CHECK_FALSE(review.patterns[0].emulator);
  REQUIRE(review.patterns[1].hyperscan);
  CHECK(review.patterns[1].hyperscan->code == "WEIR_SIGNATURE_REGEX_INVALID");
  CHECK_FALSE(review.patterns[2].hyperscan);
  REQUIRE(review.patterns[2].emulator);
  CHECK(review.patterns[2].emulator->code == "WEIR_SIGNATURE_REGEX_REFUSED");
  // The refused one is left out, and the others keep their numbers.
  CHECK(review.samples == std::vector<std::vector<uint32_t>>{{0}, {2}});
}

TEST_CASE("the first pattern of a sample is the one that names it") {
  Pattern general = testing::pattern("^GET ", 1);
  Pattern special = testing::pattern("^GET /announce", 2);
  special.priority = 10;
  const auto review = reviewSignatures(setOf({general, special}), {sampleOf("GET /announce?")});
  CHECK(review.samples[0] == std::vector<uint32_t>{1, 0});
}

TEST_CASE("evidence counts the size of a datagram") {
  Pattern sized = testing::pattern("^\\x01", 1, Transport::UDP);
  CHECK(*reviewPattern(sized).evidenceBits == doctest::Approx(8));
  sized.minimumDatagramBytes = sized.maximumDatagramBytes = 40;
  CHECK(*reviewPattern(sized).evidenceBits > 18);
  CHECK_FALSE(reviewPattern(testing::pattern("abc", 1)).isAnchored);
}

}  // namespace
}  // namespace weir
