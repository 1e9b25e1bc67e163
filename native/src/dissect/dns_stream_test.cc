// SPDX-License-Identifier: Apache-2.0
#include "dissect/dns_stream.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "dissect/dns_message.h"
#include "dissect/host_name.h"
#include "dissect/test_tshark.h"

namespace weir {
namespace {

using Octets = std::vector<uint8_t>;

/// A query for "a", behind its length.
const Octets QUERY = {0, 19, 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};

TEST_CASE("a message is taken once it is all there, and what is behind it stays") {
  for (size_t bytes = 0; bytes < QUERY.size(); ++bytes) {
    std::span<const uint8_t> stream(QUERY.data(), bytes);
    CHECK(mayBeDnsStream(stream));
    CHECK(!takeDnsMessage(stream));
    CHECK(stream.size() == bytes);
  }
  Octets two = QUERY;
  two.insert(two.end(), QUERY.begin(), QUERY.end());
  two.push_back(0);
  std::span<const uint8_t> stream(two);
  for (int message = 0; message < 2; ++message) {
    const auto taken = takeDnsMessage(stream);
    REQUIRE(taken);
    CHECK(Octets(taken->begin(), taken->end()) == Octets(QUERY.begin() + 2, QUERY.end()));
  }
  CHECK(stream.size() == 1);
}

TEST_CASE("other streams are told from their first octets") {
  for (const auto& [at, octet] :
       std::vector<std::pair<size_t, uint8_t>>{{0, 0x16}, {1, 11}, {4, 0x79}, {6, 1}, {7, 2}}) {
    CAPTURE(at);
    Octets other = QUERY;
    other[at] = octet;
    CHECK(mayBeDnsStream(std::span(other).first(at)));
    CHECK(!mayBeDnsStream(std::span(other).first(at + 1)));
    std::span<const uint8_t> stream(other);
    CHECK(!takeDnsMessage(stream));
  }
}

/// "r name": whether it is a response, and whom it asks for.
std::string told(bool isResponse, const std::string& name) {
  return (isResponse ? "r " : "q ") + hostNameOf(name);
}

TEST_CASE("messages of real streams are what tshark reads") {
  const std::string capture = test::applicationCapture("dns_fragmented.pcap");
  if (capture.empty()) return;
  std::multiset<std::string> expected;
  for (const auto& row : test::tsharkRows(capture, "tcp.port==53 && dns && !icmp",
                                          "-e dns.flags.response -e dns.qry.name"))
    expected.insert(told(row[0] == "1", row[1]));
  std::multiset<std::string> seen;
  for (const test::TestStream& found : test::streamsOf(capture)) {
    std::span<const uint8_t> stream = found.bytes();
    while (const auto octets = takeDnsMessage(stream)) {
      DnsMessage message;
      if (readDnsMessage(*octets, message) != Reading::COMPLETE) continue;
      seen.insert(told(message.isResponse, message.queryName));
    }
  }
  MESSAGE(seen.size(), " messages compared with tshark");
  CHECK(seen == expected);
}

}  // namespace
}  // namespace weir
