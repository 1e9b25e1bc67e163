// SPDX-License-Identifier: Apache-2.0
#include "dissect/quic_initial.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "dissect/test_client_hello.h"
#include "dissect/test_quic_packets.h"
#include "dissect/test_quic_vectors.h"

namespace weir {
namespace {

using namespace weir::test;

constexpr uint32_t VERSIONS[] = {1,          0x6b3343cf, 0xff00001d, 0xff000017, 0xff000016,
                                 0xfaceb001, 0xfaceb002, 0x54303530, 0x54303531};

/// The hello of a connection, padded as a client does.
QuicOctets wholeHelloFrames(const HelloOctets& message, uint8_t type = 6) {
  QuicOctets frames = cryptoFrame(message, 0, message.size(), type);
  frames.resize(std::max<size_t>(frames.size(), 1100));
  return frames;
}

uint8_t cryptoType(uint32_t version) { return version >> 24U == 'T' ? 8 : 6; }

TEST_CASE("the packets of the specifications are read") {
  for (const char* hex : {QUIC_1_CLIENT_INITIAL, QUIC_2_CLIENT_INITIAL}) {
    QuicInitialReader reader;
    CHECK(reader.add(fromHex(hex)) == Reading::COMPLETE);
    CHECK(reader.hello().serverName == "example.com");
    CHECK(reader.hello().alpn == "alpn");
    CHECK(reader.hello().version == 0x0304);
    CHECK(reader.hello().ja4.substr(0, 10) == "q13d0211an");
  }
}

TEST_CASE("a packet in which any octet is another is not authentic, nor is one cut short") {
  const QuicOctets original = fromHex(QUIC_1_CLIENT_INITIAL);
  for (size_t at = 0; at < original.size(); ++at) {
    CAPTURE(at);
    QuicOctets changed = original;
    changed[at] ^= 0x01;
    QuicInitialReader reader;
    CHECK(reader.add(changed) == Reading::NOT_THIS);
    CHECK(reader.hello().serverName.empty());
    QuicInitialReader cutShort;
    CHECK(cutShort.add(std::span(original).first(at)) == Reading::NOT_THIS);
  }
}

TEST_CASE("each version is read, with the fingerprint of its hello") {
  const HelloOctets message = helloMessage(browserHello());
  for (const uint32_t version : VERSIONS) {
    CAPTURE(version);
    QuicInitialReader reader;
    const auto frames = wholeHelloFrames(message, cryptoType(version));
    CHECK(reader.add(filledDatagram(initialPacket({.version = version}, frames))) ==
          Reading::COMPLETE);
    CHECK(reader.hello().serverName == "www.example.org");
    CHECK(reader.hello().ja4 == "q13d1516h2_8daaf6152771_e5627efa2ab1");
  }
}

/// Pieces of the hello, overlapping and in disorder, over several datagrams; PINGs between.
std::vector<QuicOctets> scatter(const HelloOctets& message, std::mt19937& random) {
  std::vector<QuicOctets> pieces;
  for (size_t at = 0; at < message.size();) {
    const size_t bytes = std::min<size_t>(1 + random() % 120, message.size() - at);
    const size_t before = std::min<size_t>(at, random() % 5);
    pieces.push_back(cryptoFrame(message, at - before, bytes + before));
    at += bytes;
  }
  std::shuffle(pieces.begin(), pieces.end(), random);
  std::vector<QuicOctets> datagrams;
  QuicOctets frames;
  for (size_t i = 0; i < pieces.size(); ++i) {
    append(frames, pieces[i]);
    frames.push_back(1);
    if (random() % 4 != 0 && i + 1 < pieces.size()) continue;
    frames.resize(frames.size() + 20);
    const auto number = static_cast<uint8_t>(datagrams.size());
    datagrams.push_back(filledDatagram(initialPacket({.packetNumber = number}, frames)));
    frames.clear();
  }
  return datagrams;
}

TEST_CASE(
    "frames in any order over any datagrams give the same hello, and not before all are there") {
  std::mt19937 random(6);
  const HelloOctets message = helloMessage(browserHello());
  for (int round = 0; round < 100; ++round) {
    QuicInitialReader reader;
    const auto datagrams = scatter(message, random);
    for (size_t i = 0; i + 1 < datagrams.size(); ++i) {
      CHECK(reader.add(datagrams[i]) == Reading::NEEDS_MORE);
      CHECK(reader.add(QuicOctets(40, 0xc3)) == Reading::NEEDS_MORE);  // hides nothing
      const std::string early = reader.hello().serverName;
      CHECK((early.empty() || early == "www.example.org"));
    }
    CHECK(reader.add(datagrams.back()) == Reading::COMPLETE);
    CHECK(reader.hello().ja4 == "q13d1516h2_8daaf6152771_e5627efa2ab1");
  }
}

TEST_CASE("packets of one datagram are read together, whatever else is in it") {
  const HelloOctets message = helloMessage(browserHello());
  QuicOctets first = cryptoFrame(message, 0, 100);
  QuicOctets second = cryptoFrame(message, 100, message.size() - 100);
  QuicOctets datagram = initialPacket({.packetNumber = 0}, first);
  append(datagram, QuicOctets{0xd0, 0, 0, 0, 1, 1, 9, 0, 5, 1, 2, 3, 4, 5});  // early data
  append(datagram, initialPacket({.packetNumber = 1}, second));
  append(datagram, QuicOctets(30, 0x41));
  QuicInitialReader reader;
  CHECK(reader.add(filledDatagram(datagram)) == Reading::COMPLETE);
}

TEST_CASE("no keys are derived for a datagram that is shorter than a client's first ones") {
  const HelloOctets message = helloMessage(browserHello());
  const QuicOctets first = cryptoFrame(message, 0, 100);
  const QuicOctets second = cryptoFrame(message, 100, message.size() - 100);
  const QuicOctets filled = filledDatagram(initialPacket({}, first));
  CHECK(filled.size() == 1200);
  QuicInitialReader reader;
  CHECK(reader.add(initialPacket({.packetNumber = 1}, second)) == Reading::NOT_THIS);
  QuicInitialReader begun;
  CHECK(begun.add(filled) == Reading::NEEDS_MORE);
  CHECK(begun.add(initialPacket({.packetNumber = 1}, second)) == Reading::NEEDS_MORE);
  CHECK(begun.add(filledDatagram(initialPacket({.packetNumber = 1}, second))) == Reading::COMPLETE);
}

TEST_CASE("keys stay when the server has named itself, and are new after a Retry") {
  const HelloOctets message = helloMessage(browserHello());
  const QuicOctets first = cryptoFrame(message, 0, 100);
  const QuicOctets second = cryptoFrame(message, 100, message.size() - 100);
  QuicInitialReader named;
  CHECK(named.add(filledDatagram(initialPacket({}, first))) == Reading::NEEDS_MORE);
  CHECK(named.add(filledDatagram(
            initialPacket({.destinationId = {7, 7}, .keyId = {1, 2, 3, 4, 5, 6, 7, 8}}, second))) ==
        Reading::COMPLETE);
  QuicInitialReader retried;
  CHECK(retried.add(filledDatagram(initialPacket({}, first))) == Reading::NEEDS_MORE);
  CHECK(retried.add(filledDatagram(initialPacket({.destinationId = {7, 7}}, second))) ==
        Reading::COMPLETE);
}

TEST_CASE("early data and a reserved version may come first, other packets not") {
  QuicInitialReader early;
  CHECK(early.add(QuicOctets{0xd0, 0, 0, 0, 1, 1, 9, 0, 5, 1, 2, 3, 4, 5}) == Reading::NEEDS_MORE);
  QuicInitialReader reserved;
  CHECK(reserved.add(QuicOctets{0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 0, 0}) == Reading::NEEDS_MORE);
  for (const QuicOctets& other :
       {QuicOctets{}, QuicOctets{0x40, 1, 2, 3, 4, 5}, QuicOctets{0xc0, 0, 0, 0, 9, 0, 0, 0, 0},
        QuicOctets{0xe0, 0, 0, 0, 1, 1, 9, 0, 5, 1, 2, 3, 4, 5},
        filledDatagram(initialPacket({}, {0x1e, 0, 0, 0, 0})),
        filledDatagram(initialPacket({}, {6, 0, 4, 2, 0, 0, 0}))}) {
    QuicInitialReader reader;
    CHECK(reader.add(other) == Reading::NOT_THIS);
    CHECK(reader.add(fromHex(QUIC_1_CLIENT_INITIAL)) == Reading::NOT_THIS);
  }
}

/// Each octet by itself, the first to come counts.
TEST_CASE("a stream of pieces is what a plain model of it is") {
  std::mt19937 random(8);
  for (int round = 0; round < 300; ++round) {
    HandshakeStream stream;
    std::vector<std::optional<uint8_t>> model(HandshakeStream::BYTES_MAX);
    const size_t reach = 1 + random() % 300;
    for (int pieces = 0; pieces < 40; ++pieces) {
      const size_t offset = random() % reach;
      QuicOctets piece(random() % 30);
      for (size_t i = 0; i < piece.size(); ++i) {
        piece[i] = static_cast<uint8_t>(random());
        if (!model[offset + i]) model[offset + i] = piece[i];
      }
      stream.add(offset, piece);
    }
    const auto gap = std::find(model.begin(), model.end(), std::nullopt);
    const auto found = stream.contiguous();
    REQUIRE(found.size() == static_cast<size_t>(gap - model.begin()));
    CHECK(std::equal(found.begin(), found.end(), model.begin()));
  }
}

TEST_CASE("a stream keeps 8 KiB and no more pieces than it should") {
  HandshakeStream stream;
  stream.add(UINT64_MAX, QuicOctets(9, 1));
  for (size_t at = 1; at < HandshakeStream::BYTES_MAX; at += 2) stream.add(at, QuicOctets(1, 1));
  CHECK(stream.contiguous().empty());
  stream.add(0, QuicOctets(2 * HandshakeStream::BYTES_MAX, 2));
  CHECK(stream.contiguous().size() == HandshakeStream::BYTES_MAX);
}

}  // namespace
}  // namespace weir
