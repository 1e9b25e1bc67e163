// SPDX-License-Identifier: Apache-2.0
// Fragments in any order: the decoder as a lane uses it.
#include "decode/early_fragments.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "decode/packet_decoder.h"
#include "decode/test_encapsulations.h"

using namespace weir;
using namespace weir::test;

namespace {

constexpr int64_t MS = 1'000'000;
constexpr int64_t SECOND_NS = 1'000 * MS;
constexpr uint16_t MORE = 0x2000;

struct Timed {
  int64_t timestampNs;
  Octets frame;
};

/// Feeds frames as one batch each and keeps what comes out, in order.
class Feed {
 public:
  void operator()(const Octets& frame, int64_t timestampNs) {
    frames_.push_back(frame);
    const auto bytes = static_cast<uint32_t>(frame.size());
    const PacketView view = {.data = frames_.back().data(),
                             .capturedLengthBytes = bytes,
                             .originalLengthBytes = bytes,
                             .timestampNs = timestampNs};
    std::span<const PacketView> views(&view, 1);
    take(views);
  }
  void settle(int64_t nowNs) {
    decoder.settle(nowNs);
    std::span<const PacketView> none;
    take(none);
  }
  void flush() {
    decoder.flush();
    std::span<const PacketView> none;
    take(none);
  }

  PacketDecoder decoder;
  std::vector<DecodedPacket> packets;

 private:
  void take(std::span<const PacketView>& views) {
    DecodedPacket packet;
    while (decoder.next(views, packet)) packets.push_back(packet);
  }

  std::vector<Octets> frames_;
};

/// The body of an IPv4 packet in pieces of `pieceBytes`, a multiple of 8.
std::vector<Octets> piecesOf(const Octets& body, size_t pieceBytes, Ipv4Fields fields) {
  std::vector<Octets> frames;
  for (size_t at = 0; at < body.size(); at += pieceBytes) {
    const size_t end = std::min(at + pieceBytes, body.size());
    fields.fragment = static_cast<uint16_t>(at / 8 | (end < body.size() ? MORE : 0));
    frames.push_back(
        ethernet({}, ipv4(fields, Octets(body.begin() + static_cast<ptrdiff_t>(at),
                                         body.begin() + static_cast<ptrdiff_t>(end)))));
  }
  return frames;
}

uint64_t octetsOf(const std::vector<DecodedPacket>& packets) {
  return std::accumulate(packets.begin(), packets.end(), uint64_t{0},
                         [](uint64_t sum, const DecodedPacket& one) { return sum + one.octets; });
}

/// Octets of the flows with destination port 9, by their other port.
std::map<uint16_t, uint64_t> octetsByPort(const std::vector<DecodedPacket>& packets) {
  std::map<uint16_t, uint64_t> octets;
  for (const DecodedPacket& one : packets)
    octets[std::max(one.key.portA, one.key.portB)] += one.octets;
  return octets;
}

/// Whether fragments come twice, as from a port that is mirrored in both directions.
enum class Repeats : uint8_t { NONE, SOME };

Octets orphan(uint16_t identification) {
  return ethernet({}, ipv4({.identification = identification, .fragment = 3}, Octets(40, 7)));
}

}  // namespace

