// SPDX-License-Identifier: Apache-2.0
#include "classify/stream_assembler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

namespace weir {
namespace {

struct Stream {
  SegmentPool pool{1024};
  StreamAssembler assembler;
  std::string received;

  SegmentOutcome add(uint32_t sequence, std::string_view text, uint32_t limit = 4096) {
    std::vector<StreamChunk> chunks;
    const auto* data = reinterpret_cast<const uint8_t*>(text.data());
    const SegmentOutcome outcome =
        assembler.add(sequence, {data, text.size()}, limit, pool, chunks);
    for (const StreamChunk& chunk : chunks) {
      received.append(chunk.bytes.begin(), chunk.bytes.end());
      if (chunk.block != SegmentPool::NO_BLOCK) pool.giveBack(chunk.block);
    }
    return outcome;
  }
};

TEST_CASE("segments come out in the order of the stream") {
  Stream stream;
  stream.assembler.start(100);
  CHECK(stream.add(103, "def") == SegmentOutcome::HELD);
  CHECK(stream.add(100, "abc") == SegmentOutcome::DELIVERED);
  CHECK(stream.received == "abcdef");
  CHECK(stream.pool.used() == 0);
}

TEST_CASE("small pieces that follow each other wait in one block") {
  Stream stream;
  stream.assembler.start(100);
  for (uint32_t i = 0; i < 100; ++i)
    CHECK(stream.add(101 + i, std::string_view("0123456789").substr(i % 10, 1)) ==
          SegmentOutcome::HELD);
  CHECK(stream.pool.used() == 1);
  CHECK(stream.add(100, "x") == SegmentOutcome::DELIVERED);
  CHECK(stream.received.size() == 101);
  CHECK(stream.received.substr(0, 12) == "x01234567890");
  CHECK(stream.pool.used() == 0);
}

TEST_CASE("keep-alives and retransmissions add nothing") {
  Stream stream;
  stream.assembler.start(100);
  CHECK(stream.add(99, std::string_view("\0", 1)) == SegmentOutcome::STALE);
  stream.add(100, "abc");
  CHECK(stream.add(102, "X") == SegmentOutcome::STALE);
  CHECK(stream.add(100, "abc") == SegmentOutcome::STALE);
  CHECK(stream.add(101, "XXdef") == SegmentOutcome::DELIVERED);
  CHECK(stream.received == "abcdef");
}

TEST_CASE("of overlapping octets the first to arrive win, also those that wait") {
  Stream stream;
  stream.assembler.start(0);
  stream.add(2, "CD");
  stream.add(6, "GH");
  CHECK(stream.add(0, "abcdefgh") == SegmentOutcome::DELIVERED);
  CHECK(stream.received == "abCDefGH");
}

TEST_CASE("sequence numbers wrap") {
  Stream stream;
  stream.assembler.start(0xfffffffe);
  stream.add(1, "de");
  stream.add(0xfffffffe, "abc");
  CHECK(stream.received == "abcde");
}

TEST_CASE("octets past the limit are not wanted") {
  Stream stream;
  stream.assembler.start(0);
  CHECK(stream.add(10, "x", 10) == SegmentOutcome::BEYOND);
  CHECK(stream.add(8, "abcdef", 10) == SegmentOutcome::HELD);
  stream.add(0, "01234567", 10);
  CHECK(stream.received == "01234567ab");
}

TEST_CASE("too much out of order overflows, and clear gives the blocks back") {
  Stream stream;
  stream.assembler.start(0);
  for (uint32_t i = 0; i < StreamAssembler::HELD_MAX; ++i) {
    CHECK(stream.add(2 + 2 * i, "x") == SegmentOutcome::HELD);
  }
  CHECK(stream.add(100, "x") == SegmentOutcome::OVERFLOWED);
  CHECK(stream.pool.used() == StreamAssembler::HELD_MAX);
  stream.assembler.clear(stream.pool);
  CHECK(stream.pool.used() == 0);
}

TEST_CASE("any cut, order, repetition and overlap gives the same octets") {
  std::mt19937 random(1);
  const auto below = [&](size_t bound) { return random() % bound; };
  for (int round = 0; round < 2000; ++round) {
    std::string text(1 + below(400), '\0');
    for (char& c : text) c = static_cast<char>(random());
    struct Segment {
      uint32_t offset;
      std::string bytes;
    };
    std::vector<Segment> segments;
    for (size_t at = 0; at < text.size();) {
      const size_t length = 1 + below(text.size() / 6 + 1);
      const size_t overlap = below(at + 1) % 8;
      segments.push_back(
          {static_cast<uint32_t>(at - overlap), text.substr(at - overlap, overlap + length)});
      if (below(4) == 0) segments.push_back(segments.back());
      at += length;
    }
    // Neighbours change places, so that no more waits than is allowed to.
    for (size_t i = 0; i + 4 < segments.size(); i += 4) {
      std::shuffle(segments.begin() + static_cast<ptrdiff_t>(i),
                   segments.begin() + static_cast<ptrdiff_t>(i + 4), random);
    }
    Stream stream;
    const auto start = static_cast<uint32_t>(random());
    stream.assembler.start(start);
    for (const Segment& segment : segments) stream.add(start + segment.offset, segment.bytes);
    REQUIRE(stream.received == text);
    REQUIRE(stream.pool.used() == 0);
  }
}

}  // namespace
}  // namespace weir
