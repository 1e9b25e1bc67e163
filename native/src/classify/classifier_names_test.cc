// SPDX-License-Identifier: Apache-2.0
// What flows say of themselves, and what they are called for it.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "classify/classifier.h"
#include "classify/classifier_succession.h"
#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;
using testing::pattern;

constexpr StreamSide CLIENT = StreamSide::CLIENT;
constexpr StreamSide SERVER = StreamSide::SERVER;

constexpr uint32_t TLS = 2;
constexpr uint32_t DNS = 3;
constexpr uint32_t HTTP = 1;
constexpr uint32_t VIDEO = 1001;
constexpr uint32_t TRACKER = 5;

SignatureSet signatures() {
  SignatureSet set;
  set.patterns = {pattern("^\\x16\\x03[\\x00-\\x04].{3}", TLS),
                  pattern("^[A-Z]+ [^ ]+ HTTP/1\\.[01]\\r\\n", HTTP),
                  pattern("^GET /announce\\?info_hash=", TRACKER),
                  pattern("^.{2}\\x01\\x00\\x00\\x01\\x00", DNS, Transport::UDP)};
  set.patterns[2].priority = 10;
  set.patterns[2].protocol = HTTP;
  set.patterns[2].ordinal = 3;
  set.serverNames = {{"video.example", false, VIDEO, 4, "test"}};
  set.known = {.tls = TLS, .http = HTTP, .dns = DNS};
  return set;
}

std::shared_ptr<const MatcherDatabase> database() {
  return createMatcherDatabase(Engine::HYPERSCAN, signatures());
}

