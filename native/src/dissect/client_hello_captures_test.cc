// SPDX-License-Identifier: Apache-2.0
// ClientHellos of real programs: what the dissectors tell of them is what tshark tells.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>

#include "dissect/dtls_hello.h"
#include "dissect/quic_initial.h"
#include "dissect/test_tshark.h"
#include "dissect/tls_client_hello.h"

namespace weir {
namespace {

using namespace weir::test;

/// As tshark has it. The fingerprint's counts are worked out from its lists.
struct Expected {
  std::string serverName;
  std::string alpn;
  uint16_t version = 0;
  std::string counts;
};

enum Column : size_t {
  FRAME,
  STREAM,
  SOURCE_PORT,
  HANDSHAKE_TYPE,
  SERVER_NAME,
  PROTOCOLS,
  LEGACY_VERSION,
  VERSIONS,
  CIPHER_SUITES,
  EXTENSIONS,
  GQUIC_SERVER_NAME,
  COLUMNS,
};

std::vector<std::string> fieldsOf(const std::string& transport, const std::string& protocol) {
  return {"frame.number",
          transport + ".stream",
          transport + ".srcport",
          protocol + ".handshake.type",
          protocol + ".handshake.extensions_server_name",
          protocol + ".handshake.extensions_alpn_str",
          protocol + ".handshake.version",
          protocol + ".handshake.extensions.supported_version",
          protocol + ".handshake.ciphersuite",
          protocol + ".handshake.extension.type",
          "gquic.tag.sni"};
}

using Row = std::vector<std::string>;

std::vector<Row> rowsOf(const std::string& capture, const std::string& filter,
                        const std::vector<std::string>& fields) {
  std::string asked;
  for (const std::string& field : fields) asked += " -e " + field;
  auto rows = tsharkRows(capture, filter, asked);
  std::erase_if(rows, [](const Row& row) { return row.size() != COLUMNS; });
  return rows;
}

std::vector<uint32_t> numbersOf(const std::string& cell) {
  std::vector<uint32_t> numbers;
  if (cell.empty()) return numbers;
  for (const std::string& text : splitText(cell, '\x01'))
    numbers.push_back(static_cast<uint32_t>(std::stoul(text, nullptr, 0)));
  std::erase_if(numbers, [](uint32_t number) { return (number & 0x0f0fU) == 0x0a0aU; });
  return numbers;
}

bool hasHello(const Row& row) {
  const auto types = splitText(row[HANDSHAKE_TYPE], '\x01');
  return types.front() == "1" || !row[GQUIC_SERVER_NAME].empty();
}

std::string twoDigits(size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(std::min<size_t>(number, 99));
}

Expected expectedOf(const Row& row, bool isDtls) {
  Expected expected;
  const bool isGoogle = !row[GQUIC_SERVER_NAME].empty();
  expected.serverName = splitText(row[isGoogle ? GQUIC_SERVER_NAME : SERVER_NAME], '\x01').front();
  for (char& character : expected.serverName)
    character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  if (isGoogle) return expected;
  expected.alpn = row[PROTOCOLS];
  std::replace(expected.alpn.begin(), expected.alpn.end(), '\x01', ',');
  auto versions = numbersOf(row[VERSIONS]);
  if (versions.empty()) versions = {numbersOf(row[LEGACY_VERSION]).front()};
  expected.version =
      static_cast<uint16_t>(isDtls ? *std::min_element(versions.begin(), versions.end())
                                   : *std::max_element(versions.begin(), versions.end()));
  expected.counts = twoDigits(numbersOf(row[CIPHER_SUITES]).size()) +
                    twoDigits(numbersOf(row[EXTENSIONS]).size());
  return expected;
}

void checkHello(const ClientHello& hello, const Expected& expected) {
  CHECK(hello.serverName == expected.serverName);
  CHECK(hello.alpn == expected.alpn);
  CHECK(hello.version == expected.version);
  if (!expected.counts.empty()) CHECK(hello.ja4.substr(4, 4) == expected.counts);
}

/// One direction of a connection.
std::string directionOf(const Row& row) { return row[STREAM] + ":" + row[SOURCE_PORT]; }

/// How many hellos were compared.
size_t compareTls(const std::string& capture) {
  std::map<std::string, std::string> directions;  // by frame
  std::map<std::string, Expected> expected;       // by direction
  for (const Row& row : rowsOf(capture, "tcp.len > 0 && !icmp", fieldsOf("tcp", "tls"))) {
    directions[row[FRAME]] = directionOf(row);
    if (hasHello(row)) expected.emplace(directionOf(row), expectedOf(row, false));
  }
  size_t compared = 0;
  for (const TestStream& stream : streamsOf(capture)) {
    ClientHello hello;
    if (readTlsClientHello(stream.bytes(), hello) != Reading::COMPLETE) continue;
    CAPTURE(stream.firstFrame);
    const auto found = expected.find(directions[std::to_string(stream.firstFrame)]);
    REQUIRE(found != expected.end());
    checkHello(hello, found->second);
    ++compared;
  }
  return compared;
}

/// A hello in fragments is in the frame of the last one.
size_t compareDtls(const std::string& capture) {
  std::map<size_t, Expected> expected;  // by frame
  for (const Row& row :
       rowsOf(capture, "dtls.handshake.type == 1 && !icmp", fieldsOf("udp", "dtls")))
    if (!row[LEGACY_VERSION].empty())
      expected.emplace(std::stoul(row[FRAME]), expectedOf(row, true));
  std::map<std::string, DtlsHelloReader> readers;  // by direction
  size_t compared = 0;
  forEachPacket(capture, [&](const DecodedPacket& packet, size_t frame) {
    if (packet.key.protocol != 17) return;
    std::string direction(reinterpret_cast<const char*>(&packet.key), sizeof packet.key);
    direction.push_back(static_cast<char>(packet.sender));
    DtlsHelloReader& reader = readers[direction];
    const Reading reading = reader.add({packet.payload, packet.payloadLengthBytes});
    const ClientHello hello = reader.hello();
    if (reading != Reading::NEEDS_MORE) readers.erase(direction);
    if (reading != Reading::COMPLETE) return;
    CAPTURE(frame);
    const auto found = expected.find(frame);
    REQUIRE(found != expected.end());
    checkHello(hello, found->second);
    ++compared;
  });
  CHECK(compared == expected.size());
  return compared;
}

size_t compareQuic(const std::string& capture) {
  std::map<size_t, std::string> directions;  // by frame
  std::map<std::string, Expected> expected;  // by direction
  for (const Row& row : rowsOf(capture, "(quic || gquic) && !icmp", fieldsOf("udp", "tls"))) {
    directions[std::stoul(row[FRAME])] = directionOf(row);
    if (hasHello(row)) expected.emplace(directionOf(row), expectedOf(row, false));
  }
  std::map<std::string, QuicInitialReader> readers;
  size_t compared = 0;
  forEachPacket(capture, [&](const DecodedPacket& packet, size_t frame) {
    const auto direction = directions.find(frame);
    if (packet.key.protocol != 17 || direction == directions.end()) return;
    QuicInitialReader& reader = readers[direction->second];
    reader.add({packet.payload, packet.payloadLengthBytes});
  });
  for (const auto& [direction, hello] : expected) {
    CAPTURE(direction);
    QuicInitialReader& reader = readers[direction];
    const Reading reading = reader.add({});

    CHECK(reading == Reading::COMPLETE);
    checkHello(reader.hello(), hello);
    ++compared;
  }
  return compared;
}

TEST_CASE("TLS: as tshark reads it") {
  compareCaptures({"443-firefox.pcap", "tls_long_cert.pcap", "ja3_lots_of_cipher_suites.pcap",
                   "443-safari.pcap"},
                  4, compareTls);
}

TEST_CASE("DTLS: as tshark reads it") {
  compareCaptures(
      {"dtls2.pcap", "dtls_session_id_and_coockie_both.pcap", "dtls_certificate_fragments.pcap",
       "stun_zoom.pcapng", "stun_google_meet.pcapng"},
      5, compareDtls);
}

TEST_CASE("QUIC: as tshark reads it") {
  compareCaptures(
      {"quic-v2.pcapng", "quic-29.pcap", "quic-24.pcap", "quic-mvfst-22.pcap", "quic_t51.pcap",
       "quic_q50.pcap", "quic_q46_b.pcap", "quic_q43.pcap", "quic_q39.pcap", "gquic.pcap",
       "quic-23.pcap", "quic-27.pcap", "quic-28.pcap", "quic-34.pcap", "quic_0RTT.pcap",
       "quic_cc_ack.pcapng", "quic_frags_ch_out_of_order_same_packet_craziness.pcapng"},
      17, compareQuic);
}

}  // namespace
}  // namespace weir
