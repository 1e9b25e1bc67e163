// SPDX-License-Identifier: Apache-2.0
#include "dissect/dns_message.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "decode/test_frames.h"
#include "dissect/host_name.h"
#include "dissect/test_tshark.h"

namespace weir {
namespace {

using test::append;
using test::append16;
using test::append32;
using test::Octets;

constexpr uint16_t A = 1;
constexpr uint16_t CNAME = 5;
constexpr uint16_t AAAA = 28;

Octets name(const std::string& dotted) {
  Octets octets;
  if (!dotted.empty())
    for (const std::string& label : test::splitText(dotted, '.')) {
      octets.push_back(static_cast<uint8_t>(label.size()));
      append(octets, test::text(label));
    }
  octets.push_back(0);
  return octets;
}

Octets pointer(uint16_t to) { return {static_cast<uint8_t>(0xc0 | to >> 8), uint8_t(to)}; }

Octets header(uint16_t flags, uint16_t questions, uint16_t answers) {
  Octets octets;
  for (const uint16_t word : {uint16_t{7}, flags, questions, answers, uint16_t{0}, uint16_t{0}})
    append16(octets, word);
  return octets;
}

Octets question(const Octets& owner, uint16_t type) {
  Octets octets = owner;
  append16(octets, type);
  append16(octets, 1);
  return octets;
}

Octets record(const Octets& owner, uint16_t type, uint32_t ttl, const Octets& data,
              uint16_t recordClass = 1) {
  Octets octets = owner;
  append16(octets, type);
  append16(octets, recordClass);
  append32(octets, ttl);
  append16(octets, static_cast<uint32_t>(data.size()));
  append(octets, data);
  return octets;
}

Octets join(const std::vector<Octets>& parts) {
  Octets octets;
  for (const Octets& part : parts) append(octets, part);
  return octets;
}

IpAddress addressOf(const std::string& written) {
  const Octets octets = test::address(written);
  IpAddress address{};
  if (octets.size() == 4) address[10] = address[11] = 0xff;
  std::copy(octets.begin(), octets.end(), address.end() - static_cast<ptrdiff_t>(octets.size()));
  return address;
}

/// www.Example.org through a chain whose records stand in the wrong order.
Octets chainedResponse() {
  return join({header(0x8180, 1, 6), question(name("www.Example.org"), A),
               record(name("cdn.example.net"), A, 30, test::address("192.0.2.7")),
               record(name("edge.example.net"), CNAME, 60, name("CDN.example.net")),
               record(pointer(12), CNAME, 300, name("edge.example.net")),
               record(name("cdn.example.net"), A, 20, test::address("192.0.2.8"), 0x8001),
               record(name("cdn.example.net"), AAAA, 20, test::address("2001:db8::8")),
               record(name("other.example"), A, 20, test::address("192.0.2.9"))});
}

Reading readingOf(const Octets& octets) {
  DnsMessage message;
  return readDnsMessage(octets, message);
}

TEST_CASE("a query tells its name and type") {
  DnsMessage message;
  const Octets query = join({header(0x0100, 1, 0), question(name("WWW.Example.ORG"), AAAA)});
  CHECK(readDnsMessage(query, message) == Reading::COMPLETE);
  CHECK(!message.isResponse);
  CHECK(message.queryType == AAAA);
  CHECK(message.queryName == "www.example.org");
  CHECK(message.answers.empty());
}

TEST_CASE("a response gives the addresses at the end of its chain") {
  DnsMessage message;
  CHECK(readDnsMessage(chainedResponse(), message) == Reading::COMPLETE);
  CHECK(message.isResponse);
  CHECK(message.queryName == "www.example.org");
  const std::vector<DnsAnswer> expected = {
      {addressOf("192.0.2.7"), 30}, {addressOf("192.0.2.8"), 20}, {addressOf("2001:db8::8"), 20}};
  CHECK(message.answers == expected);
}

TEST_CASE("a cut message is short, and tells nothing that the whole does not") {
  const Octets whole = chainedResponse();
  DnsMessage expected;
  readDnsMessage(whole, expected);
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    DnsMessage message;
    const std::span part(whole.data(), cut);
    CHECK(readDnsMessage(part, message) == Reading::NEEDS_MORE);
    if (!message.queryName.empty()) CHECK(message.queryName == expected.queryName);
    for (const DnsAnswer& answer : message.answers)
      CHECK(std::count(expected.answers.begin(), expected.answers.end(), answer) == 1);
  }
}

TEST_CASE("a name that is no host name is no name, but its addresses are found") {
  Octets spaced = name("a b.example");
  for (const Octets& owner : {spaced, Octets{3, 'a', '.', 'b', 0}, name("")}) {
    DnsMessage message;
    const Octets response = join({header(0x8180, 1, 1), question(owner, A),
                                  record(pointer(12), A, 20, test::address("192.0.2.7"))});
    CHECK(readDnsMessage(response, message) == Reading::COMPLETE);
    CHECK(message.queryName.empty());
    CHECK(message.answers.size() == 1);
  }
}

TEST_CASE("names lead backwards only, and not without end") {
  CHECK(readingOf(join({header(0x0100, 1, 0), question(pointer(12), A)})) == Reading::NOT_THIS);
  CHECK(readingOf(join({header(0x0100, 1, 0), question(pointer(20), A)})) == Reading::NOT_THIS);
  CHECK(readingOf(join({header(0x0100, 1, 0), question(pointer(0), A)})) == Reading::NOT_THIS);
  CHECK(readingOf(join({header(0x0100, 1, 0), {1, 'a', 0xc0, 12, 0, 1, 0, 1}})) ==
        Reading::NOT_THIS);
  CHECK(readingOf(join({header(0x0100, 1, 0), {0x41, 'a', 0, 0, 1, 0, 1}})) == Reading::NOT_THIS);
  std::string tooLong;
  for (int label = 0; label < 127; ++label) tooLong += "a.";
  CHECK(readingOf(join({header(0x0100, 1, 0), question(name(tooLong + "a"), A)})) ==
        Reading::NOT_THIS);
  // A chain of pointers, each to the one before: as many as are followed, and one more.
  for (const int count : {16, 17}) {
    Octets message = join({header(0x8180, 1, 2), question(name("a"), A)});
    Octets pointers = pointer(12);
    const size_t dataAt = message.size() + 11;
    for (int i = 1; i < count - 1; ++i)
      append(pointers, pointer(static_cast<uint16_t>(dataAt + 2U * (i - 1U))));
    append(message, record(name(""), 99, 1, pointers));
    const auto last = static_cast<uint16_t>(dataAt + pointers.size() - 2);
    append(message, record(pointer(last), A, 1, test::address("192.0.2.7")));
    DnsMessage out;
    const Reading reading = readDnsMessage(message, out);
    CHECK(reading == (count == 16 ? Reading::COMPLETE : Reading::NOT_THIS));
    CHECK(out.answers.size() == (count == 16 ? 1 : 0));
  }
}

TEST_CASE("a chain that leads into a circle ends") {
  DnsMessage message;
  const Octets response = join({header(0x8180, 1, 3), question(name("a.example"), A),
                                record(name("a.example"), CNAME, 1, name("b.example")),
                                record(name("b.example"), CNAME, 1, name("a.example")),
                                record(name("c.example"), A, 1, test::address("192.0.2.7"))});
  CHECK(readDnsMessage(response, message) == Reading::COMPLETE);
  CHECK(message.answers.empty());
}

TEST_CASE("an alias that is no name leads to no address, not to that of its beginning") {
  const Octets halfName = {1, 'b', 0xc0, 0xff};
  const Octets response = join({header(0x8180, 1, 2), question(name("a.example"), A),
                                record(name("a.example"), CNAME, 1, halfName),
                                record(name("b"), A, 1, test::address("192.0.2.7"))});
  DnsMessage message;
  CHECK(readDnsMessage(response, message) == Reading::COMPLETE);
  CHECK(message.answers.empty());
}

TEST_CASE("answers are bounded") {
  Octets response = join({header(0x8180, 1, 60), question(name("a.example"), A)});
  for (int i = 0; i < 60; ++i)
    append(response, record(pointer(12), A, 1, test::address("192.0.2.7")));
  DnsMessage message;
  CHECK(readDnsMessage(response, message) == Reading::COMPLETE);
  CHECK(message.answers.size() == DnsMessage::ANSWERS_MAX);
}

TEST_CASE("operations and counts that nobody uses are not this") {
  CHECK(readingOf(header(0x1800, 1, 0)) == Reading::NOT_THIS);
  CHECK(readingOf(header(0x7800, 1, 0)) == Reading::NOT_THIS);
  CHECK(readingOf(header(0x0100, 65, 0)) == Reading::NOT_THIS);
  CHECK(readingOf(header(0x0100, 0, 0)) == Reading::COMPLETE);
}

std::vector<IpAddress> addressesIn(const std::string& field) {
  std::vector<IpAddress> addresses;
  if (!field.empty())
    for (const std::string& written : test::splitText(field, '\x01'))
      addresses.push_back(addressOf(written));
  return addresses;
}

/// tshark lists the addresses of all sections: equal when there is one section, else among them.
void compareAnswers(const DnsMessage& message, const std::vector<std::string>& row) {
  std::vector<IpAddress> expected = addressesIn(row[4]);
  for (const IpAddress& address : addressesIn(row[5])) expected.push_back(address);
  for (const DnsAnswer& answer : message.answers)
    CHECK(std::count(expected.begin(), expected.end(), answer.address) > 0);
  if (row[6] == "0" && row[7] == "0") CHECK(message.answers.size() == expected.size());
}

size_t compareWithTshark(const std::string& capture) {
  size_t compared = 0;
  test::forEachRow(capture, "udp.port==53 && dns && !_ws.malformed && !icmp && !icmpv6",
                   "-e dns.flags.response -e dns.qry.type -e dns.qry.name -e dns.a "
                   "-e dns.aaaa -e dns.count.auth_rr -e dns.count.add_rr",
                   [&](const DecodedPacket& packet, const std::vector<std::string>& row) {
                     DnsMessage message;
                     const Reading reading =
                         readDnsMessage({packet.payload, packet.payloadLengthBytes}, message);
                     const bool isTooLong = row[3].find("<Name too long>") != std::string::npos;
                     CHECK(reading == (isTooLong ? Reading::NOT_THIS : Reading::COMPLETE));
                     if (reading != Reading::COMPLETE) return;
                     CHECK(message.isResponse == (row[1] == "1"));
                     if (row[2].empty()) return;
                     CHECK(std::to_string(message.queryType) == test::splitText(row[2], '\x01')[0]);
                     CHECK(message.queryName == hostNameOf(test::splitText(row[3], '\x01')[0]));
                     compareAnswers(message, row);
                     ++compared;
                   });
  return compared;
}

TEST_CASE("messages of real applications are what tshark reads") {
  test::compareCaptures(
      {"dns.pcap", "bad-dns-traffic.pcap", "dns-invalid-chars.pcap", "dns_ambiguous_names.pcap",
       "dns_exfiltration.pcap", "dns_long_domainname.pcap", "alexa-app.pcapng", "wechat.pcap",
       "android.pcap", "telegram.pcap", "netflix.pcap", "weibo.pcap", "punycode-idn.pcap",
       "malformed_dns.pcap", "dns2tcp_tunnel.pcap"},
      400, compareWithTshark);
}

}  // namespace
}  // namespace weir
