// SPDX-License-Identifier: Apache-2.0
// Hellos in datagrams, as the classifier gets them: QUIC's, Google's own, and those of DTLS.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "classify/classifier.h"
#include "classify/test_flows.h"
#include "dissect/test_gquic_hello.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr uint32_t QUIC = 23;

std::shared_ptr<const MatcherDatabase> database() {
  SignatureSet set;
  set.patterns = {pattern("^[\\x09\\x0d].{8}Q0[0-9][0-9]", QUIC, Transport::UDP),
                  pattern("^[\\xc0-\\xff]Q046", QUIC, Transport::UDP)};
  set.known = {.quic = QUIC};
  return createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
}

std::string textOf(const test::HelloOctets& octets) { return {octets.begin(), octets.end()}; }

TEST_CASE("the server's name is read in each kind of header that Google's QUIC had") {
  for (const test::HelloOctets& datagram :
       {test::gquicDatagram("www.example.org"), test::oldGquicDatagram("www.example.org")}) {
    Classifier classifier(database(), {});
    FlowEntry flow = newFlow(testing::UDP, 443);
    const std::string payload = textOf(datagram);
    classifier.add(flow, packetOf(flow, StreamSide::CLIENT, payload));
    CHECK(classifier.settle().size() == 1);
    CHECK(flow.application == QUIC);
    REQUIRE(classifier.labelOf(flow)->facts != nullptr);
    CHECK(classifier.labelOf(flow)->facts->serverName == "www.example.org");
  }
}

}  // namespace
}  // namespace weir
