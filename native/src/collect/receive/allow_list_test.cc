// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/allow_list.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "coded_error.h"
#include "collect/receive/socket_address.h"

using namespace weir::collect;

namespace {

/// Bit by bit, as the notation says.
bool isWithin(const Address& address, const Address& prefix, unsigned bits) {
  for (unsigned i = 0; i < bits; ++i) {
    const uint8_t mask = 0x80U >> (i % 8);
    if ((address[i / 8] & mask) != (prefix[i / 8] & mask)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an allow-list is the union of its prefixes") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> entries;
    std::vector<std::pair<Address, unsigned>> prefixes;
    for (int i = 0; i < 8; ++i) {
      const unsigned bits = random() % 33;
      const std::string text = std::to_string(random() % 3) + "." + std::to_string(random() % 4) +
                               "." + std::to_string(random() % 256) + ".1";
      entries.push_back(text + "/" + std::to_string(bits == 0 ? 9 : bits));
      prefixes.emplace_back(*parseAddress(text), 96 + (bits == 0 ? 9 : bits));
    }
    const AllowList list(entries);
    for (int i = 0; i < 200; ++i) {
      Address address = *parseAddress("0.0.0.0");
      address[12] = random() % 4;
      address[13] = random() % 5;
      address[14] = random() % 256;
      address[15] = random() % 4;
      const bool expected = std::ranges::any_of(prefixes, [&](const auto& prefix) {
        return isWithin(address, prefix.first, prefix.second);
      });
      CHECK(list.allows(address) == expected);
    }
  }
}

TEST_CASE("IPv6 and IPv4 are apart, no entry allows all, and nonsense is refused") {
  const AllowList list({"2001:db8::/32", "192.0.2.0/24", "192.0.3.7"});
  CHECK(list.allows(*parseAddress("2001:db8:ffff::1")));
  CHECK_FALSE(list.allows(*parseAddress("2001:db9::1")));
  CHECK(list.allows(*parseAddress("192.0.3.7")));
  CHECK_FALSE(list.allows(*parseAddress("192.0.3.8")));
  CHECK(AllowList({}).allows(*parseAddress("::1")));
  CHECK(AllowList({"0.0.0.0/0"}).allows(*parseAddress("10.1.2.3")));
  CHECK_FALSE(AllowList({"0.0.0.0/0"}).allows(*parseAddress("2001::1")));
  for (const char* const text :
       {"", "x", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "/8"})
    CHECK_THROWS_AS(AllowList({text}), weir::CodedError);
}
