// SPDX-License-Identifier: Apache-2.0
// Walks the blocks of a pcapng file (draft-ietf-opsawg-pcapng): sections of either byte order,
// several interfaces, enhanced, simple and obsolete packet blocks. Borrows the file's octets. One
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "capture/byte_order.h"
#include "capture/capture_clock.h"
#include "capture/file_bytes.h"
#include "capture/file_cursor.h"
#include "capture/packet_source.h"

namespace weir {

class PcapngReader {
 public:
  /// True when the octets begin with a section header block.
  static bool recognises(const FileBytes& bytes);

  void start();

  /// Gives the next frames; 0 at the end, and when a pipe has nothing yet. Blocks that make no
  /// sense are counted and skipped while their length can be trusted; otherwise they end the file.
  size_t read(FileBytes& bytes, std::span<PacketView> batch, CaptureCounters& counters,
              ReadExtent extent);

  /// The octets of the frames given so far, see FileBytes::handOver.
  void handOver(FileBytes& bytes, std::vector<uint8_t>& octets) { cursor_.handOver(bytes, octets); }

  [[nodiscard]] bool ended() const { return cursor_.ended; }
  [[nodiscard]] int64_t clockNs() const { return clock_.nowNs(); }

 private:
  /// What an interface description block tells (section 4.2).
  struct Interface {
    LinkType linkType{};
    uint32_t snapLengthBytes = 0;  ///< 0: no limit
    uint8_t resolution = 6;        ///< if_tsresol: power of 10, or of 2 with the top bit set
    int64_t offsetSeconds = 0;     ///< if_tsoffset
  };
  /// Type, and the octets between the two copies of the length.
  struct Block {
    uint32_t type = 0;
    const uint8_t* body = nullptr;
    uint32_t bodyBytes = 0;
  };
  enum class Outcome : uint8_t { FRAME, NO_FRAME, MALFORMED };

  bool nextBlock(const FileBytes& bytes, Block& block, CaptureCounters& counters);
  bool adoptByteOrder(const uint8_t* section);
  Outcome takeBlock(const Block& block, PacketView& view);
  Outcome takeInterface(const Block& block);
  bool takeInterfaceOptions(const uint8_t* options, uint32_t sizeBytes, Interface& interface) const;
  Outcome takeEnhancedPacket(const Block& block, PacketView& view);
  Outcome takeObsoletePacket(const Block& block, PacketView& view);
  Outcome takeSimplePacket(const Block& block, PacketView& view);
  Outcome takeTimedFrame(const Block& block, uint32_t interfaceId, PacketView& view);
  static int64_t toNs(const Interface& interface, uint64_t units);

  FileCursor cursor_;
  CaptureClock clock_;
  std::vector<Interface> interfaces_;  ///< of the current section
  ByteOrder order_ = ByteOrder::NATIVE;
};

}  // namespace weir
