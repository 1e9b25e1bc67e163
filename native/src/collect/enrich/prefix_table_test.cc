// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/prefix_table.h"

#include <doctest/doctest.h>

#include "collect/enrich/test_prefixes.h"

using namespace weir::collect;

TEST_CASE("the longest prefix is the one that a search through all of them finds") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    RandomPrefixes random(seed);
    std::vector<AddressPrefix> prefixes(1 + seed * seed % 300);
    for (AddressPrefix& prefix : prefixes) prefix = random.prefix();
    const PrefixTable table(prefixes);
    for (const AddressPrefix& prefix : prefixes) {
      for (int i = 0; i < 4; ++i) {
        const Address address = random.near(prefix);
        const size_t expected = longestBySearch(prefixes, address);
        const uint32_t found = table.find(address);
        CHECK((found == PrefixTable::NONE ? prefixes.size() : found) == expected);
      }
    }
  }
}

TEST_CASE("a table without prefixes holds nothing, and one family's says nothing of the other's") {
  CHECK(PrefixTable().find(*parseAddress("192.0.2.1")) == PrefixTable::NONE);
  const AddressPrefix all[] = {*parseAddressPrefix("::/0")};
  const PrefixTable table(all);
  CHECK(table.find(*parseAddress("2001:db8::1")) == 0);
  CHECK(table.find(*parseAddress("192.0.2.1")) == PrefixTable::NONE);
}

TEST_CASE("prefixes are read as people write them") {
  const auto ipv4 = parseAddressPrefix("192.0.2.77/24");
  REQUIRE(ipv4.has_value());
  CHECK(ipv4->length == 120);
  CHECK(ipv4->address == *parseAddress("192.0.2.0"));
  CHECK(parseAddressPrefix("2001:db8::1")->length == 128);
  CHECK(parseAddressPrefix("10.0.0.0/0")->address == *parseAddress("0.0.0.0"));
  CHECK(parseAddressPrefix("::ffff:10.0.0.0/104")->address == *parseAddress("10.0.0.0"));
  for (const char* wrong : {"", "/", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8",
                            "2001:db8::/129", "10.0.0.0/8 ", "10.0.0.0/8/8", "net/8"}) {
    CAPTURE(wrong);
    CHECK(!parseAddressPrefix(wrong).has_value());
  }
}
