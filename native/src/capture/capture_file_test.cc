// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_file.h"

#include <doctest/doctest.h>

#include <array>

#include "capture/capture_error.h"
#include "capture/test_captures.h"

using namespace weir;
using namespace weir::test;

namespace {

constexpr ByteOrder ORDERS[] = {ByteOrder::NATIVE, ByteOrder::SWAPPED};
constexpr TestResolution RESOLUTIONS[] = {TestResolution::MICROSECONDS,
                                          TestResolution::NANOSECONDS};

struct Reading {
  std::vector<TestPacket> packets;
  CaptureCounters counters;
  int64_t newestNs = 0;
};

Reading readAll(const std::string& path) {
  CaptureFile file(path);
  file.open();
  Reading reading;
  std::array<PacketView, 3> batch;  // small, so that files end inside and at a batch
  while (const size_t count = file.read(batch))
    for (size_t i = 0; i < count; ++i) reading.packets.push_back(copyOf(batch[i]));
  CHECK(file.read(batch) == 0);
  reading.counters = file.counters();
  reading.newestNs = file.clockNs();
  return reading;
}

Reading readOctets(const Octets& content) { return readAll(FilledPipe(content).path()); }

std::string codeOf(const std::string& path) {
  try {
    readAll(path);
  } catch (const CaptureError& error) {
    return error.code();
  }
  return "none";
}

std::vector<TestPacket> somePackets() {
  auto packets = packetsOfPairs(1);
  packets.push_back({1'700'000'001'000'001'000, text("cut"), 1514});
  packets.push_back({1'700'000'000'000'000'000, {}, 60});  // out of order, and nothing captured
  return packets;
}

}  // namespace

TEST_CASE("every format, byte order and resolution gives the same views") {
  const auto packets = somePackets();
  for (const ByteOrder order : ORDERS)
    for (const TestResolution resolution : RESOLUTIONS)
      for (const auto& content :
           {pcapFile(order, resolution, packets), pcapngFile(order, resolution, packets)}) {
        const TemporaryFile file(content);
        for (const Reading& reading : {readAll(file.path()), readOctets(content)}) {
          CHECK(reading.packets == packets);
          CHECK(reading.newestNs == 1'700'000'001'000'001'000);
          CHECK(reading.counters.truncatedFileRecords == 0);
          CHECK(reading.counters.malformedFileBlocks == 0);
        }
      }
}

TEST_CASE("a file cut at any octet gives what comes before and counts the cut") {
  const auto packets = somePackets();
  for (const auto& [content, firstRecordAt] :
       {std::pair{pcapFile(ByteOrder::NATIVE, TestResolution::MICROSECONDS, packets), 24UL},
        std::pair{pcapngFile(ByteOrder::SWAPPED, TestResolution::NANOSECONDS, packets), 28UL}}) {
    size_t cleanCuts = 0;
    for (size_t bytes = firstRecordAt; bytes <= content.size(); ++bytes) {
      const Octets cut(content.begin(), content.begin() + static_cast<ptrdiff_t>(bytes));
      const Reading reading = readOctets(cut);
      const auto expectedEnd = packets.begin() + static_cast<ptrdiff_t>(reading.packets.size());
      CHECK(reading.packets == std::vector<TestPacket>(packets.begin(), expectedEnd));
      CHECK(reading.counters.malformedFileBlocks == 0);
      CHECK(reading.counters.truncatedFileRecords <= 1);
      cleanCuts += reading.counters.truncatedFileRecords == 0 ? 1 : 0;
    }
    // Between records nothing is missing: before the first, after each, and in pcapng after the
    // interface description.
    CHECK(cleanCuts == packets.size() + (firstRecordAt == 24 ? 1 : 2));
    for (size_t bytes = 0; bytes < firstRecordAt; ++bytes) {
      const Octets cut(content.begin(), content.begin() + static_cast<ptrdiff_t>(bytes));
      CHECK(codeOf(FilledPipe(cut).path()) == capture_code::NOT_A_CAPTURE_FILE);
    }
  }
}

TEST_CASE("the clock of a capture stands when frames are late and follows when many are old") {
  constexpr int64_t HOUR_NS = 3'600'000'000'000;
  CaptureClock clock;
  CHECK(clock.nowNs() == PacketSource::NO_TIME);
  for (const int64_t time : {5 * HOUR_NS, 5 * HOUR_NS - 1'000'000, HOUR_NS}) clock.see(time);
  CHECK(clock.nowNs() == 5 * HOUR_NS);
  for (int frame = 0; frame < 40; ++frame) clock.see(HOUR_NS + frame);
  CHECK(clock.nowNs() == HOUR_NS + 39);
}

TEST_CASE("rewind starts over") {
  const TemporaryFile temporary(
      pcapFile(ByteOrder::NATIVE, TestResolution::MICROSECONDS, packetsOfPairs(1)));
  CaptureFile file(temporary.path());
  file.open();
  std::array<PacketView, 16> batch;
  CHECK(file.read(batch) == 7);
  CHECK(file.read(batch) == 0);
  file.rewind();
  CHECK(file.clockNs() == PacketSource::NO_TIME);
  CHECK(file.read(batch) == 7);
}

