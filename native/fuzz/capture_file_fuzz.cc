// SPDX-License-Identifier: Apache-2.0
// Capture files: every frame lies inside the file, and a pipe gives the same frames and counts,
// whatever pieces it is read in.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "capture/capture_error.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr size_t PIPE_BYTES = 60'000;  // what a pipe takes without a reader
constexpr size_t SMALLEST_BLOCK_BYTES = 12;

struct Frame {
  std::vector<uint8_t> octets;
  uint32_t originalLengthBytes;
  int64_t timestampNs;
  LinkType linkType;
  bool operator==(const Frame&) const = default;
};

struct Reading {
  std::vector<Frame> frames;
  CaptureCounters counters;
  int64_t clockNs = 0;
  bool refused = false;
};

void checkView(const PacketView& view, const FileBytes& bytes) {
  const size_t at = static_cast<size_t>(view.data - bytes.data());
  require(at <= bytes.size() && view.capturedLengthBytes <= bytes.size() - at,
          "a frame lies inside the file");
  require(view.capturedLengthBytes <= MAXIMUM_FRAME_BYTES, "a frame has a sane length");
  require(view.originalLengthBytes >= view.capturedLengthBytes, "no frame grows by its capture");
  require(view.timestampNs >= 0 && view.timestampNs <= CaptureClock::LATEST_NS,
          "adding a timeout to a time cannot overflow");
}

template <typename Reader>
Reading readWith(Reader& reader, FileBytes& bytes) {
  Reading reading;
  std::array<PacketView, 5> batch;
  while (!reader.ended()) {
    const size_t count = reader.read(bytes, batch, reading.counters, ReadExtent::FURTHER);
    for (const PacketView& view : std::span(batch).first(count)) {
      checkView(view, bytes);
      reading.frames.push_back({{view.data, view.data + view.capturedLengthBytes},
                                view.originalLengthBytes,
                                view.timestampNs,
                                view.linkType});
    }
  }
  reading.clockNs = reader.clockNs();
  return reading;
}

Reading readAll(FileBytes& bytes) {
  try {
    if (PcapReader::recognises(bytes)) {
      PcapReader reader;
      reader.start(bytes);
      return readWith(reader, bytes);
    }
    if (PcapngReader::recognises(bytes)) {
      PcapngReader reader;
      reader.start();
      return readWith(reader, bytes);
    }
  } catch (const CaptureError&) {
  }
  return {.refused = true};
}

/// The same through a pipe, `pieceBytes` at a time.
Reading readFromPipe(std::span<const uint8_t> octets, size_t pieceBytes) {
  int ends[2];
  require(::pipe2(ends, O_CLOEXEC) == 0, "there is a pipe");
  const Fd readEnd(ends[0]);
  const ssize_t written = ::write(ends[1], octets.data(), octets.size());
  ::close(ends[1]);
  require(written == static_cast<ssize_t>(octets.size()), "the pipe takes the file");
  FileBytes bytes(pieceBytes);
  bytes.open("/dev/fd/" + std::to_string(readEnd.get()));
  return readAll(bytes);
}

bool sameReading(const Reading& one, const Reading& other) {
  return one.refused == other.refused && one.frames == other.frames &&
         one.clockNs == other.clockNs &&
         one.counters.truncatedFileRecords == other.counters.truncatedFileRecords &&
         one.counters.malformedFileBlocks == other.counters.malformedFileBlocks;
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  const size_t pieceBytes = 1 + input.integer<uint8_t>();
  const ExactBlock file(input.take(PIPE_BYTES));
  weir::FileBytes bytes;
  bytes.borrow(file.view());
  const Reading whole = readAll(bytes);
  require(whole.frames.size() <= file.view().size() / SMALLEST_BLOCK_BYTES,
          "no octets make two frames");
  require(whole.counters.truncatedFileRecords <= 1, "a file ends once");
  require(sameReading(whole, readFromPipe(file.view(), pieceBytes)),
          "a pipe gives what the file gives");
  return 0;
}
