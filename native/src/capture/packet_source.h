// SPDX-License-Identifier: Apache-2.0
// The one interface of the capture stage: a lane pulls batches of frames from its own source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "capture/packet_view.h"

namespace weir {

/// Counted by the source, read by other threads with relaxed loads through the lane.
struct CaptureCounters {
  uint64_t kernelDroppedPackets = 0;  ///< lost in front of the ring (PACKET_STATISTICS)
  uint64_t truncatedFileRecords = 0;  ///< the file ended inside a record
  uint64_t malformedFileBlocks = 0;   ///< blocks of a file that make no sense
  uint64_t interfaceLosses = 0;       ///< the interface was deleted under the lane's ring
  uint64_t interfaceReturns = 0;      ///< of those: there is one of its name again
  uint64_t fileReadFailures = 0;      ///< the rest of the file is missing: cut short, or unreadable
  uint64_t overheardLostPackets = 0;  ///< told by other lanes, and gone before they were heard
};

/// Owned and used by exactly one lane thread.
class PacketSource {
 public:
  static constexpr int64_t NO_TIME = std::numeric_limits<int64_t>::min();

  virtual ~PacketSource() = default;

  /// Everything that can fail; constructors do nothing. Called once, before the first receive() and
  /// after the sources of all lanes are built. Throws CaptureError (capture/capture_error.h).
  virtual void open() {}

  /// Fills `batch` with up to `batch.size()` frames and gives their number. Waits no longer than
  /// about 100 ms; 0 means "nothing yet" or, with `finished()`, "never again". Among them are those
  /// of other lanes that tell of other flows (PacketView::isOverheard): of a file all of them, in
  /// file order; live those that `tell` was called with in time.
  virtual size_t receive(std::span<PacketView> batch) = 0;

  /// Whether other lanes rely on `tell`.
  [[nodiscard]] virtual bool hasListeners() const { return false; }

  /// Has the other lanes overhear a frame of the last batch, which tells of flows that may be
  /// theirs.
  virtual void tell(const PacketView& /*view*/) {}

  /// No more frames are wanted: the source finishes, a live one after it has given those that it
  /// has captured already. Called by the lane's thread; again is harmless.
  virtual void stop() = 0;

  /// True when no further frame will come.
  [[nodiscard]] virtual bool finished() const = 0;

  /// The present of this source, ns since the epoch: the newest packet's time in a file (of all
  /// packets, also those that belong to other lanes), the wall clock when live. May go back.
  /// NO_TIME before the first packet of a file.
  [[nodiscard]] virtual int64_t clockNs() const = 0;

  /// Packets older than this are not expected any more, so what is due by now may end.
  [[nodiscard]] virtual int64_t settledNs() const { return clockNs(); }

  /// Share of the capture buffer that waits to be received, 0 to 1; 1 also when packets were lost
  /// since the last call. 0 where a slow reader loses nothing.
  [[nodiscard]] virtual double pressure() { return 0; }

  [[nodiscard]] virtual CaptureCounters counters() = 0;

  /// What makes the capture less than exact, and what to do about it; known after open().
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

}  // namespace weir
