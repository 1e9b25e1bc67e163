// SPDX-License-Identifier: Apache-2.0
// One capture file for several lanes: it is read once, a block at a time, by whichever lane is
// ahead of the others. The block's frames are sorted by lane as they are read; every lane then goes
// through all blocks, in order, and takes its own.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "capture/capture_file.h"

namespace weir {

/// A stretch of the file, with the frames of each lane in file order, and between them those of
/// other lanes that it overhears.
class FeedBlock {
 public:
  /// A lane gets its frames in portions of at most so many.
  static constexpr size_t PORTION_FRAMES = 64;

  explicit FeedBlock(uint32_t lanes) : frames_(lanes), open_(lanes, 0) {}

  void clear();
  /// `views`: the next frames of the file, at most READ_FRAMES; `clockNs`: after them.
  void add(std::span<const PacketView> views, int64_t clockNs);
  /// No more frames: what was added can be taken.
  void close();

  [[nodiscard]] size_t portions() const { return clocks_.size(); }
  [[nodiscard]] std::span<const PacketView> portion(size_t index, uint32_t lane) const;
  /// The file's clock after the portions of all lanes.
  [[nodiscard]] int64_t clockNs(size_t portion) const { return clocks_[portion]; }
  /// What the frames lie in.
  [[nodiscard]] std::vector<uint8_t>& octets() { return octets_; }

  /// Frames that are added at a time; a portion ends before it could overflow.
  static constexpr size_t READ_FRAMES = 16;

 private:
  void addOverheard(PacketView view, uint32_t ownLane);

  std::vector<uint8_t> octets_;
  std::vector<std::vector<PacketView>> frames_;  ///< by lane
  std::vector<uint32_t> open_;                   ///< by lane: frames of the portion under way
  std::vector<uint32_t> ends_;                   ///< by portion, then by lane: in `frames_`
  std::vector<int64_t> clocks_;                  ///< by portion
  int64_t clockNs_ = PacketSource::NO_TIME;
};

/// Shared by the lanes' sources; every function but `open` may be called by any lane at any time.
class FileFeed {
 public:
  FileFeed(std::string path, uint32_t lanes);

  /// Throws CaptureError; see CaptureFile::open. Before the lanes run; again is harmless.
  void open();

  /// Block `number` for `lane`, which is done with all before it: it must ask in order, from 0.
  /// Null when there is nothing after about 100 ms, and at the end. Reads, if it is time to.
  [[nodiscard]] const FeedBlock* take(uint32_t lane, uint64_t number);

  /// The lane needs no further block, and the others need not wait for it.
  void leave(uint32_t lane);

  /// Block `number` does not exist, nor will it.
  [[nodiscard]] bool isPastEnd(uint64_t number);

  [[nodiscard]] CaptureCounters counters();

 private:
  // Read ahead, so that no lane waits while another reads; not so far that blocks leave the caches
  // before all lanes have been through them.
  static constexpr uint64_t BLOCKS = 16;
  static constexpr uint64_t BLOCKS_AHEAD = 4;

  void spin(uint64_t number) const;
  [[nodiscard]] bool mayRead() const;
  bool readBlock(std::unique_lock<std::mutex>& lock);
  bool fill(FeedBlock& block);

  CaptureFile file_;  ///< of the lane that is reading
  std::vector<FeedBlock> blocks_;

  std::mutex mutex_;  ///< for all below
  std::condition_variable changed_;
  std::vector<uint64_t> wanted_;         ///< by lane: the number of the block it is at
  uint64_t read_ = 0;                    ///< blocks
  uint64_t ahead_ = 0;                   ///< blocks to have read before they are asked for
  std::atomic<uint64_t> published_ = 0;  ///< read_, without the mutex
  CaptureCounters counters_;
  bool isOpen_ = false;
  bool isReading_ = false;
  bool hasEnded_ = false;
};

}  // namespace weir
