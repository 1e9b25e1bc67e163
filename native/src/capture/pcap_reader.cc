// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_reader.h"

#include <algorithm>
#include <string>

#include "capture/capture_error.h"

namespace weir {
namespace {

constexpr uint32_t MAGIC_MICROSECONDS = 0xa1b2c3d4;
constexpr uint32_t MAGIC_NANOSECONDS = 0xa1b23c4d;
constexpr uint32_t MAGIC_KUZNETZOV = 0xa1b2cd34;  // Linux 2.x libpcap: longer record headers
constexpr size_t FILE_HEADER_BYTES = 24;
constexpr uint32_t RECORD_HEADER_BYTES = 16;
constexpr uint32_t KUZNETZOV_HEADER_BYTES = 24;
constexpr int64_t NS_PER_SECOND = 1'000'000'000;

bool isMagic(uint32_t value) {
  return value == MAGIC_MICROSECONDS || value == MAGIC_NANOSECONDS || value == MAGIC_KUZNETZOV;
}

}  // namespace

bool PcapReader::recognises(const FileBytes& bytes) {
  if (bytes.size() < sizeof(uint32_t)) return false;
  const auto magic = loadNative<uint32_t>(bytes.data());
  return isMagic(magic) || isMagic(__builtin_bswap32(magic));
}

void PcapReader::start(const FileBytes& bytes) {
  if (bytes.size() < FILE_HEADER_BYTES)
    throw CaptureError(capture_code::NOT_A_CAPTURE_FILE,
                       "the pcap file ends inside its file header; capture it again");
  const uint8_t* const header = bytes.data();
  order_ = isMagic(loadNative<uint32_t>(header)) ? ByteOrder::NATIVE : ByteOrder::SWAPPED;
  const uint32_t magic = load32(header, order_);
  const uint16_t major = load16(header + 4, order_);
  if (major != 2)
    throw CaptureError(capture_code::UNSUPPORTED_VERSION,
                       "pcap version " + std::to_string(major) +
                           " is unknown; convert the file with `editcap -F pcap`");
  fractionNs_ = magic == MAGIC_NANOSECONDS ? 1 : 1000;
  recordHeaderBytes_ = magic == MAGIC_KUZNETZOV ? KUZNETZOV_HEADER_BYTES : RECORD_HEADER_BYTES;
  // The upper half holds the length of the frame check sequence; decode cuts it off by IP lengths.
  linkType_ = static_cast<LinkType>(load32(header + 20, order_) & 0xffff);
  cursor_ = {.offset = FILE_HEADER_BYTES};
  clock_ = {};
}

size_t PcapReader::read(FileBytes& bytes, std::span<PacketView> batch, CaptureCounters& counters,
                        ReadExtent extent) {
  while (!cursor_.ended) {
    const size_t count = order_ == ByteOrder::NATIVE
                             ? readRecords<ByteOrder::NATIVE>(bytes, batch, counters)
                             : readRecords<ByteOrder::SWAPPED>(bytes, batch, counters);
    const bool isDone = count > 0 || cursor_.ended || batch.empty();
    if (isDone || extent == ReadExtent::HELD || !cursor_.goOn(bytes, counters)) return count;
  }
  return 0;
}

template <ByteOrder ORDER>
size_t PcapReader::readRecords(const FileBytes& bytes, std::span<PacketView> batch,
                               CaptureCounters& counters) {
  const uint8_t* at = bytes.data() + cursor_.offset;
  const uint8_t* const end = bytes.data() + bytes.size();
  CaptureClock clock = clock_;
  size_t count = 0;
  for (; count < batch.size(); ++count) {
    if (static_cast<size_t>(end - at) < recordHeaderBytes_) break;
    const uint32_t captured = load32(at + 8, ORDER);
    if (captured > MAXIMUM_FRAME_BYTES) {
      ++counters
            .malformedFileBlocks;  // where the next record begins is unknown: the file ends here
      cursor_.ended = true;
      break;
    }
    const uint8_t* const frame = at + recordHeaderBytes_;
    if (static_cast<size_t>(end - frame) < captured) break;
    PacketView& view = batch[count];
    view.data = frame;
    view.capturedLengthBytes = captured;
    view.originalLengthBytes = std::max(load32(at + 12, ORDER), captured);
    view.timestampNs = load32(at, ORDER) * NS_PER_SECOND +
                       static_cast<int64_t>(load32(at + 4, ORDER)) * fractionNs_;
    view.interfaceIndex = 0;
    view.strippedVlanTci = PacketView::NO_VLAN;
    view.linkType = linkType_;
    clock.see(view.timestampNs);
    at = frame + captured;
  }
  clock_ = clock;
  cursor_.offset = static_cast<size_t>(at - bytes.data());
  return count;
}

}  // namespace weir
