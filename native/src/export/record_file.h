// SPDX-License-Identifier: Apache-2.0
// The file or standard output that all lanes write their records to.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <string>

#include "capture/fd.h"

namespace weir {

/// Shared by the lanes' writers, which hand over whole lines in large blocks: the lock is taken
/// once a block, never on the way of a packet.
class RecordFile {
 public:
  /// `path` "-" is standard output.
  explicit RecordFile(std::string path) : path_(std::move(path)) {}

  /// Throws CodedError when the file cannot be created.
  void open();

  /// False when the block could not be written whole (full disk, closed pipe).
  bool write(std::span<const char> block);

  /// errno of the first failed write, 0 while all is well.
  [[nodiscard]] int failure() const { return failure_.load(std::memory_order_relaxed); }

 private:
  std::string path_;
  std::mutex mutex_;
  Fd owned_;
  int fd_ = -1;
  std::atomic<int> failure_{0};
};

}  // namespace weir
