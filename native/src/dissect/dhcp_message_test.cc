// SPDX-License-Identifier: Apache-2.0
#include "dissect/dhcp_message.h"

#include <doctest/doctest.h>

#include <map>

#include "decode/test_frames.h"
#include "dissect/host_name.h"
#include "dissect/test_tshark.h"

namespace weir {
namespace {

using test::append;
using test::Octets;

Octets message(const Octets& options, uint8_t operation = 1) {
  Octets octets(236);
  octets[0] = operation;
  octets[1] = 1;
  octets[2] = 6;
  append(octets, {0x63, 0x82, 0x53, 0x63});
  append(octets, options);
  return octets;
}

Octets option(uint8_t code, const std::string& value) {
  Octets octets = {code, static_cast<uint8_t>(value.size())};
  append(octets, test::text(value));
  return octets;
}

Octets discover() {
  Octets options = option(53, "\x01");
  append(options, {0, 0});
  append(options, option(12, std::string("Laptop-7\0", 9)));
  append(options, option(60, "MSFT 5.0\x01"));
  append(options, option(12, "second"));
  options.push_back(255);
  return message(options);
}

TEST_CASE("a message tells the host's name and its vendor class") {
  DhcpMessage out;
  CHECK(readDhcpMessage(discover(), out) == Reading::COMPLETE);
  CHECK(out.messageType == 1);
  CHECK(out.hostName == "laptop-7");
  CHECK(out.vendorClass == "MSFT 5.0");
}

TEST_CASE("a cut message is short, another one is not this") {
  const Octets whole = discover();
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    DhcpMessage out;
    CHECK(readDhcpMessage({whole.data(), cut}, out) == Reading::NEEDS_MORE);
  }
  DhcpMessage out;
  CHECK(readDhcpMessage(message({255}, 3), out) == Reading::NOT_THIS);
  Octets noCookie = discover();
  noCookie[236] = 0;
  CHECK(readDhcpMessage(noCookie, out) == Reading::NOT_THIS);
  Octets longAddress = discover();
  longAddress[2] = 17;
  CHECK(readDhcpMessage(longAddress, out) == Reading::NOT_THIS);
}

size_t compareWithTshark(const std::string& capture) {
  size_t compared = 0;
  test::forEachRow(
      capture, "dhcp && !_ws.malformed",
      "-e dhcp.option.hostname -e dhcp.option.vendor_class_id "
      "-e dhcp.option.dhcp -E occurrence=f",
      [&](const DecodedPacket& packet, const std::vector<std::string>& row) {
        if (packet.key.protocol != 17) return;
        DhcpMessage out;
        CHECK(readDhcpMessage({packet.payload, packet.payloadLengthBytes}, out) ==
              Reading::COMPLETE);
        CHECK(out.hostName == hostNameOf(row[1]));
        CHECK(out.vendorClass == printableOf(row[2], DhcpMessage::VENDOR_CLASS_OCTETS_MAX));
        CHECK(std::to_string(out.messageType) == (row[3].empty() ? "0" : row[3]));
        ++compared;
      });
  return compared;
}

TEST_CASE("messages of real applications are what tshark reads") {
  test::compareCaptures({"dhcp-fuzz.pcapng", "KakaoTalk_chat.pcap", "alexa-app.pcapng",
                         "android.pcap", "starcraft_battle.pcap", "weibo.pcap"},
                        10, compareWithTshark);
}

}  // namespace
}  // namespace weir
