// SPDX-License-Identifier: Apache-2.0
#include "dissect/dtls_hello.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "dissect/test_client_hello.h"

namespace weir {
namespace {

using namespace weir::test;

HelloFields hello() {
  HelloFields fields = browserHello();
  fields.legacyVersion = 0xfefd;
  fields.cookie = HelloOctets(20, 3);
  std::erase(fields.extensions, versionsExtension({0x3a3a, 0x0304, 0x0303}));
  return fields;
}

Reading readingOf(std::span<const uint8_t> datagram) { return DtlsHelloReader().add(datagram); }

ClientHello complete(const HelloFields& fields) {
  DtlsHelloReader reader;
  CHECK(reader.add(dtlsRecord(fields)) == Reading::COMPLETE);
  return reader.hello();
}

/// What is told early is final.
void checkEarly(const ClientHello& early, const ClientHello& whole) {
  if (!early.serverName.empty()) CHECK(early.serverName == whole.serverName);
  if (!early.alpn.empty()) CHECK(early.alpn == whole.alpn);
  if (early.version != 0) CHECK(early.version == whole.version);
  CHECK(early.ja4.empty());
}

TEST_CASE("the hello of a datagram tells its facts") {
  HelloFields fields = hello();
  const ClientHello facts = complete(fields);
  CHECK(facts.serverName == "www.example.org");
  CHECK(facts.version == 0xfefd);
  CHECK(facts.ja4.substr(0, 10) == "dd2d1515h2");
  fields.extensions.push_back(versionsExtension({0xfefd, 0xfefc, 0x1a1a}));
  CHECK(complete(fields).version == 0xfefc);
}

TEST_CASE("a first fragment and every prefix wait, other datagrams are refused") {
  const HelloFields fields = hello();
  const HelloOctets whole = dtlsRecord(fields);
  const ClientHello facts = complete(fields);
  const auto checkWaits = [&](std::span<const uint8_t> datagram) {
    DtlsHelloReader reader;
    CHECK(reader.add(datagram) == Reading::NEEDS_MORE);
    checkEarly(reader.hello(), facts);
  };
  for (size_t bytes = 0; bytes < helloBody(fields, true).size(); ++bytes)
    checkWaits(dtlsRecord(fields, {.bytes = bytes}));
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) checkWaits(std::span(whole).first(bytes));
  constexpr size_t REFUSED_AT[] = {0, 1, 4, 13, 21};  // type, version, epoch, message, fragment
  for (const size_t at : REFUSED_AT) {
    HelloOctets other = whole;
    other[at] ^= 0x11;
    CAPTURE(at);
    CHECK(readingOf(other) == Reading::NOT_THIS);
  }
}

/// Fragments that overlap, in any order: some share a record, some records a datagram.
std::vector<HelloOctets> scatter(const HelloFields& fields, std::mt19937& random) {
  const size_t bodyBytes = helloBody(fields, true).size();
  std::vector<HelloOctets> fragments;
  for (size_t at = 0; at < bodyBytes;) {
    const size_t bytes = 5 + random() % 150;  // more than any overlap
    const size_t before = std::min<size_t>(at, random() % 5);
    fragments.push_back(dtlsFragment(fields, {.offset = at - before, .bytes = bytes + before}));
    at += bytes;
  }
  std::shuffle(fragments.begin(), fragments.end(), random);
  std::vector<HelloOctets> datagrams;
  HelloOctets datagram, record;
  for (size_t i = 0; i < fragments.size(); ++i) {
    record = record + fragments[i];
    const bool isLast = i + 1 == fragments.size();
    if (random() % 3 == 0 && !isLast) continue;
    datagram = datagram + dtlsRecordOf(std::exchange(record, {}));
    if (random() % 3 == 0 && !isLast) continue;
    datagrams.push_back(std::exchange(datagram, {}));
  }
  return datagrams;
}

TEST_CASE("fragments in any order and any datagrams give the same hello, once all are there") {
  std::mt19937 random(3);
  const HelloFields fields = hello();
  const ClientHello facts = complete(fields);
  for (int round = 0; round < 200; ++round) {
    DtlsHelloReader reader;
    const auto datagrams = scatter(fields, random);
    for (size_t i = 0; i + 1 < datagrams.size(); ++i) {
      CHECK(reader.add(datagrams[i]) == Reading::NEEDS_MORE);
      CHECK(reader.add(HelloOctets(40, 22)) == Reading::NEEDS_MORE);  // hides nothing
      checkEarly(reader.hello(), facts);
    }
    CHECK(reader.add(datagrams.back()) == Reading::COMPLETE);
    CHECK(reader.hello().serverName == facts.serverName);
    CHECK(reader.hello().ja4 == facts.ja4);
  }
}

TEST_CASE("a hello with a cookie replaces the one without that came in part, not the reverse") {
  HelloFields first = hello();
  first.cookie.clear();
  const HelloFields second = hello();
  const DtlsFragment end{.offset = 100, .messageSequence = 1};
  DtlsHelloReader reader;
  CHECK(reader.add(dtlsRecord(first, {.bytes = 100})) == Reading::NEEDS_MORE);
  CHECK(reader.add(dtlsRecord(second, {.bytes = 100, .messageSequence = 1})) ==
        Reading::NEEDS_MORE);
  CHECK(reader.add(dtlsRecord(first, {.offset = 100})) == Reading::NEEDS_MORE);
  CHECK(reader.add(dtlsRecord(second, end)) == Reading::COMPLETE);
  CHECK(reader.hello().ja4 == complete(second).ja4);
}

}  // namespace
}  // namespace weir
