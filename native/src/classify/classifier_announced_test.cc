// SPDX-License-Identifier: Apache-2.0
// Flows that control channels announce: an announcement is anybody's word.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "classify/classifier.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

/// A control channel of FTP that announces 192.0.2.2:40021, and the verdict on a flow there.
class AnnouncedFlowFixture {
 protected:
  AnnouncedFlowFixture() {
    SignatureSet set;
    set.patterns = {pattern("^220 ", 1, Transport::TCP, SERVER), pattern("^secret.{3}", 9),
                    pattern("^likely", 10)};
    set.patterns[2].isBehaviour = true;
    set.known = {.ftp = 1, .ftpData = 2, .sip = 4, .rtp = 5, .rtcp = 6};
    classifier = std::make_unique<Classifier>(
        createMatcherDatabase(Engine::HYPERSCAN, std::move(set)), ClassifierOptions{});
    classifier->add(control, packetOf(control, SERVER, "220 hello\r\n", 100));
    classifier->add(control, packetOf(control, SERVER, "227 ok (192,0,2,2,156,85)\r\n", 111));
  }

  void send(FlowEntry& flow, std::string_view payload, uint32_t segments) {
    classifier->add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
    for (uint32_t i = 0; i < segments; ++i)
      classifier->add(flow, packetOf(flow, CLIENT, payload, 100 + i * 6));
    classifier->settle();
  }

  std::unique_ptr<Classifier> classifier;
  FlowEntry control = newFlow(testing::TCP, 21);
  FlowEntry data = newFlow(testing::TCP, 40021);
};

TEST_CASE_FIXTURE(AnnouncedFlowFixture,
                  "an announced flow is what it was announced as, unless its "
                  "payload says otherwise") {
  SUBCASE("after the budget of one direction") { send(data, "a file", 12); }
  SUBCASE("when its record is due") {
    send(data, "a file", 2);
    CHECK(data.application == 0);
    CHECK(classifier->settle(&data).size() == 1);
  }
  SUBCASE("when it sent nothing") {
    send(data, "", 0);
    CHECK(data.application == 0);
    classifier->settle(&data);
  }
  SUBCASE("what is less sure does not count") { send(data, "likely", 12); }
  CHECK(data.application == 2);
  CHECK(classifier->labelOf(data)->confidence == Confidence::EXPECTED);
  CHECK(classifier->counters().expectedFlows == 1);
  classifier->release(data);
  classifier->release(control);
  CHECK(classifier->counters().decidedFlows == 2);
  CHECK(classifier->counters().exhaustedFlows + classifier->counters().endedUndecidedFlows == 0);
}

TEST_CASE_FIXTURE(AnnouncedFlowFixture, "an announcement hides nothing that a pattern finds") {
  send(data, "secret", 2);
  CHECK(data.application == 9);
  CHECK(classifier->labelOf(data)->confidence == Confidence::PAYLOAD);
  CHECK(classifier->counters().expectedFlows == 0);
}

TEST_CASE_FIXTURE(AnnouncedFlowFixture,
                  "FTP speaks for others only between the hosts of the control channel") {
  classifier->add(control, packetOf(control, CLIENT, "PORT 192,0,2,7,0,80\r\n", 200));
  FlowEntry victim = newFlow(testing::TCP, 80);
  victim.key.addressB = testing::ipv4(7);
  send(victim, "a file", 12);
  CHECK(victim.application == 0);
  FlowEntry other = newFlow(testing::TCP, 40021);  // announced by its own host
  other.key.addressA = testing::ipv4(8);
  send(other, "a file", 12);
  CHECK(other.application == 2);
}

TEST_CASE_FIXTURE(AnnouncedFlowFixture, "announced media must look like media") {
  FlowEntry call = newFlow(testing::UDP, 5060);
  classifier->add(call, packetOf(call, SERVER,
                                 "SIP/2.0 200 OK\r\n\r\nv=0\r\nc=IN IP4 192.0.2.2\r\n"
                                 "m=audio 443 RTP/AVP 0\r\n"));
  FlowEntry quic = newFlow(testing::UDP, 443);
  for (int i = 0; i < 12; ++i) {
    classifier->add(quic, packetOf(quic, CLIENT, "\xc0 some other protocol"));
    classifier->add(quic, packetOf(quic, SERVER, "\xc0 some other protocol"));
  }
  FlowEntry media = newFlow(testing::UDP, 443);
  const std::string packet =
      std::string("\x80\x00\x00\x07\x00\x00\x00\x01", 8) + "source and sound";
  classifier->add(media, packetOf(media, CLIENT, packet));
  classifier->settle();
  CHECK(quic.application == 0);
  CHECK(media.application == 5);
  CHECK(classifier->labelOf(media)->confidence == Confidence::EXPECTED);
  CHECK(classifier->counters().expectedFlows == 1);
}

}  // namespace
}  // namespace weir
