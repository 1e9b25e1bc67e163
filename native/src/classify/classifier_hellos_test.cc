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
constexpr uint32_t DTLS = 24;

std::shared_ptr<const MatcherDatabase> database() {
  SignatureSet set;
  set.patterns = {pattern("^[\\x09\\x0d].{8}Q0[0-9][0-9]", QUIC, Transport::UDP),
                  pattern("^[\\xc0-\\xff]Q046", QUIC, Transport::UDP)};
  set.patterns.push_back(pattern("^\\x16\\xfe[\\xfd\\xff]", DTLS, Transport::UDP));
  set.known = {.dtls = DTLS, .quic = QUIC};
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

TEST_CASE("a DTLS hello in two datagrams is waited for: its second fragment has the name") {
  test::HelloFields fields = test::browserHello("www.example.org");
  fields.legacyVersion = 0xfefd;
  const std::string first = textOf(test::dtlsRecord(fields, {.bytes = 90}));
  const std::string second = textOf(test::dtlsRecord(fields, {.offset = 90}));
  Classifier classifier(database(), {});
  FlowEntry flow = newFlow(testing::UDP, 4433);
  classifier.add(flow, packetOf(flow, StreamSide::CLIENT, first));
  CHECK(classifier.settle().empty());
  classifier.add(flow, packetOf(flow, StreamSide::CLIENT, second));
  CHECK(classifier.settle().size() == 1);
  CHECK(flow.application == DTLS);
  REQUIRE(classifier.labelOf(flow)->facts != nullptr);
  CHECK(classifier.labelOf(flow)->facts->serverName == "www.example.org");
  CHECK(classifier.labelOf(flow)->facts->ja4.size() == 36);
  CHECK(classifier.labelOf(flow)->packets == 2);
}

}  // namespace
}  // namespace weir
