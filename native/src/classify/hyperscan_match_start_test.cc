// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_match_start.h"

#include <doctest/doctest.h>

#include <string_view>

#include "classify/test_flows.h"

namespace weir {
namespace {

std::optional<uint64_t> startOf(const char* regex, std::string_view octets) {
  return findMatchStart(testing::pattern(regex, 1),
                        {reinterpret_cast<const uint8_t*>(octets.data()), octets.size()});
}

TEST_CASE("a match begins where its leftmost way begins") {
  CHECK(startOf("^abc", "abc") == 0);
  CHECK(startOf("b+c", "aabbbc") == 2);
  CHECK(startOf("c", "abcc") == 3);
  CHECK(startOf("bc$", "abc") == 1);
  CHECK_FALSE(startOf("ab", "abx"));
}

}  // namespace
}  // namespace weir