std::string be16(size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

/// A ClientHello in one record; without server name when `name` is empty.
std::string clientHello(std::string_view name) {
  std::string extensions;
  if (!name.empty()) {
    const std::string list = std::string(1, '\0') + be16(name.size()) + std::string(name);
    extensions += be16(0) + be16(list.size() + 2) + be16(list.size()) + list;
  }
  extensions += be16(43) + be16(3) + std::string("\x02\x03\x04", 3);
  const std::string body = be16(0x0303) + std::string(32, 'r') + std::string(1, '\0') + be16(2) +
                           be16(0x1301) + std::string("\x01\x00", 2) + be16(extensions.size()) +
                           extensions;
  const std::string handshake = std::string("\x01\x00", 2) + be16(body.size()) + body;
  return std::string("\x16\x03\x01", 3) + be16(handshake.size()) + handshake;
}

std::string dnsName(std::string_view name) {
  std::string labels;
  while (!name.empty()) {
    const size_t end = std::min(name.find('.'), name.size());
    labels += static_cast<char>(end);
    labels += name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return labels + '\0';
}

std::string dnsQuery(std::string_view name) {
  return std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) + dnsName(name) +
         be16(1) + be16(1);
}

/// That `name` is at 192.0.2.`last`.
std::string dnsAnswer(std::string_view name, uint8_t last) {
  return std::string("\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00", 12) + dnsName(name) +
         be16(1) + be16(1) + be16(0xc00c) + be16(1) + be16(1) + be16(0) + be16(300) + be16(4) +
         std::string("\xc0\x00\x02", 3) + static_cast<char>(last);
}

TEST_CASE("a TLS flow to a known server is called by its service, however it is cut") {
  const std::string hello = clientHello("cdn.video.example");
  for (size_t cut = 1; cut <= hello.size(); ++cut) {
    CAPTURE(cut);
    Classifier classifier(database(), {});
    FlowEntry flow = newFlow(testing::TCP);
    const std::string_view octets(hello);
    classifier.add(flow, packetOf(flow, CLIENT, octets.substr(0, cut), 100));
    const bool isWhole = cut == hello.size();
    CHECK(classifier.settle().size() == (isWhole ? 1 : 0));
    if (!isWhole) {
      classifier.add(flow,
                     packetOf(flow, CLIENT, octets.substr(cut), 100 + static_cast<uint32_t>(cut)));
      CHECK(classifier.settle().size() == 1);
    }
    REQUIRE(classifier.labelOf(flow) != nullptr);
    const FlowLabel& label = *classifier.labelOf(flow);
    CHECK(flow.application == VIDEO);
    CHECK(label.protocol == TLS);
    CHECK(label.rule == RuleKind::SERVER_NAMES);
    CHECK(label.ruleOrdinal == 4);
    CHECK(label.confidence == Confidence::NAME);
    CHECK(label.packets == (isWhole ? 1 : 2));
    REQUIRE(label.facts != nullptr);
    CHECK(label.facts->serverName == "cdn.video.example");
    CHECK(label.facts->tlsVersion == 0x0304);
  }
}

TEST_CASE("a name is waited for within the budget, and not at a flow's end") {
  const std::string whole = clientHello("cdn.video.example");
  const std::string_view hello(whole);
  Classifier classifier(database(), {.budgetPacketsPerDirection = 3});
  FlowEntry slow = newFlow(testing::TCP);
  classifier.add(slow, packetOf(slow, CLIENT, "", 99, TCP_SYN));
  for (uint32_t at = 0; at < 3; ++at) {
    CHECK(slow.application == 0);
    classifier.add(slow, packetOf(slow, CLIENT, hello.substr(at * 6, 6), 100 + at * 6));
    classifier.settle();
  }
  CHECK(slow.application == TLS);
  CHECK(classifier.labelOf(slow)->confidence == Confidence::PAYLOAD);
  CHECK(classifier.labelOf(slow)->packets == 3);

  FlowEntry ended = newFlow(testing::TCP, 8);
  classifier.add(ended, packetOf(ended, CLIENT, hello.substr(0, 20), 100));
  CHECK(classifier.settle().empty());
  CHECK(classifier.settle(&ended).size() == 1);
  CHECK(ended.application == TLS);
  classifier.release(ended);
  CHECK(classifier.labelOf(ended) == nullptr);
  classifier.release(slow);
  const ClassifierCounters counters = classifier.counters();
  CHECK(counters.undecidedFlows == 0);
  CHECK(counters.decidedFlows == 2);
  CHECK(counters.exhaustedFlows + counters.endedUndecidedFlows == 0);
  CHECK(counters.keptLabels + counters.keptFacts == 0);
}

TEST_CASE("a pattern that looks into a protocol wins over the server's name") {
  Classifier classifier(database(), {});
  const auto nameOf = [&](FlowEntry& flow, const std::string& request) {
    classifier.add(flow, packetOf(flow, CLIENT, request, 100));
    classifier.settle();
    return *classifier.labelOf(flow);
  };
  FlowEntry page = newFlow(testing::TCP);
  const FlowLabel label =
      nameOf(page, "GET / HTTP/1.1\r\nHost: www.Video.example:80\r\nUser-Agent: a \"b\"\r\n\r\n");
  CHECK(page.application == VIDEO);
  CHECK(label.protocol == HTTP);
  CHECK(label.facts->serverName == "www.video.example");
  CHECK(label.facts->software == "a \"b\"");
  FlowEntry tracker = newFlow(testing::TCP, 8);
  const FlowLabel other =
      nameOf(tracker, "GET /announce?info_hash=x HTTP/1.1\r\nHost: video.example\r\n\r\n");
  CHECK(tracker.application == TRACKER);
  CHECK(other.protocol == HTTP);
  CHECK(other.rule == RuleKind::MATCH);
  CHECK(other.ruleOrdinal == 3);
}

TEST_CASE("a client's DNS answer names the TLS flow that follows without a server name") {
  Classifier classifier(database(), {});
  FlowEntry lookUp = newFlow(testing::UDP, 53);
  const std::string query = dnsQuery("a.video.example");
  const std::string answer = dnsAnswer("a.video.example", 2);
  const std::string hello = clientHello("");
  classifier.add(lookUp, packetOf(lookUp, CLIENT, query));
  classifier.settle();
  CHECK(lookUp.application == DNS);
  CHECK(classifier.labelOf(lookUp)->facts->serverName == "a.video.example");
  FlowEntry before = newFlow(testing::TCP, 443);
  classifier.add(before, packetOf(before, CLIENT, hello, 100));
  classifier.settle();
  CHECK(before.application == TLS);
  CHECK(uint32_t{lookUp.inspectAfterVerdict} == 1);
  classifier.add(lookUp, packetOf(lookUp, SERVER, answer));
  FlowEntry after = newFlow(testing::TCP, 444);
  after.lastNs = 2'000'000'000;
  classifier.add(after, packetOf(after, CLIENT, hello, 100));
  classifier.settle();
  CHECK(after.application == VIDEO);
  CHECK(classifier.labelOf(after)->confidence == Confidence::NAME);
  CHECK(classifier.labelOf(after)->facts->serverName.empty());
}

TEST_CASE("during a reload too a flow is named by what was known at its packets") {
  for (const bool settlesBetween : {false, true}) {
    ClassifierSuccession classifier(std::make_unique<Classifier>(database(), ClassifierOptions{}));
    const std::string hello = clientHello("");
    const std::string_view octets(hello);
    FlowEntry flow = newFlow(testing::TCP, 443);
    flow.lastNs = 2'000'000'000;
    classifier.add(flow, packetOf(flow, CLIENT, octets.substr(0, 20), 100));
    classifier.settle();
    classifier.succeed(std::make_unique<Classifier>(database(), ClassifierOptions{}));
    classifier.add(flow, packetOf(flow, CLIENT, octets.substr(20), 120));
    if (settlesBetween) classifier.settle();
    FlowEntry lookUp = newFlow(testing::UDP, 53);
    const std::string answer = dnsAnswer("a.video.example", 2);
    classifier.add(lookUp, packetOf(lookUp, SERVER, answer));
    classifier.settle();
    CHECK(flow.application == TLS);
  }
}

TEST_CASE("a banner is read wherever it is cut, and behind what only began like one") {
  SignatureSet set;
  set.patterns = {pattern("^SSH-2.*\\n", 4, Transport::TCP, SERVER)};
  set.patterns.push_back(pattern("^S.{99}", 5));
  set.known = {.http = 1, .ssh = 4};
  const auto ssh = createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
  const std::string_view banner = "SSH-2.0-OpenSSH_9.2p1\r\n";
  for (const std::string_view client : {"", "S", "SS", "SSH", "SS\x01\x02", "S\x01\x02\x03\x04"}) {
    for (uint32_t cut = 1; cut < 6; ++cut) {
      CAPTURE(client);
      CAPTURE(cut);
      Classifier classifier(ssh, {});
      FlowEntry flow = newFlow(testing::TCP, 22);
      classifier.add(flow, packetOf(flow, CLIENT, client.substr(0, 1), 500));
      if (client.size() > 1) classifier.add(flow, packetOf(flow, CLIENT, client.substr(1), 501));
      classifier.add(flow, packetOf(flow, SERVER, banner.substr(0, cut), 100));
      classifier.settle();
      classifier.add(flow, packetOf(flow, SERVER, banner.substr(cut), 100 + cut));
      classifier.settle();
      REQUIRE(flow.application == 4);
      const bool isClientStillRead = !client.empty() && std::string_view("SSH").starts_with(client);
      if (isClientStillRead) continue;
      REQUIRE(classifier.labelOf(flow)->facts != nullptr);
      CHECK(classifier.labelOf(flow)->facts->software == "OpenSSH_9.2p1");
    }
  }
}

TEST_CASE("what software calls itself is kept, of SSH on either side") {
  SignatureSet set;
  set.patterns = {pattern("^SSH-2", 4), pattern("^SSH-2", 4, Transport::TCP, SERVER)};
  set.known = {.ssh = 4};
  const auto ssh = createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
  for (const StreamSide side : {CLIENT, SERVER}) {
    Classifier classifier(ssh, {});
    FlowEntry flow = newFlow(testing::TCP, 22);
    classifier.add(flow, packetOf(flow, side, "SSH-2.0-Ope", 100));
    CHECK(classifier.settle().empty());
    classifier.add(flow, packetOf(flow, side, "nSSH_9.2p1\r\n", 111));
    CHECK(classifier.settle().size() == 1);
    CHECK(classifier.labelOf(flow)->facts->software == "OpenSSH_9.2p1");
  }
}

}  // namespace
}  // namespace weir
