// SPDX-License-Identifier: Apache-2.0
#include "classify/dns_segments.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::newFlow;
using testing::packetOf;

constexpr StreamSide SERVER = StreamSide::SERVER;

/// A response with one question, of any content.
std::string message(std::mt19937& random, size_t bytes) {
  std::string text(bytes, '\0');
  for (char& octet : text) octet = static_cast<char>(random());
  text[2] = static_cast<char>(0x81);
  text[4] = 0;
  text[5] = 1;
  return text;
}

std::string framed(const std::string& text) {
  return std::string{static_cast<char>(text.size() >> 8U), static_cast<char>(text.size())} + text;
}

using Messages = std::vector<std::string>;

struct Reader {
  DnsSegments segments;
  FlowEntry flow = newFlow(testing::TCP, 53);
  Messages found;

  void add(std::string_view payload, uint32_t sequence, StreamSide side = SERVER) {
    segments.read(packetOf(flow, side, payload, sequence), [&](std::span<const uint8_t> octets) {
      found.emplace_back(octets.begin(), octets.end());
    });
  }
};

struct Stream {
  Messages messages;
  std::string octets;

  explicit Stream(std::mt19937& random) {
    for (size_t count = 1 + random() % 5; count > 0; --count) {
      messages.push_back(message(random, 17 + random() % 700));
      octets += framed(messages.back());
    }
  }
};

TEST_CASE("messages are found in segments of any size, however often segments come") {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    const Stream stream(random);
    Reader reader;
    const uint32_t start = static_cast<uint32_t>(random());  // sequence numbers wrap around
    for (size_t at = 0; at < stream.octets.size();) {
      const size_t bytes = 1 + random() % (round % 2 == 0 ? 5 : 400);
      const std::string_view segment = std::string_view(stream.octets).substr(at, bytes);
      reader.add(segment, start + static_cast<uint32_t>(at));
      at += segment.size();
    }
    CHECK(reader.found == stream.messages);
  }
}

TEST_CASE("a part that comes again, or with octets that were there, is not read twice") {
  std::mt19937 random(6);
  const std::string text = message(random, 300);
  const std::string whole = framed(text);
  const std::string_view octets(whole);
  Reader reader;
  reader.add(octets.substr(0, 100), 7);
  reader.add(octets.substr(0, 100), 7);
  reader.add(octets.substr(0, 50), 7);
  reader.add("from the other side", 50, StreamSide::CLIENT);
  reader.add(octets.substr(60, 100), 67);
  reader.add(octets.substr(160), 167);
  CHECK(reader.found == Messages{text});
}

TEST_CASE("behind a gap the next segment that begins like a message is a start") {
  std::mt19937 random(7);
  const std::string text = message(random, 300);
  const std::string whole = framed(text);
  Reader reader;
  reader.add(std::string_view(whole).substr(0, 100), 7);
  reader.add(whole, 1000);
  CHECK(reader.found == Messages{text});
  reader.add(std::string(40, 'x'), 5000);
  reader.add(whole, 6000);
  CHECK(reader.found == Messages{text, text});
}

TEST_CASE("whatever streams begin, little is kept, and a flow's own start is found again") {
  std::mt19937 random(8);
  const std::string whole = framed(message(random, 4000));
  Reader reader;
  for (uint16_t port = 1; port < 3000; ++port) {
    reader.flow.key.portA = port;
    reader.add(std::string_view(whole).substr(0, 3999), 1);
  }
  CHECK(reader.found.empty());
  reader.add(whole, 9);
  CHECK(reader.found.size() == 1);
  reader.add(framed(message(random, 4096)), 90'000);  // too long
  CHECK(reader.found.size() == 1);
}

}  // namespace
}  // namespace weir
