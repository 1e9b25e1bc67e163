// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/flow_owners.h"

#include <doctest/doctest.h>

using namespace weir::collect;

namespace {

FlowIdentity flowOf(uint32_t number) {
  FlowIdentity flow{};
  flow.source[15] = static_cast<uint8_t>(number);
  flow.source[14] = static_cast<uint8_t>(number >> 8);
  flow.sourcePort = static_cast<uint16_t>(number >> 16);
  flow.protocol = 6;
  return flow;
}

Observer observerOf(uint8_t number, uint8_t direction = 0) {
  Observer observer{};
  observer.exporter[15] = number;
  observer.flowDirection = direction;
  return observer;
}

}  // namespace

TEST_CASE("the first to report a flow has it for as long as it goes on reporting") {
  FlowOwners owners(1000, 60'000);
  const FlowIdentity flow = flowOf(1);
  CHECK(owners.claim(flow, observerOf(1), 0));
  CHECK(!owners.claim(flow, observerOf(2), 1000));
  CHECK(owners.claim(flow, observerOf(1), 50'000));
  CHECK(!owners.claim(flow, observerOf(2), 100'000));
  CHECK(owners.claim(flow, observerOf(2), 111'000));
  CHECK(!owners.claim(flow, observerOf(1), 112'000));
  CHECK(owners.claim(flowOf(2), observerOf(1), 112'000));
}

TEST_CASE("a router that reports a flow where it comes in and where it goes out is two observers") {
  FlowOwners owners(1000, 60'000);
  CHECK(owners.claim(flowOf(1), observerOf(1, 0), 0));
  CHECK(!owners.claim(flowOf(1), observerOf(1, 1), 0));
}

TEST_CASE("batches of lanes that are a little behind change nothing") {
  FlowOwners owners(1000, 60'000);
  CHECK(owners.claim(flowOf(1), observerOf(1), 500'000));
  CHECK(!owners.claim(flowOf(1), observerOf(2), 490'000));
}

TEST_CASE("of as many flows as there is room for nearly every one is counted once") {
  constexpr uint32_t FLOWS = 50'000;
  FlowOwners owners(4 * FLOWS, 60'000);
  uint32_t counted = 0;
  for (uint8_t exporter = 1; exporter <= 3; ++exporter)
    for (uint32_t flow = 0; flow < FLOWS; ++flow)
      counted += owners.claim(flowOf(flow), observerOf(exporter), 1'700'000'000'000) ? 1 : 0;
  CHECK(counted >= FLOWS);
  CHECK(counted <= FLOWS + FLOWS / 1000);
}

TEST_CASE("more flows than there is room for are never left out of the sums") {
  FlowOwners owners(8, 60'000);
  for (uint32_t flow = 0; flow < 1000; ++flow) CHECK(owners.claim(flowOf(flow), observerOf(1), 0));
}
