// SPDX-License-Identifier: Apache-2.0
#include "dissect/http_request.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "dissect/host_name.h"
#include "dissect/test_tshark.h"

namespace weir {
namespace {

std::span<const uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

HttpRequest complete(std::string_view text) {
  HttpRequest request;
  CHECK(readHttpRequest(bytesOf(text), request) == Reading::COMPLETE);
  return request;
}

Reading readingOf(std::string_view text) {
  HttpRequest request;
  return readHttpRequest(bytesOf(text), request);
}

/// A prefix is NEEDS_MORE or NOT_THIS until the whole is told; what it tells stays.
void checkEveryCut(std::string_view text) {
  HttpRequest whole;
  const Reading end = readHttpRequest(bytesOf(text), whole);
  Reading before = Reading::NEEDS_MORE;
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    HttpRequest part;
    const Reading reading = readHttpRequest(bytesOf(text.substr(0, cut)), part);
    if (before != Reading::NEEDS_MORE) CHECK(reading == before);
    if (reading != Reading::NEEDS_MORE) CHECK(reading == end);
    if (!part.host.empty()) CHECK(part.host == whole.host);
    if (!part.userAgent.empty()) CHECK(part.userAgent == whole.userAgent);
    before = reading;
  }
  CHECK(before == end);
}

TEST_CASE("a request names its host and its user agent") {
  const HttpRequest request = complete(
      "GET /index.html HTTP/1.1\r\nhOSt:  WWW.Example.org:8080 \r\nAccept: */*\r\n"
      "User-Agent: curl/8.0 (\xc3\xbc)\r\n\r\nbody");
  CHECK(request.host == "www.example.org");
  CHECK(request.userAgent == "curl/8.0 ()");
}

TEST_CASE("a target with a host goes before the field") {
  CHECK(complete("GET http://User@Example.org:80/a HTTP/1.1\nHost: other.example\n\n").host ==
        "example.org");
  CHECK(complete("CONNECT example.org:443 HTTP/1.1\r\n\r\n").host == "example.org");
  CHECK(complete("OPTIONS * HTTP/1.0\r\nHost: a.example\r\nHost: b.example\r\n\r\n").host ==
        "a.example");
  CHECK(complete("GET /?to=http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n").host ==
        "a.example");
}

TEST_CASE("what is no host name is no host, and the user agent is bounded") {
  CHECK(complete("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n").host.empty());
  CHECK(complete("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").host.empty());
  CHECK(complete("GET / HTTP/1.1\r\nHost:\r\n\r\n").host.empty());
  const std::string agent(1000, 'a');
  CHECK(complete("GET / HTTP/1.1\r\nUser-Agent: " + agent + "\r\n\r\n").userAgent ==
        agent.substr(0, HttpRequest::USER_AGENT_OCTETS_MAX));
}

TEST_CASE("careless clients are understood, other protocols are not this") {
  CHECK(complete("GET /a b c HTTP/1.1\r\nno field\r\nHost: a.example\r\n\r\n").host == "a.example");
  CHECK(complete("M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\n\r\n").host ==
        "239.255.255.250");
  for (const char* other :
       {"HTTP/1.1 200 OK\r\n", "SIP/2.0 200 OK\r\n", "DESCRIBE rtsp://a RTSP/1.0\r\n", "GET /\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET HTTP/1.1\r\n", "GET  HTTP/1.1\r\n", "\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n", "\x16\x03\x01", "GET /\x01", "EHLO a.example\r\n",
        " GET / HTTP/1.1\r\n", "0123456789012345678901234567890123456789"})
    CHECK(readingOf(other) == Reading::NOT_THIS);
  for (const char* begun : {"", "G", "GET", "GET /a", "GET / HTTP/1.1\r\nHost: a"})
    CHECK(readingOf(begun) == Reading::NEEDS_MORE);
}

TEST_CASE("any cut of a request tells the same") {
  for (const char* text :
       {"GET http://a.example/x HTTP/1.1\r\nHost: b.example\r\nUser-Agent: c\r\n\r\nrest",
        "POST / HTTP/1.1\nUser-Agent: x\nuser-agent: y\nHost: b.example:1\n\n\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\n", "GET / SIP/2.0\r\n\r\n", "\x16\x03\x01"})
    checkEveryCut(text);
}

struct SeenByTshark {
  std::string target, host, userAgent;
};

/// The first request of each direction, and the direction of each frame.
struct TsharkRequests {
  std::map<std::string, SeenByTshark> first;
  std::map<size_t, std::string> directionOfFrame;

  explicit TsharkRequests(const std::string& capture) {
    for (const auto& row :
         test::tsharkRows(capture, "tcp.len>0",
                          "-e frame.number -e tcp.stream -e tcp.srcport -e http.request.method "
                          "-e http.request.uri -e http.host -e http.user_agent -E occurrence=f")) {
      const std::string direction = row[1] + "/" + row[2];
      directionOfFrame[std::stoul(row[0])] = direction;
      if (!row[3].empty()) first.try_emplace(direction, SeenByTshark{row[4], row[5], row[6]});
    }
  }
};

size_t compareWithTshark(const std::string& capture) {
  const TsharkRequests expected(capture);
  size_t compared = 0;
  for (const test::TestStream& stream : test::streamsOf(capture)) {
    HttpRequest request;
    if (readHttpRequest(stream.bytes(), request) != Reading::COMPLETE) continue;
    const auto direction = expected.directionOfFrame.find(stream.firstFrame);
    REQUIRE(direction != expected.directionOfFrame.end());
    const auto found = expected.first.find(direction->second);
    INFO(capture, " frame ", stream.firstFrame);
    CHECK(found != expected.first.end());
    if (found == expected.first.end()) continue;
    checkEveryCut(std::string_view(stream.octets).substr(0, 1500));
    const SeenByTshark& seen = found->second;
    CHECK(request.userAgent == printableOf(seen.userAgent, HttpRequest::USER_AGENT_OCTETS_MAX));
    if (!seen.target.starts_with('/')) continue;
    const bool hasPort = seen.host.find(':') != std::string::npos;
    CHECK(request.host == hostNameOf(seen.host.substr(0, hasPort ? seen.host.find(':') : 999)));
    ++compared;
  }
  return compared;
}

TEST_CASE("requests of real applications are what tshark reads") {
  test::compareCaptures(
      {"netflix.pcap", "starcraft_battle.pcap", "weibo.pcap", "ocsp.pcapng", "WebattackSQLinj.pcap",
       "webdav.pcap", "http-lines-split.pcap", "http-manipulated.pcap", "http_ipv6.pcap",
       "waze.pcap", "http.pcapng", "xss.pcap"},
      60, compareWithTshark);
}

}  // namespace
}  // namespace weir
