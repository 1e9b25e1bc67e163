// SPDX-License-Identifier: Apache-2.0
// For unit tests only: what tshark reads in the captures of ../shared/data/applications, and the
// datagrams and streams that Weir has of them. Where either is absent there is nothing to compare.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "capture/capture_file.h"
#include "classify/stream_assembler.h"
#include "decode/packet_decoder.h"

namespace weir::test {

/// "" when there is no such capture. The tests run in the repository's root.
inline std::string applicationCapture(const std::string& name) {
  const std::string path = "../shared/data/applications/" + name;
  return std::filesystem::exists(path) ? path : std::string();
}

inline std::vector<std::string> splitText(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// A row for each packet that passes `filter`: values of `fields` ("-e a -e b"), several of one
/// field with \x01 between. Empty when there is no tshark.
inline std::vector<std::vector<std::string>> tsharkRows(const std::string& capture,
                                                        const std::string& filter,
                                                        const std::string& fields) {
  const std::string command = "tshark -r '" + capture + "' -Y '" + filter +
                              "' -T fields -E separator=/t -E aggregator='\x01' " + fields +
                              " 2>/dev/null";
  std::vector<std::vector<std::string>> rows;
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return rows;
  char* line = nullptr;
  size_t capacity = 0;
  for (ssize_t length = 0; (length = getline(&line, &capacity, pipe)) > 0;)
    rows.push_back(splitText(std::string_view(line, static_cast<size_t>(length - 1)), '\t'));
  std::free(line);
  pclose(pipe);
  return rows;
}

/// Calls `visit(packet, frameNumber)` for each packet; frames count from 1, as in tshark.
template <typename Visit>
void forEachPacket(const std::string& capture, Visit visit) {
  CaptureFile file(capture);
  file.open();
  PacketDecoder decoder;
  std::array<PacketView, 32> batch;
  size_t frame = 0;
  while (const size_t count = file.read(batch))
    for (const PacketView& view : std::span(batch).first(count)) {
      DecodedPacket packet;
      ++frame;
      if (decoder.decode(view, packet) == Decoding::DONE && packet.payloadLengthBytes > 0)
        visit(packet, frame);
    }
}

/// Calls `visit(packet, row)` for each packet that passes `filter`: a row of tsharkRows, with the
/// frame's number before `fields`.
template <typename Visit>
void forEachRow(const std::string& capture, const std::string& filter, const std::string& fields,
                Visit visit) {
  std::map<size_t, std::vector<std::string>> rows;
  for (auto& row : tsharkRows(capture, filter, "-e frame.number " + fields))
    rows.emplace(std::stoul(row[0]), std::move(row));
  forEachPacket(capture, [&](const DecodedPacket& packet, size_t frame) {
    const auto found = rows.find(frame);
    if (found == rows.end()) return;
    INFO(capture, " frame ", frame);
    visit(packet, found->second);
  });
}

inline bool hasTshark() { return std::system("command -v tshark >/dev/null") == 0; }

/// `compare(capture)` gives how often Weir's reading was compared with tshark's: at least
/// `leastCompared` times in all of the captures that are there.
template <typename Compare>
void compareCaptures(const std::vector<std::string>& names, size_t leastCompared, Compare compare) {
  size_t compared = 0;
  size_t captures = 0;
  for (const std::string& name : names) {
    const std::string capture = applicationCapture(name);
    if (capture.empty()) continue;
    CAPTURE(name);
    ++captures;
    compared += compare(capture);
  }
  MESSAGE(compared, " comparisons with tshark in ", captures, " captures");
  if (captures > 0 && hasTshark()) CHECK(compared >= leastCompared);
}

/// The first octets of a TCP direction, in order.
struct TestStream {
  std::string octets;
  size_t firstFrame = 0;

  [[nodiscard]] std::span<const uint8_t> bytes() const {
    return {reinterpret_cast<const uint8_t*>(octets.data()), octets.size()};
  }
};

/// The streams of a capture whose start is there, each up to `limitBytes`.
inline std::vector<TestStream> streamsOf(const std::string& capture, uint32_t limitBytes = 16384) {
  struct Direction {
    StreamAssembler assembler;
    TestStream stream;
  };
  std::map<std::string, Direction> directions;
  SegmentPool pool(1024);
  std::vector<StreamChunk> chunks;
  CaptureFile file(capture);
  file.open();
  PacketDecoder decoder;
  std::array<PacketView, 32> batch;
  size_t frame = 0;
  while (const size_t count = file.read(batch))
    for (const PacketView& view : std::span(batch).first(count)) {
      DecodedPacket packet;
      ++frame;
      if (decoder.decode(view, packet) != Decoding::DONE || packet.key.protocol != 6) continue;
      std::string key(reinterpret_cast<const char*>(&packet.key), sizeof packet.key);
      key.push_back(static_cast<char>(packet.sender));
      Direction& direction = directions[key];
      if ((packet.tcpFlags & TCP_SYN) != 0) direction.assembler.start(packet.tcpSequence + 1);
      if (!direction.assembler.isStarted() || packet.payloadLengthBytes == 0) continue;
      const std::span payload(packet.payload, packet.payloadLengthBytes);
      direction.assembler.add(packet.tcpSequence, payload, limitBytes, pool, chunks);
      for (const StreamChunk& chunk : chunks) {
        if (direction.stream.octets.empty()) direction.stream.firstFrame = frame;
        direction.stream.octets.append(chunk.bytes.begin(), chunk.bytes.end());
        if (chunk.block != SegmentPool::NO_BLOCK) pool.giveBack(chunk.block);
      }
      chunks.clear();
    }
  std::vector<TestStream> streams;
  for (auto& [key, direction] : directions) {
    direction.assembler.clear(pool);
    if (!direction.stream.octets.empty()) streams.push_back(std::move(direction.stream));
  }
  return streams;
}

}  // namespace weir::test