TEST_CASE("the fragments of a datagram are one flow in whatever order they come") {
  const auto pieces = piecesOf(udp({1000, 2000}, Octets(60, 1)), 24, {.identification = 7});
  REQUIRE(pieces.size() == 3);
  std::vector<size_t> order = {0, 1, 2};
  do {
    Feed feed;
    for (size_t i = 0; i < order.size(); ++i)
      feed(pieces[order[i]], SECOND_NS + static_cast<int64_t>(i) * MS);
    CHECK(feed.decoder.oldestHeldNs() == EarlyFragments::NONE_HELD);
    REQUIRE(feed.packets.size() == pieces.size());
    CHECK(octetsOf(feed.packets) == 3 * 20 + 68);
    for (const DecodedPacket& packet : feed.packets) {
      CHECK(packet.key == feed.packets[0].key);
      CHECK(packet.sender == feed.packets[0].sender);
      CHECK(packet.macAddresses != nullptr);
    }
    CHECK(std::max(feed.packets[0].key.portA, feed.packets[0].key.portB) == 2000);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("the fragments of an envelope are the inner flow in whatever order they come") {
  const Octets inner = ipv4({.source = "10.0.0.1", .destination = "10.0.0.9", .protocol = 6},
                            tcp({40000, 443}, {}, Octets(200, 5)));
  const Octets envelope = udp({50000, 4789}, vxlan(9, ethernet({}, inner)));
  const auto pieces = piecesOf(envelope, 96, {.identification = 7});
  REQUIRE(pieces.size() == 3);
  std::vector<size_t> order = {0, 1, 2};
  do {
    Feed feed;
    for (const size_t piece : order) feed(pieces[piece], SECOND_NS);
    REQUIRE(feed.packets.size() == pieces.size());
    CHECK(octetsOf(feed.packets) == inner.size());
    uint64_t outerOctets = 0;
    for (const DecodedPacket& packet : feed.packets) {
      CHECK(packet.key == feed.packets[0].key);
      CHECK(packet.key.tunnel == Tunnel::VXLAN);
      outerOctets += packet.outerOctets;
    }
    CHECK(outerOctets == envelope.size() + 3 * 20);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("fragments inside of a tunnel are joined there, in every tunnel") {
  const Octets body = udp({1000, 2000}, Octets(60, 1));
  const auto inner = [&](uint16_t fragment, size_t from, size_t to) {
    return ipv4({.identification = 7, .fragment = fragment},
                Octets(body.begin() + static_cast<ptrdiff_t>(from),
                       body.begin() + static_cast<ptrdiff_t>(to)));
  };
  for (const Encapsulation& around : tunnels()) {
    CAPTURE(around.name);
    Feed feed;
    feed(around.wrap(IPV4_TYPE, inner(3, 24, 68), Way::FORWARD), SECOND_NS);
    CHECK(feed.packets.empty());
    feed(around.wrap(IPV4_TYPE, inner(MORE, 0, 24), Way::FORWARD), SECOND_NS);
    REQUIRE(feed.packets.size() == 2);
    CHECK(feed.packets[0].key == feed.packets[1].key);
    CHECK(feed.packets[1].key.tunnel == around.tunnel);
    CHECK(octetsOf(feed.packets) == 2 * 20 + 68);
  }
}

TEST_CASE("an identification that is used again is another datagram, in whatever order it comes") {
  std::mt19937 random(3);
  for (const Repeats repeats : {Repeats::NONE, Repeats::SOME}) {
    Feed feed;
    std::map<uint16_t, uint64_t> sent;
    int64_t nowNs = SECOND_NS;
    for (uint16_t port = 10'000; port < 10'400; ++port) {
      const Octets body = udp({port, 9}, Octets(40 + random() % 200, 1));
      const auto identification = static_cast<uint16_t>(random() % 3);
      auto pieces = piecesOf(body, 24, {.identification = identification});
      const Octets again = pieces[1 + random() % (pieces.size() - 1)];
      std::shuffle(pieces.begin(), pieces.end(), random);
      if (repeats == Repeats::SOME) {
        pieces.insert(pieces.begin() + static_cast<ptrdiff_t>(random() % pieces.size()), again);
        // A repeated fragment waits for a first that may come. No datagram begins before it is out.
        nowNs += SECOND_NS + MS;
        feed.settle(nowNs);
      }
      for (const Octets& piece : pieces) {
        feed(piece, nowNs += MS);
        sent[port] += piece.size() - 14;
      }
    }
    feed.flush();
    CHECK(octetsByPort(feed.packets) == sent);
  }
}

TEST_CASE("a datagram whose end was lost takes nothing of the next that begins with its first") {
  Feed feed;
  std::map<uint16_t, uint64_t> sent;
  for (uint16_t port = 10'000; port < 10'100; ++port) {
    auto pieces = piecesOf(udp({port, 9}, Octets(100, 1)), 24, {.identification = 7});
    pieces.resize(1 + port % pieces.size());
    for (const Octets& piece : pieces) {
      feed(piece, SECOND_NS + port * MS);
      sent[port] += piece.size() - 14;
    }
  }
  feed.flush();
  CHECK(octetsByPort(feed.packets) == sent);
}

TEST_CASE("a fragment that comes again belongs to its datagram, and waits no longer than others") {
  const auto pieces = piecesOf(udp({1000, 2000}, Octets(60, 1)), 24, {.identification = 7});
  Feed feed;
  for (const Octets& piece : pieces) feed(piece, SECOND_NS);
  feed(pieces[1], SECOND_NS);
  feed.settle(2 * SECOND_NS + 1);
  REQUIRE(feed.packets.size() == 4);
  CHECK(feed.packets[3].key == feed.packets[0].key);
  CHECK(feed.packets[3].octets == 44);
}

TEST_CASE("a fragment of an envelope that comes again is as the first time") {
  const Octets inner = ipv4({.protocol = 6}, tcp({40000, 443}, {}, Octets(100, 5)));
  const auto pieces =
      piecesOf(udp({50000, 4789}, vxlan(9, ethernet({}, inner))), 96, {.identification = 7});
  REQUIRE(pieces.size() == 2);
  Feed feed;
  for (const Octets& piece : {pieces[0], pieces[1], pieces[1]}) feed(piece, SECOND_NS);
  feed.flush();
  REQUIRE(feed.packets.size() == 3);
  CHECK(feed.packets[2].key == feed.packets[1].key);
  CHECK(feed.packets[2].octets == feed.packets[1].octets);
  // The identification is used again, by a packet that is no envelope.
  const auto others = piecesOf(udp({1000, 2000}, Octets(160, 1)), 96, {.identification = 7});
  feed(others[1], 2 * SECOND_NS);
  feed(others[0], 2 * SECOND_NS);
  REQUIRE(feed.packets.size() == 5);
  CHECK(feed.packets[3].key == feed.packets[4].key);
  CHECK(feed.packets[3].octets == 20 + 96);
  CHECK(feed.packets[4].octets == 20 + 72);
}

TEST_CASE("without a first fragment the flow has no ports, once the time is over") {
  Feed feed;
  feed(orphan(1), 5 * SECOND_NS);
  feed(orphan(2), 5 * SECOND_NS + 500 * MS);
  CHECK(feed.packets.empty());
  CHECK(feed.decoder.oldestHeldNs() == 5 * SECOND_NS);
  feed.settle(6 * SECOND_NS);
  CHECK(feed.packets.empty());
  feed.settle(6 * SECOND_NS + 1);
  REQUIRE(feed.packets.size() == 1);
  CHECK(feed.packets[0].key.portA == 0);
  CHECK(feed.packets[0].timestampNs == 5 * SECOND_NS);
  CHECK(feed.decoder.oldestHeldNs() == 5 * SECOND_NS + 500 * MS);
  feed.flush();
  REQUIRE(feed.packets.size() == 2);
  CHECK(feed.packets[1].key == feed.packets[0].key);
  CHECK(feed.decoder.oldestHeldNs() == EarlyFragments::NONE_HELD);
}

TEST_CASE("a first fragment that comes too late finds its others gone, whenever one looks") {
  const auto pieces = piecesOf(udp({1000, 2000}, Octets(60, 1)), 24, {.identification = 7});
  for (const bool settled : {false, true}) {
    Feed feed;
    feed(pieces[1], 5 * SECOND_NS);
    if (settled) feed.settle(6 * SECOND_NS + 1);
    feed(pieces[0], 6 * SECOND_NS + 1);
    feed.flush();
    REQUIRE(feed.packets.size() == 2);
    const auto withoutPorts = [](const DecodedPacket& one) { return one.key.portA == 0; };
    CHECK(std::count_if(feed.packets.begin(), feed.packets.end(), withoutPorts) == 1);
  }
}

TEST_CASE("a flood of orphans loses no packet, and their order stays") {
  Feed feed;
  constexpr uint16_t FLOOD = 3000;
  for (uint16_t id = 0; id < FLOOD; ++id) feed(orphan(id), SECOND_NS + id);
  const size_t before = feed.packets.size();
  CHECK(before > 0);
  CHECK(before < FLOOD);
  feed.flush();
  REQUIRE(feed.packets.size() == FLOOD);
  for (uint16_t id = 0; id < FLOOD; ++id) CHECK(feed.packets[id].timestampNs == SECOND_NS + id);
}

TEST_CASE("a clock that is set back far releases what was held") {
  Feed feed;
  feed(orphan(1), 5000 * SECOND_NS);
  feed.settle(1000 * SECOND_NS);
  CHECK(feed.packets.size() == 1);
}
