// SPDX-License-Identifier: Apache-2.0
// What is wrong with a request is said before anything is read. The rest:
// e2e/src/signatures.test.ts.
#include "inspect/capture_walk.h"

#include <doctest/doctest.h>

#include "capture/capture_error.h"
#include "classify/test_flows.h"
#include "inspect/flow_explanation.h"
#include "inspect/payload_heads.h"

namespace weir {
namespace {

TEST_CASE("a file that is not there is an error with a code") {
  CaptureWalkOptions options;
  options.path = "/does/not/exist.pcap";
  CHECK_THROWS_AS(collectHeads(options), CaptureError);
}

TEST_CASE("an address that is none is refused before the capture is read") {
  CaptureWalkOptions options;
  options.path = "/does/not/exist.pcap";
  FlowChoice choice;
  choice.addresses[0] = "10.0.0.1";
  choice.addresses[1] = "10.0.0.256";
  const auto database = testing::databaseOf({testing::pattern("^SSH-", 1)});
  CHECK_THROWS_WITH(explainFlow(options, database, choice), "10.0.0.256 is no IP address.");
}

}  // namespace
}  // namespace weir