TEST_CASE("an insane length in pcap is counted and ends the file") {
  const auto packets = somePackets();
  Octets content = pcapFile(ByteOrder::NATIVE, TestResolution::MICROSECONDS, packets);
  const size_t secondRecord = 24 + 16 + packets[0].frame.size();
  content[secondRecord + 11] = 0x7f;
  const Reading reading = readOctets(content);
  CHECK(reading.packets.size() == 1);
  CHECK(reading.counters.malformedFileBlocks == 1);
  CHECK(reading.counters.truncatedFileRecords == 0);
}

TEST_CASE("the upper half of the pcap link type is not the link type") {
  Octets content = pcapHeader(ByteOrder::SWAPPED, TestResolution::MICROSECONDS, 0x40000001);
  append(content,
         pcapRecord(ByteOrder::SWAPPED, TestResolution::MICROSECONDS, {0, text("frame"), 0}));
  const TemporaryFile temporary(content);
  CaptureFile file(temporary.path());
  file.open();
  std::array<PacketView, 1> batch;
  REQUIRE(file.read(batch) == 1);
  CHECK(batch[0].linkType == LinkType::ETHERNET);
}

TEST_CASE("what cannot be opened says why, with a stable code") {
  CHECK(codeOf("/no/such/file.pcap") == "WEIR_CAPTURE_CANNOT_OPEN");
  CHECK(codeOf("/tmp") == "WEIR_CAPTURE_CANNOT_OPEN");
  CHECK(codeOf(TemporaryFile({}).path()) == "WEIR_CAPTURE_NOT_A_CAPTURE_FILE");
  CHECK(codeOf(TemporaryFile(text("{\"not\": \"a capture\", \"at\": \"all\"}")).path()) ==
        "WEIR_CAPTURE_NOT_A_CAPTURE_FILE");
  CHECK(codeOf(TemporaryFile({0x1f, 0x8b, 8, 0, 0, 0}).path()) == "WEIR_CAPTURE_COMPRESSED_FILE");
  Octets version3 = pcapHeader(ByteOrder::NATIVE, TestResolution::MICROSECONDS);
  version3[4] = 3;
  CHECK(codeOf(TemporaryFile(version3).path()) == "WEIR_CAPTURE_UNSUPPORTED_VERSION");
  Octets noMagic = PcapngWriter(ByteOrder::NATIVE).section().octets();
  noMagic[8] = 0;
  CHECK(codeOf(TemporaryFile(noMagic).path()) == "WEIR_CAPTURE_NOT_A_CAPTURE_FILE");
}

TEST_CASE("a file of nothing but an unreadable link type is refused by its name") {
  constexpr uint32_t RADIOTAP = 127;
  const TestPacket packet{1000, text("frame"), 0};
  Octets pcap = pcapHeader(ByteOrder::SWAPPED, TestResolution::MICROSECONDS, RADIOTAP);
  append(pcap, pcapRecord(ByteOrder::SWAPPED, TestResolution::MICROSECONDS, packet));
  const TemporaryFile file(pcap);
  CHECK(codeOf(file.path()) == "WEIR_CAPTURE_UNSUPPORTED_LINK_TYPE");
  CHECK(codeOf(FilledPipe(pcap).path()) == "WEIR_CAPTURE_UNSUPPORTED_LINK_TYPE");
  try {
    CaptureFile(file.path()).open();
  } catch (const CaptureError& error) {
    CHECK(std::string(error.what()).find("127 (802.11 with a radiotap header)") !=
          std::string::npos);
  }
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section().interface({}, RADIOTAP).enhanced(0, 1, packet);
  CHECK(codeOf(TemporaryFile(writer.octets()).path()) == "WEIR_CAPTURE_UNSUPPORTED_LINK_TYPE");
}

TEST_CASE("a file with some frames of a readable link type is read, each frame with its own") {
  const TestPacket packet{1000, text("frame"), 0};
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section().interface({}, 127).enhanced(0, 1, packet).enhanced(0, 2, packet);
  writer.section().interface({}, 113).enhanced(0, 3, packet);
  const TemporaryFile temporary(writer.octets());
  CaptureFile file(temporary.path());
  file.open();
  std::array<PacketView, 4> batch;
  REQUIRE(file.read(batch) == 3);
  CHECK(batch[0].linkType == static_cast<LinkType>(127));
  CHECK(batch[2].linkType == LinkType::LINUX_COOKED);
}

TEST_CASE("random changes to a file neither crash nor loop") {
  const auto packets = somePackets();
  uint32_t state = 12345;
  const auto random = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
  for (const auto& content :
       {pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets),
        pcapngFile(ByteOrder::SWAPPED, TestResolution::MICROSECONDS, packets)})
    for (int round = 0; round < 1500; ++round) {
      Octets changed = content;
      for (uint32_t changes = random() % 8 + 1; changes > 0; --changes)
        changed[random() % changed.size()] = static_cast<uint8_t>(random());
      try {
        const size_t frames = readOctets(changed).packets.size();
        CHECK(frames <= content.size() / 12);
      } catch (const CaptureError&) {
        continue;  // the change hit the file header
      }
    }
}
