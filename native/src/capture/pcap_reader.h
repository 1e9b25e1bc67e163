// SPDX-License-Identifier: Apache-2.0
// Walks the records of a pcap file (draft-ietf-opsawg-pcap). Borrows the file's octets. One thread.
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

/// No link layer that Weir decodes has longer frames; what claims more is not a record header.
inline constexpr uint32_t MAXIMUM_FRAME_BYTES = 262'144;

class PcapReader {
 public:
  /// True when the octets begin like a pcap file.
  static bool recognises(const FileBytes& bytes);

  /// Reads the file header. Throws CaptureError when the version is unknown or the header cut.
  void start(const FileBytes& bytes);

  /// Gives the next frames; 0 at the end, and when a pipe has nothing yet. Counts the defect that
  /// ended the file, once.
  size_t read(FileBytes& bytes, std::span<PacketView> batch, CaptureCounters& counters,
              ReadExtent extent);

  /// The octets of the frames given so far, see FileBytes::handOver.
  void handOver(FileBytes& bytes, std::vector<uint8_t>& octets) { cursor_.handOver(bytes, octets); }

  [[nodiscard]] bool ended() const { return cursor_.ended; }

  /// Of all frames.
  [[nodiscard]] LinkType linkType() const { return linkType_; }

  [[nodiscard]] int64_t clockNs() const { return clock_.nowNs(); }

 private:
  template <ByteOrder ORDER>
  size_t readRecords(const FileBytes& bytes, std::span<PacketView> batch,
                     CaptureCounters& counters);

  FileCursor cursor_;
  CaptureClock clock_;
  uint32_t fractionNs_ = 1000;  ///< ns of one unit of a timestamp's second word
  uint32_t recordHeaderBytes_ = 16;
  ByteOrder order_ = ByteOrder::NATIVE;
  LinkType linkType_ = LinkType::ETHERNET;
};

}  // namespace weir
