// SPDX-License-Identifier: Apache-2.0
// What pcapng has and pcap has not: sections, interfaces, options and several kinds of blocks.
#include "capture/pcapng_reader.h"

#include <doctest/doctest.h>

#include <array>

#include "capture/capture_file.h"
#include "capture/test_captures.h"

using namespace weir;
using namespace weir::test;

namespace {

struct Frame {
  int64_t timestampNs;
  std::string content;
  uint16_t linkType = 1;
  uint32_t originalBytes = 5;
  bool operator==(const Frame&) const = default;
};

struct Reading {
  std::vector<Frame> frames;
  CaptureCounters counters;
};

Reading readOctets(const Octets& content) {
  const FilledPipe pipe(content);
  CaptureFile file(pipe.path());
  file.open();
  Reading reading;
  std::array<PacketView, 4> batch;
  while (const size_t count = file.read(batch))
    for (const PacketView& view : std::span(batch).first(count))
      reading.frames.push_back({view.timestampNs,
                                std::string(view.data, view.data + view.capturedLengthBytes),
                                static_cast<uint16_t>(view.linkType), view.originalLengthBytes});
  reading.counters = file.counters();
  return reading;
}

TestPacket frame(const std::string& content) { return {0, text(content), 0}; }

}  // namespace

TEST_CASE("interfaces have their own link types, resolutions and offsets") {
  for (const ByteOrder order : {ByteOrder::NATIVE, ByteOrder::SWAPPED}) {
    PcapngWriter writer(order);
    Octets milliseconds = writer.option(2, text("eth0"));
    append(milliseconds, writer.option(9, {3}));
    append(milliseconds, writer.option(14, Writer(order).u64(1000).octets()));
    append(milliseconds, writer.option(0, {}));
    append(milliseconds, writer.option(9, {0}));  // after the end of the options: not read
    writer.section()
        .interface()
        .interface(milliseconds, 113)
        .interface(writer.option(9, {0x80 | 10}))
        .interface(writer.option(9, {12}))
        .interface(writer.option(14, Writer(order).u64(static_cast<uint64_t>(-2)).octets()))
        .enhanced(0, 1'000'001, frame("micro"))
        .enhanced(1, 5001, frame("milli"))
        .enhanced(2, 1536, frame("power"))
        .enhanced(3, 7'000'123'456'789, frame("picos"))
        .enhanced(4, 5'000'000, frame("minus"));
    const Reading reading = readOctets(writer.octets());
    const std::vector<Frame> expected = {{1'000'001'000, "micro"},
                                         {1'005'001'000'000, "milli", 113},
                                         {1'500'000'000, "power"},
                                         {7'000'123'456, "picos"},
                                         {3'000'000'000, "minus"}};
    CHECK(reading.frames == expected);
    CHECK(reading.counters.malformedFileBlocks == 0);
  }
}

TEST_CASE("times beyond all reason are cut, so that no timeout added to them overflows") {
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section()
      .interface(writer.option(9, {9}))
      .interface(
          writer.option(14, Writer(ByteOrder::NATIVE).u64(static_cast<uint64_t>(-2)).octets()))
      .enhanced(0, UINT64_MAX / 2, frame("later"))
      .enhanced(1, 0, frame("early"));
  const Reading reading = readOctets(writer.octets());
  const std::vector<Frame> expected = {{int64_t{1} << 62, "later"}, {int64_t{1} << 62, "early"}};
  CHECK(reading.frames == expected);
}

TEST_CASE("sections of different byte order begin their interfaces anew") {
  PcapngWriter first(ByteOrder::NATIVE);
  first.section().interface().interface({}, 113).enhanced(1, 1, frame("first"));
  PcapngWriter second(ByteOrder::SWAPPED);
  second.section().interface().enhanced(0, 2, frame("other")).enhanced(1, 3, frame("wrong"));
  Octets content = first.octets();
  append(content, second.octets());
  const Reading reading = readOctets(content);
  CHECK(reading.frames == std::vector<Frame>{{1000, "first", 113}, {2000, "other"}});
  CHECK(reading.counters.malformedFileBlocks == 1);
}

TEST_CASE("simple and obsolete packet blocks") {
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section()
      .interface({}, 1, 5)
      .simple({0, text("first"), 1514})
      .obsolete(0, 4, frame("older"))
      .simple({0, text("cut"), 3});
  const Reading reading = readOctets(writer.octets());
  const std::vector<Frame> expected = {
      {0, "first", 1, 1514}, {4000, "older"}, {4000, "cut", 1, 3}};  // the time of the one before
  CHECK(reading.frames == expected);
}

TEST_CASE("unknown blocks are skipped, broken ones counted, and the rest is read") {
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section()
      .simple(frame("no interface yet"))
      .interface(writer.option(9, {6, 0, 0, 0, 0, 0, 0, 0, 0}))
      .block(0x80000bad, text("a vendor's own"))
      .block(5, Octets(12))
      .block(6, Octets(16))  // too short for its fixed part
      .enhanced(9, 0, frame("no such interface"))
      .enhanced(0, 1, frame("sound"));
  const Reading reading = readOctets(writer.octets());
  CHECK(reading.frames == std::vector<Frame>{{1000, "sound"}});
  CHECK(reading.counters.malformedFileBlocks == 3);
}

TEST_CASE("captured lengths and options beyond the block are counted, not read") {
  PcapngWriter writer(ByteOrder::NATIVE);
  Octets longOption = writer.option(9, {6});
  longOption[2] = 200;
  writer.section().interface(longOption).interface();
  Octets tooLong = Writer(ByteOrder::NATIVE).u32(1).u32(0).u32(0).u32(9).u32(9).octets();
  append(tooLong, Octets(8));
  writer.block(6, tooLong).enhanced(1, 1, frame("sound"));
  const Reading reading = readOctets(writer.octets());
  CHECK(reading.frames == std::vector<Frame>{{1000, "sound"}});
  CHECK(reading.counters.malformedFileBlocks == 2);
}

TEST_CASE("a block whose lengths differ is counted and read on; an insane length ends the file") {
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section().interface().enhanced(0, 1, frame("first"));
  Octets content = writer.octets();
  content[content.size() - 4] ^= 1;
  const size_t insaneAt = content.size() + 4;
  PcapngWriter more(ByteOrder::NATIVE);
  append(content, more.enhanced(0, 2, frame("other")).octets());
  Reading reading = readOctets(content);
  CHECK(reading.frames == std::vector<Frame>{{1000, "first"}, {2000, "other"}});
  CHECK(reading.counters.malformedFileBlocks == 1);
  content[insaneAt] = 7;
  reading = readOctets(content);
  CHECK(reading.frames.size() == 1);
  CHECK(reading.counters.malformedFileBlocks == 2);
}
