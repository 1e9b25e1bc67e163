// SPDX-License-Identifier: Apache-2.0
#include "classify/control_channel.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::ipv4;

std::vector<Announcement> find(std::string_view text, StreamSide side,
                               Transport transport = Transport::TCP) {
  std::array<Announcement, ANNOUNCEMENTS_MAX> found;
  const size_t count = findAnnouncements({text, transport, side, ipv4(9)}, found);
  return {found.begin(), found.begin() + static_cast<ptrdiff_t>(count)};
}

TEST_CASE("FTP announces its data connections") {
  const auto passive =
      find("227 Entering Passive Mode (192,0,2,2,156,85).\r\n", StreamSide::SERVER);
  REQUIRE(passive.size() == 1);
  CHECK(passive[0].endpoint == Endpoint{ipv4(2), 40021, testing::TCP});
  CHECK(passive[0].role == AnnouncedRole::FTP_DATA);

  const auto anyAddress = find("227 ok (0,0,0,0,156,85)\r\n", StreamSide::SERVER);
  REQUIRE(anyAddress.size() == 1);
  CHECK(anyAddress[0].endpoint.address == ipv4(9));

  const auto extended = find("229 Extended (|||40021|)\r\n", StreamSide::SERVER);
  REQUIRE(extended.size() == 1);
  CHECK(extended[0].endpoint == Endpoint{ipv4(9), 40021, testing::TCP});

  const auto active = find("PORT 192,0,2,1,4,1\r\n", StreamSide::CLIENT);
  REQUIRE(active.size() == 1);
  CHECK(active[0].endpoint == Endpoint{ipv4(1), 1025, testing::TCP});

  const auto extendedActive = find("EPRT |1|192.0.2.1|1025|\r\n", StreamSide::CLIENT);
  REQUIRE(extendedActive.size() == 1);
  CHECK(extendedActive[0].endpoint == Endpoint{ipv4(1), 1025, testing::TCP});

  const auto ipv6 = find("EPRT |2|2001:db8::1|1025|\r\n", StreamSide::CLIENT);
  REQUIRE(ipv6.size() == 1);
  CHECK(ipv6[0].endpoint.address[15] == 1);
}

TEST_CASE("FTP's commands may be in small letters, its reply without parentheses") {
  for (const char* text : {"port 192,0,2,1,4,1\r\n", "Port 192,0,2,1,4,1\n",
                           "eprt |1|192.0.2.1|1025|\r\n", "PORT 192,0,2,1,4,1"}) {
    CAPTURE(text);
    const auto found = find(text, StreamSide::CLIENT);
    REQUIRE(found.size() == 1);
    CHECK(found[0].endpoint == Endpoint{ipv4(1), 1025, testing::TCP});
  }
  for (const char* text :
       {"227 Entering Passive Mode 192,0,2,2,156,85\r\n", "227 =192,0,2,2,156,85\r\n",
        "227 Mode 2 of 3, (192,0,2,2,156,85).\r\n", "227 192,0,2,2,156,85"}) {
    CAPTURE(text);
    const auto found = find(text, StreamSide::SERVER);
    REQUIRE(found.size() == 1);
    CHECK(found[0].endpoint == Endpoint{ipv4(2), 40021, testing::TCP});
  }
}

TEST_CASE("each line of a packet is read, as long as the lines are FTP's") {
  const auto commands =
      find("TYPE I\r\nCWD /pub\r\nPORT 192,0,2,1,4,1\r\nRETR a\r\nPORT 192,0,2,1,4,2\r\n",
           StreamSide::CLIENT);
  REQUIRE(commands.size() == 2);
  CHECK(commands[1].endpoint.port == 1026);
  CHECK(find("226 Sent\r\n200-Type\r\n200 set\r\n227 (192,0,2,2,156,85)\r\n", StreamSide::SERVER)
            .size() == 1);
  CHECK(find("GET / HTTP/1.1\r\nX: 1\r\nPORT 192,0,2,1,4,1\r\n", StreamSide::CLIENT).empty());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "PORT 192,0,2,1,4,1\r\n";
  CHECK(find(many, StreamSide::CLIENT).size() == ANNOUNCEMENTS_MAX);
}

TEST_CASE("what is no announcement announces nothing") {
  CHECK(find("227 Entering Passive Mode (192,0,2,2,156)\r\n", StreamSide::SERVER).empty());
  CHECK(find("227 Entering Passive Mode (192,0,2,256,1,2)\r\n", StreamSide::SERVER).empty());
  CHECK(find("227 Entering Passive Mode (192,0,2,2,156,85).\r\n", StreamSide::CLIENT).empty());
  CHECK(find("PORT 192,0,2,1,4,1\r\n", StreamSide::SERVER).empty());
  CHECK(find("EPRT |1|weir|1025|\r\n", StreamSide::CLIENT).empty());
  CHECK(find("229 Extended (|||99999|)\r\n", StreamSide::SERVER).empty());
  CHECK(find("227 Entering Passive Mode 192,0,2,256,1,2\r\n", StreamSide::SERVER).empty());
  CHECK(find("PORT 192,0,2,1,4,1,7\r\n", StreamSide::CLIENT).empty());
  CHECK(find("PORT 192,0,2,1,4\r\n", StreamSide::CLIENT).empty());
  CHECK(find("PORT", StreamSide::CLIENT).empty());
}

