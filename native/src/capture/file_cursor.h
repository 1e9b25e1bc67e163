// SPDX-License-Identifier: Apache-2.0
// How far the reader of a capture file has come, and how far it may go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "capture/file_bytes.h"
#include "capture/packet_source.h"

namespace weir {

/// HELD: what is in memory only, so that views of it stay valid.
enum class ReadExtent : uint8_t { HELD, FURTHER };

struct FileCursor {
  size_t offset = 0;  ///< in what FileBytes holds
  bool ended = false;

  /// See FileBytes::handOver: what was read so far.
  void handOver(FileBytes& bytes, std::vector<uint8_t>& octets) {
    bytes.handOver(octets, offset);
    offset = 0;
  }

  /// No whole record is left in memory, and no view of the memory is in use: true when there are
  /// more octets now. Counts a record that the end of the file cuts.
  bool goOn(FileBytes& bytes, CaptureCounters& counters) {
    const bool insideRecord = offset != bytes.size();
    const Refill refill = bytes.refill(offset);
    if (refill == Refill::MORE) offset = 0;
    if (refill == Refill::END) {
      counters.truncatedFileRecords += insideRecord ? 1 : 0;
      ended = true;
    }
    return refill == Refill::MORE;
  }
};

}  // namespace weir
