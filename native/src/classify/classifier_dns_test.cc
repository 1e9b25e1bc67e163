// SPDX-License-Identifier: Apache-2.0
// DNS over TCP, as the classifier gets it: named, read and learned from like that over UDP.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "classify/classifier.h"
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
constexpr uint32_t VIDEO = 1001;

std::shared_ptr<const MatcherDatabase> database() {
  SignatureSet set;
  set.patterns = {pattern("^\\x16\\x03", TLS),
                  pattern("^....[\\x00-\\x07][\\x00\\x20]\\x00\\x01\\x00\\x00\\x00\\x00", DNS)};
  set.serverNames = {{"video.example", false, VIDEO, 4, "test"}};
  set.known = {.tls = TLS, .dns = DNS};
  return createMatcherDatabase(Engine::HYPERSCAN, std::move(set));
}

std::string framed(const std::string& message) {
  return std::string{'\0', static_cast<char>(message.size())} + message;
}

/// Asks for the addresses of NAME, and says that `NAME` is at 192.0.2.`last`.
constexpr std::string_view QUESTION("\1a\5video\7example\0\0\1\0\1", 21);

std::string query() {
  return framed(std::string("\x12\x34\1\0\0\1\0\0\0\0\0\0", 12) + std::string(QUESTION));
}

std::string answer(char last) {
  return framed(std::string("\x12\x34\x81\x80\0\1\0\1\0\0\0\0", 12) + std::string(QUESTION) +
                std::string("\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2", 15) + last);
}

/// A ClientHello without a server name, which its record's start is for the pattern.
FlowEntry secured(Classifier& classifier, uint16_t port) {
  FlowEntry flow = newFlow(testing::TCP, port);
  flow.lastNs = 2'000'000'000;
  classifier.add(flow, packetOf(flow, CLIENT, std::string_view("\x16\x03\x01\0\1\2", 6), 100));
  classifier.settle();
  return flow;
}

TEST_CASE("however a query over TCP is cut, the name that it asks for is told") {
  const std::string whole = query();
  const std::string_view octets(whole);
  for (size_t cut = 1; cut < octets.size(); ++cut) {
    CAPTURE(cut);
    Classifier classifier(database(), {});
    FlowEntry flow = newFlow(testing::TCP, 53);
    classifier.add(flow, packetOf(flow, CLIENT, "", 99, TCP_SYN));
    classifier.add(flow, packetOf(flow, CLIENT, octets.substr(0, cut), 100));
    classifier.settle();
    classifier.add(flow,
                   packetOf(flow, CLIENT, octets.substr(cut), 100 + static_cast<uint32_t>(cut)));
    classifier.settle();
    CHECK(flow.application == DNS);
    REQUIRE(classifier.labelOf(flow)->facts != nullptr);
    CHECK(classifier.labelOf(flow)->facts->serverName == "a.video.example");
  }
}

TEST_CASE("however answers over TCP are cut, they name the flows to their addresses") {
  const std::string whole = answer(9) + answer(2);
  const std::string_view octets(whole);
  for (size_t cut = 1; cut < octets.size(); ++cut) {
    CAPTURE(cut);
    Classifier classifier(database(), {});
    FlowEntry lookUp = newFlow(testing::TCP, 53);
    const std::string asked = query() + query();
    classifier.add(lookUp, packetOf(lookUp, CLIENT, asked, 100));
    classifier.settle();
    CHECK(secured(classifier, 443).application == TLS);
    classifier.add(lookUp, packetOf(lookUp, SERVER, octets.substr(0, cut), 900));
    classifier.add(lookUp,
                   packetOf(lookUp, SERVER, octets.substr(cut), 900 + static_cast<uint32_t>(cut)));
    CHECK(secured(classifier, 444).application == VIDEO);
  }
}

}  // namespace
}  // namespace weir
