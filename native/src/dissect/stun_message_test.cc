// SPDX-License-Identifier: Apache-2.0
#include "dissect/stun_message.h"

#include <doctest/doctest.h>

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

constexpr uint32_t COOKIE = 0x2112a442;

Octets attribute(uint16_t type, const std::string& value) {
  Octets octets;
  append16(octets, type);
  append16(octets, static_cast<uint32_t>(value.size()));
  append(octets, test::text(value));
  octets.resize((octets.size() + 3) / 4 * 4);
  return octets;
}

Octets message(uint16_t type, const Octets& attributes, uint32_t cookie = COOKIE) {
  Octets octets;
  append16(octets, type);
  append16(octets, static_cast<uint32_t>(attributes.size()));
  append32(octets, cookie);
  octets.resize(20, 7);
  append(octets, attributes);
  return octets;
}

Reading readingOf(const Octets& octets) {
  StunMessage out;
  return readStunMessage(octets, out);
}

Octets withTexts() {
  Octets attributes = attribute(0x0006, "evtj:h6vY");
  append(attributes, attribute(0x8022, "coturn-4.6"));
  append(attributes, attribute(0x0014, "example.org"));
  append(attributes, attribute(0x8022, "another"));
  return attributes;
}

TEST_CASE("a message tells its first software") {
  StunMessage out;
  CHECK(readStunMessage(message(0x0113, withTexts()), out) == Reading::COMPLETE);
  CHECK(out.software == "coturn-4.6");
  CHECK(readStunMessage(message(0x3eef, {}), out) == Reading::COMPLETE);
  CHECK(out.software.empty());
}

TEST_CASE("a cut message is short, a longer one begins a stream") {
  Octets whole = message(0x0001, withTexts());
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    StunMessage out;
    CHECK(readStunMessage({whole.data(), cut}, out) == Reading::NEEDS_MORE);
  }
  append(whole, {1, 2, 3});
  CHECK(readingOf(whole) == Reading::COMPLETE);
}

TEST_CASE("without the cookie it is no message") {
  CHECK(readingOf(message(0x0101, withTexts(), 5)) == Reading::NOT_THIS);
}

TEST_CASE("attributes stay inside the message") {
  CHECK(readingOf(message(0x0001, {0x80, 0x22, 0, 5, 'a', 'b', 'c', 'd'})) == Reading::NOT_THIS);
  CHECK(readingOf(message(0x0001, {0x80, 0x22, 0, 4, 'a', 'b', 'c', 'd'})) == Reading::COMPLETE);
  CHECK(readingOf(message(0x0001, {0x80, 0x22})) == Reading::NOT_THIS);
  CHECK(readingOf(Octets(20, 0x41)) == Reading::NOT_THIS);
  StunMessage out;
  const Octets longText = message(0x0001, attribute(0x8022, std::string(700, 'a')));
  CHECK(readStunMessage(longText, out) == Reading::COMPLETE);
  CHECK(out.software.size() == StunMessage::TEXT_OCTETS_MAX);
}

std::string firstOf(const std::string& field) {
  return printableOf(test::splitText(field, '\x01')[0], StunMessage::TEXT_OCTETS_MAX);
}

size_t compareWithTshark(const std::string& capture) {
  size_t compared = 0;
  test::forEachRow(capture, "udp && stun.type && !_ws.malformed && !icmp",
                   "-e stun.att.software -E occurrence=f",
                   [&](const DecodedPacket& packet, const std::vector<std::string>& row) {
                     if (packet.key.protocol != 17) return;
                     StunMessage out;
                     CHECK(readStunMessage({packet.payload, packet.payloadLengthBytes}, out) ==
                           Reading::COMPLETE);
                     CHECK(out.software == firstOf(row[1]));
                     ++compared;
                   });
  return compared;
}

TEST_CASE("messages of real applications are what tshark reads") {
  test::compareCaptures({"stun.pcap", "stun_classic.pcap", "stun_wa_call.pcapng", "wa_voice.pcap",
                         "whatsapp_login_call.pcap", "google_meet.pcapng", "telegram.pcap",
                         "signal.pcap", "facebook.pcap"},
                        50, compareWithTshark);
}

}  // namespace
}  // namespace weir