TEST_CASE("SIP announces media: a session's address, and a media line's own") {
  const auto found = find(
      "SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n"
      "v=0\r\nc=IN IP4 192.0.2.5\r\nm=audio 16384 RTP/AVP 0 8\r\na=sendrecv\r\n"
      "m=image 4000 udptl t38\r\nm=video 5000/2 RTP/SAVP 96\r\nc=IN IP4 192.0.2.6\r\n",
      StreamSide::SERVER, Transport::UDP);
  REQUIRE(found.size() == 4);
  CHECK(found[0].endpoint == Endpoint{ipv4(5), 16384, testing::UDP});
  CHECK(found[0].role == AnnouncedRole::RTP);
  CHECK(found[1].endpoint == Endpoint{ipv4(5), 16385, testing::UDP});
  CHECK(found[1].role == AnnouncedRole::RTCP);
  CHECK(found[2].endpoint == Endpoint{ipv4(6), 5000, testing::UDP});
}

TEST_CASE("a rejected medium and a body without a start line announce nothing") {
  CHECK(find("SIP/2.0 200 OK\r\n\r\nc=IN IP4 192.0.2.5\r\nm=audio 0 RTP/AVP 0\r\n",
             StreamSide::SERVER)
            .empty());
  CHECK(find("INVITE of a party\r\n\r\nc=IN IP4 192.0.2.5\r\nm=audio 4 RTP/AVP 0\r\n",
             StreamSide::CLIENT)
            .empty());
}

TEST_CASE("expectations end, are bounded, and hold for either endpoint") {
  ExpectationTable table(4);
  FlowKey key = testing::newFlow(testing::TCP, 40021).key;
  table.add({{ipv4(2), 40021, testing::TCP}, {}}, AnnouncedRole::RTP, 0);
  CHECK(table.find(key, 1) == AnnouncedRole::RTP);
  std::swap(key.addressA, key.addressB);
  std::swap(key.portA, key.portB);
  CHECK(table.find(key, 1) == AnnouncedRole::RTP);
  key.protocol = testing::UDP;
  CHECK(table.find(key, 1) == AnnouncedRole::NONE);
  key.protocol = testing::TCP;
  CHECK(table.find(key, ExpectationTable::LIFETIME_NS) == AnnouncedRole::NONE);

  for (uint16_t port = 1; port < 100; ++port)
    table.add({{ipv4(3), port, testing::TCP}, {}}, AnnouncedRole::RTCP, 1);
  CHECK(table.size() <= 4);
  CHECK(table.find(key, 2) == AnnouncedRole::NONE);
}

/// Endpoints that collide where the address is folded as `low ^ high * factor` without a seed.
std::vector<Endpoint> collidingWithoutSeed(uint64_t factor) {
  std::mt19937_64 random(1);
  std::vector<Endpoint> endpoints(10'000);
  for (Endpoint& endpoint : endpoints) {
    const uint64_t high = random();
    const uint64_t words[2] = {0x1234567890abcd20U ^ high * factor, high};
    endpoint.port = 5004;
    std::memcpy(endpoint.address.data(), words, sizeof words);
  }
  return endpoints;
}

TEST_CASE("no text of a control channel makes announced endpoints collide") {
  const SeededHash::Seed seed = SeededHash::randomSeed();
  const ExpectationHash hash(seed);
  for (const uint64_t factor : {uint64_t{1}, uint64_t{0x9e3779b97f4a7c15U}}) {
    const auto endpoints = collidingWithoutSeed(factor);
    std::set<size_t> hashes;
    std::set<size_t> pairs;
    for (const Endpoint& endpoint : endpoints) {
      hashes.insert(hash({endpoint, {}}));
      pairs.insert(hash({{}, {endpoint.address, ipv4(9)}}));
    }
    CHECK(hashes.size() == endpoints.size());
    CHECK(pairs.size() == endpoints.size());
  }
  const Expectation expectation{{ipv4(3), 9, testing::UDP}, {}};
  CHECK(hash(expectation) == ExpectationHash(seed)(expectation));
  CHECK(hash(expectation) != ExpectationHash(SeededHash::randomSeed())(expectation));
}

TEST_CASE("what not all lanes heard is expected between the control channel's hosts alone") {
  ExpectationTable table(10);
  FlowKey key = testing::newFlow(testing::TCP, 40021).key;
  const Endpoint announced{ipv4(2), 40021, testing::TCP};
  table.add({announced, HostPair::of(key)}, AnnouncedRole::RTP, 0);
  CHECK(table.find(key, 1) == AnnouncedRole::RTP);
  FlowKey others = key;
  others.addressA = ipv4(8);
  CHECK(table.find(others, 1) == AnnouncedRole::NONE);
  FlowKey inside = key;
  inside.tunnel = Tunnel::GRE;
  CHECK(table.find(inside, 1) == AnnouncedRole::NONE);
  table.add({announced, {}}, AnnouncedRole::RTCP, 0);
  CHECK(table.find(key, 1) == AnnouncedRole::RTP);
  CHECK(table.find(others, 1) == AnnouncedRole::RTCP);
  CHECK(table.find(inside, 1) == AnnouncedRole::RTCP);
}

TEST_CASE("announcements that have ended leave, however many there are") {
  ExpectationTable table(1000);
  for (uint16_t port = 1; port <= 900; ++port)
    table.add({{ipv4(3), port, testing::TCP}, {}}, AnnouncedRole::RTCP, port);
  CHECK(table.size() == 900);
  const int64_t laterNs = ExpectationTable::LIFETIME_NS + 1'000;
  FlowKey key = testing::newFlow(testing::TCP, 7).key;
  key.addressA = key.addressB = ipv4(3);
  CHECK(table.find(key, 900) == AnnouncedRole::RTCP);
  CHECK(table.find(key, laterNs) == AnnouncedRole::NONE);
  for (uint16_t port = 1; port <= 900; ++port)
    table.add({{ipv4(4), port, testing::TCP}, {}}, AnnouncedRole::RTCP, laterNs + port);
  CHECK(table.size() == 900);
}

}  // namespace
}  // namespace weir
