// SPDX-License-Identifier: Apache-2.0
#include "capture/pcapng_reader.h"

#include <algorithm>

#include "capture/pcap_reader.h"

namespace weir {
namespace {

// Block types, draft-ietf-opsawg-pcapng section 4 and appendix A.
constexpr uint32_t SECTION_HEADER = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr uint32_t INTERFACE_DESCRIPTION = 1;
constexpr uint32_t OBSOLETE_PACKET = 2;
constexpr uint32_t SIMPLE_PACKET = 3;
constexpr uint32_t ENHANCED_PACKET = 6;

constexpr uint32_t BYTE_ORDER_MAGIC = 0x1a2b3c4d;
constexpr uint32_t BLOCK_OVERHEAD_BYTES = 12;  // type and the length, which stands at both ends
constexpr uint32_t SECTION_MINIMUM_BYTES = 28;
constexpr uint32_t TIMED_PACKET_BYTES = 20;  // fixed part of enhanced and obsolete packet blocks
constexpr uint32_t INTERFACE_FIXED_BYTES = 8;

// Options, section 3.5 and 4.2.
constexpr uint16_t OPTION_END = 0;
constexpr uint16_t OPTION_RESOLUTION = 9;
constexpr uint16_t OPTION_OFFSET = 14;

constexpr uint64_t NS_PER_SECOND = 1'000'000'000;

uint64_t powerOfTen(unsigned exponent) {
  uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

bool PcapngReader::recognises(const FileBytes& bytes) {
  if (bytes.size() < SECTION_MINIMUM_BYTES) return false;
  if (loadNative<uint32_t>(bytes.data()) != SECTION_HEADER) return false;
  const auto magic = loadNative<uint32_t>(bytes.data() + 8);
  return magic == BYTE_ORDER_MAGIC || magic == __builtin_bswap32(BYTE_ORDER_MAGIC);
}

void PcapngReader::start() {
  cursor_ = {};
  clock_ = {};
  interfaces_.clear();
}

size_t PcapngReader::read(FileBytes& bytes, std::span<PacketView> batch, CaptureCounters& counters,
                          ReadExtent extent) {
  size_t count = 0;
  Block block;
  while (count < batch.size() && !cursor_.ended) {
    if (!nextBlock(bytes, block, counters)) {
      // What was given lies in the window: it must not move on yet.
      const bool isDone = count > 0 || cursor_.ended || extent == ReadExtent::HELD;
      if (isDone || !cursor_.goOn(bytes, counters)) break;
      continue;
    }
    const Outcome outcome = takeBlock(block, batch[count]);
    if (outcome == Outcome::FRAME)
      clock_.see(batch[count++].timestampNs);
    else if (outcome == Outcome::MALFORMED)
      ++counters.malformedFileBlocks;
  }
  return count;
}

bool PcapngReader::nextBlock(const FileBytes& bytes, Block& block, CaptureCounters& counters) {
  const uint8_t* const at = bytes.data() + cursor_.offset;
  const size_t left = bytes.size() - cursor_.offset;
  if (left < BLOCK_OVERHEAD_BYTES) return false;
  cursor_.ended = true;  // until the block proves sound
  // A section may have another byte order than the one before: its magic comes before its length.
  const bool section = loadNative<uint32_t>(at) == SECTION_HEADER;
  if (section && !adoptByteOrder(at)) {
    ++counters.malformedFileBlocks;
    return false;
  }
  const uint32_t totalBytes = load32(at + 4, order_);
  const uint32_t minimumBytes = section ? SECTION_MINIMUM_BYTES : BLOCK_OVERHEAD_BYTES;
  if (totalBytes < minimumBytes || totalBytes % 4 != 0) {
    ++counters.malformedFileBlocks;  // where the next block begins is unknown
    return false;
  }
  cursor_.ended = false;
  if (totalBytes > left) return false;
  block = {load32(at, order_), at + 8, totalBytes - BLOCK_OVERHEAD_BYTES};
  counters.malformedFileBlocks += load32(at + totalBytes - 4, order_) != totalBytes;
  cursor_.offset += totalBytes;
  return true;
}

bool PcapngReader::adoptByteOrder(const uint8_t* section) {
  const auto magic = loadNative<uint32_t>(section + 8);
  if (magic != BYTE_ORDER_MAGIC && magic != __builtin_bswap32(BYTE_ORDER_MAGIC)) return false;
  order_ = magic == BYTE_ORDER_MAGIC ? ByteOrder::NATIVE : ByteOrder::SWAPPED;
  return true;
}

PcapngReader::Outcome PcapngReader::takeBlock(const Block& block, PacketView& view) {
  switch (block.type) {
    case ENHANCED_PACKET:
      return takeEnhancedPacket(block, view);
    case SIMPLE_PACKET:
      return takeSimplePacket(block, view);
    case OBSOLETE_PACKET:
      return takeObsoletePacket(block, view);
    case INTERFACE_DESCRIPTION:
      return takeInterface(block);
    case SECTION_HEADER:
      interfaces_.clear();  // interface numbers begin anew in each section
      return Outcome::NO_FRAME;
    default:
      return Outcome::NO_FRAME;  // names, statistics, secrets, vendors' blocks
  }
}

PcapngReader::Outcome PcapngReader::takeInterface(const Block& block) {
  // A broken description still takes its number, or all later packets would change interface.
  Interface& interface = interfaces_.emplace_back();
  if (block.bodyBytes < INTERFACE_FIXED_BYTES) return Outcome::MALFORMED;
  interface.linkType = static_cast<LinkType>(load16(block.body, order_));
  interface.snapLengthBytes = load32(block.body + 4, order_);
  const bool sound = takeInterfaceOptions(block.body + INTERFACE_FIXED_BYTES,
                                          block.bodyBytes - INTERFACE_FIXED_BYTES, interface);
  return sound ? Outcome::NO_FRAME : Outcome::MALFORMED;
}

bool PcapngReader::takeInterfaceOptions(const uint8_t* options, uint32_t sizeBytes,
                                        Interface& interface) const {
  while (sizeBytes >= 4) {
    const uint16_t code = load16(options, order_);
    const uint16_t lengthBytes = load16(options + 2, order_);
    if (code == OPTION_END) return true;
    const uint32_t paddedBytes = 4 + ((lengthBytes + 3U) & ~3U);
    if (paddedBytes > sizeBytes) return false;
    if (code == OPTION_RESOLUTION && lengthBytes >= 1) interface.resolution = options[4];
    if (code == OPTION_OFFSET && lengthBytes >= 8)
      interface.offsetSeconds = static_cast<int64_t>(load64(options + 4, order_));
    options += paddedBytes;
    sizeBytes -= paddedBytes;
  }
  return true;  // the end-of-options option may be left out
}

PcapngReader::Outcome PcapngReader::takeEnhancedPacket(const Block& block, PacketView& view) {
  if (block.bodyBytes < TIMED_PACKET_BYTES) return Outcome::MALFORMED;
  return takeTimedFrame(block, load32(block.body, order_), view);
}

PcapngReader::Outcome PcapngReader::takeObsoletePacket(const Block& block, PacketView& view) {
  if (block.bodyBytes < TIMED_PACKET_BYTES) return Outcome::MALFORMED;
  return takeTimedFrame(block, load16(block.body, order_), view);
}

PcapngReader::Outcome PcapngReader::takeTimedFrame(const Block& block, uint32_t interfaceId,
                                                   PacketView& view) {
  const uint32_t captured = load32(block.body + 12, order_);
  if (interfaceId >= interfaces_.size() || captured > block.bodyBytes - TIMED_PACKET_BYTES ||
      captured > MAXIMUM_FRAME_BYTES)
    return Outcome::MALFORMED;
  const Interface& interface = interfaces_[interfaceId];
  const uint64_t units =
      uint64_t{load32(block.body + 4, order_)} << 32 | load32(block.body + 8, order_);
  view = {.data = block.body + TIMED_PACKET_BYTES,
          .capturedLengthBytes = captured,
          .originalLengthBytes = std::max(load32(block.body + 16, order_), captured),
          .timestampNs = toNs(interface, units),
          .linkType = interface.linkType};
  return Outcome::FRAME;
}

PcapngReader::Outcome PcapngReader::takeSimplePacket(const Block& block, PacketView& view) {
  if (interfaces_.empty() || block.bodyBytes < 4) return Outcome::MALFORMED;
  const Interface& interface = interfaces_.front();
  const uint32_t original = load32(block.body, order_);
  const uint32_t limit = interface.snapLengthBytes == 0 ? UINT32_MAX : interface.snapLengthBytes;
  const uint32_t captured = std::min(original, limit);
  if (captured > block.bodyBytes - 4 || captured > MAXIMUM_FRAME_BYTES) return Outcome::MALFORMED;
  view = {.data = block.body + 4,
          .capturedLengthBytes = captured,
          .originalLengthBytes = original,
          // The block has no time of its own; it came after the last one.
          .timestampNs = std::max<int64_t>(clock_.nowNs(), 0),
          .linkType = interface.linkType};
  return Outcome::FRAME;
}

int64_t PcapngReader::toNs(const Interface& interface, uint64_t units) {
  const unsigned exponent = interface.resolution & 0x7fU;
  uint64_t ns = 0;
  if ((interface.resolution & 0x80U) != 0)
    ns = static_cast<uint64_t>(static_cast<unsigned __int128>(units) * NS_PER_SECOND >> exponent);
  else if (exponent <= 9)
    ns = units * powerOfTen(9 - exponent);
  else if (exponent <= 9 + 19)
    ns = units / powerOfTen(exponent - 9);
  // Unsigned, so that nonsense in a file wraps instead of overflowing; what wraps to before the
  // epoch is at the end of time as well.
  ns += static_cast<uint64_t>(interface.offsetSeconds) * NS_PER_SECOND;
  return static_cast<int64_t>(std::min(ns, uint64_t{CaptureClock::LATEST_NS}));
}

}  // namespace weir
