// SPDX-License-Identifier: Apache-2.0
#include "dissect/tls_client_hello.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "dissect/client_hello_body.h"
#include "dissect/test_client_hello.h"

namespace weir {
namespace {

using namespace weir::test;

struct Result {
  Reading reading;
  ClientHello hello;
};

Result readTls(std::span<const uint8_t> stream) {
  Result result{};
  result.hello.serverName = "from an earlier call";
  result.reading = readTlsClientHello(stream, result.hello);
  return result;
}

std::string ja4Of(const HelloFields& fields) {
  return readTls(tlsRecords(helloMessage(fields))).hello.ja4;
}

bool isEmpty(const ClientHello& hello) {
  return hello.serverName.empty() && hello.alpn.empty() && hello.version == 0 && hello.ja4.empty();
}

/// What is told early is final.
void checkPrefix(const Result& prefix, const ClientHello& whole) {
  CHECK(prefix.reading == Reading::NEEDS_MORE);
  CHECK(prefix.hello.ja4.empty());
  if (!prefix.hello.serverName.empty()) CHECK(prefix.hello.serverName == whole.serverName);
  if (!prefix.hello.alpn.empty()) CHECK(prefix.hello.alpn == whole.alpn);
  if (prefix.hello.version != 0) CHECK(prefix.hello.version == whole.version);
}

TEST_CASE("a browser's hello tells its facts") {
  const Result result = readTls(tlsRecords(helloMessage(browserHello("WWW.Example.ORG."))));
  CHECK(result.reading == Reading::COMPLETE);
  CHECK(result.hello.serverName == "www.example.org");
  CHECK(result.hello.alpn == "h2,http/1.1");
  CHECK(result.hello.version == 0x0304);
}

TEST_CASE("JA4 is the one of the specification's example") {
  CHECK(ja4Of(browserHello()) == "t13d1516h2_8daaf6152771_e5627efa2ab1");
  HelloFields unsignedHello = browserHello();
  std::erase(unsignedHello.extensions,
             signatureAlgorithmsExtension(
                 {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}));
  unsignedHello.extensions.push_back(helloExtension(13));
  CHECK(ja4Of(unsignedHello) == "t13d1516h2_8daaf6152771_6d807ffa2a79");
  CHECK(ja4Of({.legacyVersion = 0x0301, .cipherSuites = {}}) ==
        "t10i000000_000000000000_000000000000");
}

TEST_CASE(
    "JA4 takes what is no letter or digit of ALPN in hexadecimal, as its specification says") {
  const std::pair<std::string, std::string> examples[] = {
      {"\xab", "ab"},     {" ", "20"},  {"\xab\xcd", "ad"},   {" a", "21"},
      {"0\xab", "3b"},    {"a ", "60"}, {"01\xab\xcd", "3d"}, {"0\xab\xcd\x31", "01"},
      {"http/1.1", "h1"}, {"h2", "h2"}, {"x", "xx"},          {"", "00"},
  };
  for (const auto& [protocol, code] : examples) {
    const auto text = ja4Of({.extensions = {alpnExtension({protocol, "h2"})}});
    CHECK(text.substr(8, 2) == code);
  }
  CHECK(ja4Of({.extensions = {alpnExtension({"\x0a\x0a", "h2"})}}).substr(8, 2) == "h2");
}

TEST_CASE("JA4 counts to 99, in any order of extensions") {
  HelloFields many = {.cipherSuites = std::vector<uint16_t>(120, 0x1301)};
  for (uint16_t type = 0x100; type < 0x100 + 120; ++type)
    many.extensions.push_back(helloExtension(type));
  CHECK(ja4Of(many).substr(0, 10) == "t12i999900");
  HelloFields shuffled = browserHello();
  std::mt19937 random(1);
  std::shuffle(shuffled.extensions.begin(), shuffled.extensions.end(), random);
  CHECK(ja4Of(shuffled) == ja4Of(browserHello()));
}

TEST_CASE("every prefix waits or refuses, in records of any size") {
  const HelloOctets message = helloMessage(browserHello());
  const ClientHello whole = readTls(tlsRecords(message)).hello;
  for (const size_t recordBytes : {size_t{1}, size_t{2}, size_t{5}, size_t{100}, size_t{16384}}) {
    const HelloOctets stream = tlsRecords(message, recordBytes);
    CAPTURE(recordBytes);
    for (size_t length = 0; length < stream.size(); ++length)
      checkPrefix(readTls(std::span(stream).first(length)), whole);
    const Result complete = readTls(stream + HelloOctets{20, 3, 3, 0, 1, 1});
    CHECK(complete.reading == Reading::COMPLETE);
    CHECK(complete.hello.serverName == whole.serverName);
    CHECK(complete.hello.ja4 == whole.ja4);
  }
}

TEST_CASE("the server's name is told as soon as its extension is there") {
  const HelloOctets stream = tlsRecords(helloMessage(browserHello()));
  const std::string text(stream.begin(), stream.end());
  const size_t end = text.find("www.example.org") + std::string("www.example.org").size();
  CHECK(readTls(std::span(stream).first(end)).hello.serverName == "www.example.org");
  CHECK(readTls(std::span(stream).first(end - 1)).hello.serverName.empty());
}

TEST_CASE("with octets changed or left out it is refused or read, and what is told early stays") {
  std::mt19937 random(4);
  const HelloOctets original = tlsRecords(helloMessage(browserHello()), 300);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    HelloOctets stream = original;
    for (size_t changes = 1 + random() % 4; changes > 0; --changes)
      stream[random() % stream.size()] = static_cast<uint8_t>(random());
    const Result whole = readTls(stream);
    if (whole.reading == Reading::NOT_THIS) {
      ++refused;
      CHECK(isEmpty(whole.hello));
      continue;
    }
    const Result prefix = readTls(std::span(stream).first(random() % stream.size()));
    if (prefix.reading != Reading::COMPLETE) checkPrefix(prefix, whole.hello);
  }
  CHECK(refused > 500);
}

TEST_CASE("host names only") {
  const auto name = [](std::string_view text) {
    return readTls(tlsRecords(helloMessage({.extensions = {serverNameExtension(text)}})))
        .hello.serverName;
  };
  CHECK(name("a-b_c.example") == "a-b_c.example");
  CHECK(name("x") == "x");
  CHECK(name(std::string(63, 'a') + ".de") == std::string(63, 'a') + ".de");
  for (const std::string& bad :
       {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string("a b"),
        std::string("a\0b", 3), std::string("\xc3\xa4.de"), std::string("a/b"),
        std::string(64, 'a') + ".de"})
    CHECK(name(bad).empty());
  std::string longName;
  while (longName.size() < 253) longName += "a.";
  longName.resize(253);
  longName.back() = 'a';
  CHECK(name(longName) == longName);
  CHECK(name(longName + "a").empty());
}

TEST_CASE("of the protocols, those are listed that can be printed, up to 255 octets") {
  const auto list = [](const std::vector<std::string>& protocols) {
    return readTls(tlsRecords(helloMessage({.extensions = {alpnExtension(protocols)}}))).hello.alpn;
  };
  CHECK(list({"h2"}) == "h2");
  CHECK(list({"\x0a\x0a", "h3", "a,b", "a b", "", "spdy/3"}) == "h3,spdy/3");
  CHECK(list(std::vector<std::string>(100, "http/1.1")).size() == 28 * 9 - 1);
}

TEST_CASE("the version is the highest offered that is no GREASE") {
  const auto version = [](const HelloFields& fields) {
    return readTls(tlsRecords(helloMessage(fields))).hello.version;
  };
  CHECK(version({.legacyVersion = 0x0301}) == 0x0301);
  CHECK(version({.extensions = {versionsExtension({0xfafa, 0x0303, 0x0304})}}) == 0x0304);
  CHECK(version({.extensions = {versionsExtension({0xfafa})}}) == 0x0303);
}

TEST_CASE("other streams are refused with their first octets") {
  const HelloOctets http = textOctets("GET / HTTP/1.1\r\n");
  CHECK(readTls(http).reading == Reading::NOT_THIS);
  for (const HelloOctets& start :
       {HelloOctets{22, 2}, HelloOctets{22, 3, 5}, HelloOctets{23, 3, 3},
        HelloOctets{22, 3, 1, 0, 0}, HelloOctets{22, 3, 1, 0x40, 1}, HelloOctets{22, 3, 1, 0, 9, 2},
        HelloOctets{22, 3, 1, 0, 9, 1, 1, 0, 0}, HelloOctets{22, 3, 1, 0, 9, 1, 0, 0, 50, 2, 0}})
    CHECK(readTls(start).reading == Reading::NOT_THIS);
}

TEST_CASE("a hello of 16 KiB is read, a longer one refused") {
  HelloFields fields = browserHello();
  const size_t rest = CLIENT_HELLO_BYTES_MAX - helloBody(fields).size();
  fields.extensions.push_back(helloExtension(0x0029, HelloOctets(rest - 4, 1)));
  CHECK(readTls(tlsRecords(helloMessage(fields))).reading == Reading::COMPLETE);
  fields.extensions.back() = helloExtension(0x0029, HelloOctets(rest - 3, 1));
  CHECK(readTls(tlsRecords(helloMessage(fields))).reading == Reading::NOT_THIS);
}

}  // namespace
}  // namespace weir
