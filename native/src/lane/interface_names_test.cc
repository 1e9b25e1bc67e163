// SPDX-License-Identifier: Apache-2.0
#include "lane/interface_names.h"

#include <doctest/doctest.h>
#include <net/if.h>

namespace weir {
namespace {

TEST_CASE("a live capture's interface has its name, a file has none") {
  PacketRingOptions live;
  live.interfaceName = "lo";
  const std::vector<InterfaceRow> rows = interfaceNames(live);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].index == if_nametoindex("lo"));
  CHECK(rows[0].name == "lo");
  CHECK(interfaceNames(FileOptions{"x.pcap"}).empty());
}

}  // namespace
}  // namespace weir
