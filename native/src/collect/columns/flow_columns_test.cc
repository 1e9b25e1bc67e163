// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/flow_columns.h"

#include <doctest/doctest.h>

using namespace weir::collect;

TEST_CASE("columns grow with their rows and are zero again after they were cleared") {
  FlowColumns columns(4);
  columns.rows = 4;
  columns.octets[3] = 7;
  columns.sourceAddress[3][15] = 1;
  columns.reserve(100);
  CHECK(columns.capacity() >= 104);
  CHECK(columns.octets[3] == 7);
  CHECK(columns.octets[50] == 0);
  columns.octets[1] = 5;
  columns.truncate(2);
  CHECK(columns.rows == 2);
  CHECK(columns.octets[1] == 5);
  CHECK(columns.octets[3] == 0);
  columns.octets[1] = 7;
  columns.clear();
  CHECK(columns.rows == 0);
  CHECK(columns.octets[1] == 0);
  CHECK(columns.sourceAddress[3] == Address{});
}

TEST_CASE("a name has one id in a chunk, and a handle follows it from chunk to chunk") {
  ChunkNames first;
  ChunkNames second;
  NameHandle dns{"DNS"};
  CHECK(first.idOf("") == 0);
  CHECK(first.idOf(dns) == 1);
  CHECK(first.idOf("DNS") == 1);
  CHECK(second.idOf("TLS") == 1);
  CHECK(second.idOf(dns) == 2);
  CHECK(first.idOf(dns) == 1);
  first.clear();
  CHECK(first.size() == 1);
  CHECK(first.idOf("SSH") == 1);
  CHECK(first.idOf(dns) == 2);
  CHECK(first.textOf(2) == "DNS");
}
