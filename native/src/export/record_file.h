// SPDX-License-Identifier: Apache-2.0
// The file or standard output that all lanes write their records to, a line each.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include "export/message_sender.h"
#include "fd.h"

namespace weir {

/// Shared by the lanes' writers, which hand over whole lines in large blocks: the lock is taken
/// once a block, never on the way of a packet. A reader that stalls holds up who reads a file; a
/// live capture goes on without it, and no line is torn.
class RecordFile {
 public:
  /// `path` "-" is standard output.
  explicit RecordFile(std::string path, SendMode mode = SendMode::WAIT)
      : path_(std::move(path)), mode_(mode) {}

  /// Throws CodedError when the file cannot be created. One that is there is begun anew, but for a
  /// live capture, which appends.
  void open();

  /// How many of the block's lines are lost: full disk, closed pipe, stalled reader.
  uint64_t write(std::span<const char> block);

  /// After the last block: 1 if the line that a stalled reader took half of is lost, else 0.
  uint64_t finish();

  /// errno of the first failed write, 0 while all is well.
  [[nodiscard]] int failure() const { return failure_.load(std::memory_order_relaxed); }

 private:
  void openStandardOutput();
  [[nodiscard]] size_t take(std::span<const char> octets);
  [[nodiscard]] ssize_t writeOnce(std::span<const char> octets) const;
  bool completeLine();

  std::string path_;
  SendMode mode_;
  std::mutex mutex_;
  Fd owned_;
  int fd_ = -1;
  bool isSocket_ = false;
  std::string rest_;  ///< of a line whose beginning was taken
  std::atomic<int> failure_{0};
};

}  // namespace weir
