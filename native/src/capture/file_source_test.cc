// SPDX-License-Identifier: Apache-2.0
#include "capture/file_source.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "capture/capture_error.h"
#include "capture/test_captures.h"

using namespace weir;
using namespace weir::test;

namespace {

std::vector<TestPacket> readLane(FileSource& source) {
  std::vector<TestPacket> packets;
  std::array<PacketView, 32> batch;
  while (!source.finished()) {
    const size_t count = source.receive(batch);
    for (size_t i = 0; i < count; ++i) packets.push_back(copyOf(batch[i]));
  }
  CHECK(source.receive(batch) == 0);
  return packets;
}

Octets fileOf(const std::vector<TestPacket>& packets) {
  return pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets);
}

}  // namespace

TEST_CASE("a pipe is read once, to its end") {
  const FilledPipe pipe(fileOf(packetsOfPairs(1)));
  FileSource source(pipe.path());
  CHECK(source.clockNs() == PacketSource::NO_TIME);
  source.open();
  CHECK(readLane(source).size() == 7);
}

TEST_CASE("a pipe is read in bounded memory, whatever the sizes of its pieces") {
  const auto packets = packetsOfPairs(3000);  // 3 MB: many windows
  const Octets content = fileOf(packets);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const Fd readEnd(ends[0]);
  std::thread writer([&content, end = Fd(ends[1])] {
    for (size_t at = 0, step = 1; at < content.size(); at += step, step = step * 7 % 4093 + 1)
      if (::write(end.get(), &content[at], std::min(step, content.size() - at)) < 0) return;
  });
  FileSource source("/dev/fd/" + std::to_string(readEnd.get()));
  source.open();
  CHECK(readLane(source) == packets);
  CHECK(source.counters().truncatedFileRecords == 0);
  writer.join();
}

TEST_CASE("a pipe that is silent keeps nobody waiting, and goes on") {
  const auto packets = packetsOfPairs(1);
  const Octets content = fileOf(packets);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const Fd readEnd(ends[0]);
  Fd writeEnd(ends[1]);
  REQUIRE(::write(writeEnd.get(), content.data(), content.size() - 10) > 0);
  FileSource source("/dev/fd/" + std::to_string(readEnd.get()));
  source.open();
  std::array<PacketView, 32> batch;
  CHECK(source.receive(batch) == packets.size() - 1);
  CHECK(source.receive(batch) == 0);
  CHECK_FALSE(source.finished());
  REQUIRE(::write(writeEnd.get(), &content[content.size() - 10], 10) == 10);
  CHECK(source.receive(batch) == 1);
  CHECK(copyOf(batch[0]) == packets.back());
  writeEnd = Fd();
  CHECK(source.receive(batch) == 0);
  CHECK(source.finished());
}

TEST_CASE("a file that is cut short while it is read ends there, and the loss is counted") {
  const Octets frame = ethernet({}, ipv4({}, udp({}, Octets(1400, 7))));
  const TestPacket packet{1, frame, static_cast<uint32_t>(frame.size())};
  const Octets content = fileOf(std::vector<TestPacket>(9000, packet));
  const size_t recordBytes = 16 + frame.size();
  // In the middle of a page and of a record, and at a record's end: the kernel fills the page up.
  for (const size_t newSize : {24 + 5000 * recordBytes + 700, 24 + 5000 * recordBytes}) {
    const TemporaryFile file(content);
    FileSource source(file.path());
    source.open();
    std::array<PacketView, 32> batch;
    size_t frames = source.receive(batch);
    REQUIRE(::truncate(file.path().c_str(), static_cast<off_t>(newSize)) == 0);
    while (!source.finished()) {
      const size_t count = source.receive(batch);
      for (size_t i = 0; i < count; ++i) CHECK(copyOf(batch[i]) == packet);
      frames += count;
    }
    CHECK(frames == 5000);
    CHECK(source.counters().fileReadFailures == 1);
  }
}

TEST_CASE("standard input may be a socket") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const auto packets = packetsOfPairs(1);
  const Octets content = fileOf(packets);
  REQUIRE(::write(ends[1], content.data(), content.size()) > 0);
  ::close(ends[1]);
  const Fd before(::dup(STDIN_FILENO));
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  FileSource source("-");
  CHECK_NOTHROW(source.open());
  if (before.valid()) ::dup2(before.get(), STDIN_FILENO);
  CHECK(readLane(source) == packets);
}

TEST_CASE("a large file is read through many windows") {
  const Octets frame = ethernet({}, ipv4({}, udp({}, Octets(1400, 7))));
  std::vector<TestPacket> packets;
  for (int64_t i = 0; i < 12'000; ++i)
    packets.push_back({i, frame, static_cast<uint32_t>(frame.size())});
  const TemporaryFile file(fileOf(packets));  // 17 MB: several windows
  FileSource source(file.path());
  source.open();
  CHECK(readLane(source) == packets);
}
