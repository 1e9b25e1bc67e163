// SPDX-License-Identifier: Apache-2.0
#include "classify/rtp_shape.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>

#include "decode/test_frames.h"
#include "dissect/test_tshark.h"

namespace weir {
namespace {

using test::append;
using test::append16;
using test::append32;
using test::Octets;

struct RtpFields {
  uint8_t payloadType = 0;
  uint16_t sequence = 65534;
  uint32_t timestamp = 0xffffff00;
  uint32_t source = 77;
};

Octets rtp(const RtpFields& fields) {
  Octets octets = {0x80, fields.payloadType};
  append16(octets, fields.sequence);
  append32(octets, fields.timestamp);
  append32(octets, fields.source);
  octets.resize(172, 0xd5);
  return octets;
}

Octets report(uint8_t type, uint32_t source, size_t words) {
  Octets octets = {0x81, type};
  append16(octets, static_cast<uint32_t>(words - 1));
  append32(octets, source);
  octets.resize(words * 4);
  return octets;
}

TEST_CASE("RTP is known at the fourth packet in a row, over the wraps of its numbers") {
  RtpShape shape;
  RtpFields fields;
  for (int packet = 1; packet <= 6; ++packet) {
    CHECK(shape.add(rtp(fields)) == (packet < 4 ? MediaShape::UNDECIDED : MediaShape::RTP));
    ++fields.sequence;
    fields.timestamp += 160;
  }
}

TEST_CASE("what changes from packet to packet is no RTP") {
  for (int kind = 0; kind < 6; ++kind) {
    RtpShape shape;
    RtpFields fields;
    MediaShape last = MediaShape::UNDECIDED;
    for (uint8_t packet = 0; packet < 100; ++packet) {
      last = shape.add(rtp(fields));
      CHECK(last != MediaShape::RTP);
      fields.sequence = static_cast<uint16_t>(fields.sequence + (kind == 0 ? 17 : 1));
      fields.timestamp += kind == 1 ? -160 : 160;
      if (kind == 2) ++fields.source;
      if (kind == 3) fields.payloadType = packet % 2 == 0 ? 8 : 0;
      if (kind == 4) fields.payloadType = 40;
      if (kind == 5) --fields.sequence;
    }
    CHECK(last == MediaShape::NEITHER);
  }
}

TEST_CASE("what comes between the packets of a stream does not count") {
  RtpShape shape;
  RtpFields fields;
  MediaShape verdict = MediaShape::UNDECIDED;
  for (int packet = 0; packet < 4; ++packet) {
    CHECK(verdict == MediaShape::UNDECIDED);
    if (packet % 2 == 0) {
      shape.add(Octets{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42});
      shape.add(report(200, 77, 7));
    }
    shape.add(rtp(fields));
    verdict = shape.add(rtp(fields));  // as a mirror port gives it
    ++fields.sequence;
  }
  CHECK(verdict == MediaShape::RTP);
}

TEST_CASE("RTCP is known by four packets of one source in at least two datagrams") {
  Octets compound = report(200, 5, 7);
  append(compound, report(202, 5, 3));
  RtpShape shape;
  CHECK(shape.add(compound) == MediaShape::UNDECIDED);
  CHECK(shape.add(compound) == MediaShape::RTCP);

  Octets many = report(201, 5, 2);
  for (int i = 0; i < 300; ++i) append(many, report(202, 5, 2));
  RtpShape one;
  CHECK(one.add(many) == MediaShape::UNDECIDED);
  Octets longer = compound;
  longer.push_back(0);
  for (int i = 0; i < 100; ++i) CHECK(one.add(longer) != MediaShape::RTCP);
}

TEST_CASE("no random flow is media") {
  std::mt19937_64 random(9);
  size_t media = 0;
  for (int flow = 0; flow < 1'000'000; ++flow) {
    RtpShape shape;
    for (int datagram = 0; datagram < 5; ++datagram) {
      uint8_t octets[24];
      for (size_t at = 0; at < sizeof octets; at += 8) {
        const uint64_t word = random();
        std::memcpy(octets + at, &word, 8);
      }
      octets[0] = static_cast<uint8_t>(0x80 | (octets[0] & 0x2fU));  // the version is right
      const MediaShape verdict = shape.add(octets);
      media += verdict == MediaShape::RTP || verdict == MediaShape::RTCP ? 1 : 0;
    }
  }
  CHECK(media == 0);
}

std::string portPair(const std::string& one, const std::string& other) {
  return std::stoul(one) < std::stoul(other) ? one + " " + other : other + " " + one;
}

/// Flows of UDP of which a direction has the shape.
std::set<std::string> mediaOf(const std::string& capture) {
  std::map<std::string, RtpShape> shapes;
  std::set<std::string> media;
  test::forEachPacket(capture, [&](const DecodedPacket& packet, size_t) {
    if (packet.key.protocol != 17 || packet.payload == nullptr) return;
    std::string key(reinterpret_cast<const char*>(&packet.key), sizeof packet.key);
    key.push_back(static_cast<char>(packet.sender));
    const MediaShape shape = shapes[key].add({packet.payload, packet.payloadLengthBytes});
    if (shape == MediaShape::RTP || shape == MediaShape::RTCP)
      media.insert(portPair(std::to_string(packet.key.portA), std::to_string(packet.key.portB)));
  });
  return media;
}

/// Flows of UDP that `labels.csv` calls media, with enough packets to have a shape.
std::map<std::string, std::set<std::string>> labelledMedia() {
  std::map<std::string, std::set<std::string>> flows;
  std::ifstream labels("../shared/data/applications/labels.csv");
  for (std::string line; std::getline(labels, line);) {
    const auto cells = test::splitText(line, ',');
    if (cells.size() < 11 || cells[1] != "UDP") continue;
    const bool isMedia = cells[6] == "RTP" || cells[6] == "SRTP" || cells[6] == "RTCP";
    if (!isMedia) continue;
    if (std::stoul(cells[8]) < 5 && std::stoul(cells[10]) < 5 && cells[6] != "RTCP") continue;
    flows[cells[0]].insert(portPair(cells[3], cells[5]));
  }
  return flows;
}

TEST_CASE("media of real applications has the shape, and nothing else") {
  const std::string folder = "../shared/data/applications";
  if (!std::filesystem::exists(folder)) return;
  const auto labelled = labelledMedia();
  // Calls whose flows are labelled by what set them up, and a file of unlabelled streams.
  const std::set<std::string> calls = {"discord.pcap",
                                       "line.pcap",
                                       "geforcenow.pcapng",
                                       "stun_classic.pcap",
                                       "stun_google_meet.pcapng",
                                       "stun_wa_call.pcapng",
                                       "wa_voice.pcap",
                                       "whatsapp_login_call.pcap"};
  size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "labels.csv" || name == "someip_sd_sample.pcap") continue;
    const std::set<std::string> media = mediaOf(entry.path().string());
    const auto labels = labelled.find(name);
    INFO(name);
    if (!calls.contains(name)) CHECK(media.empty() == (labels == labelled.end()));
    if (labels == labelled.end()) continue;
    for (const std::string& flow : labels->second) {
      INFO(flow);
      CHECK(media.contains(flow));
    }
    found += labels->second.size();
  }
  CHECK(found > 10);
}

}  // namespace
}  // namespace weir
