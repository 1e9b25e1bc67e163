// SPDX-License-Identifier: Apache-2.0
// The octets of a file: all of them, mapped, where it can be; a window of bounded size that moves
// on where it is a pipe. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "capture/fd.h"
#include "capture/mapped_file.h"

namespace weir {

/// What came of asking for more octets.
enum class Refill : uint8_t { MORE, NOTHING_YET, END };

class FileBytes {
 public:
  /// A larger block ends a pipe as if it were cut there. Wireshark takes no larger ones either.
  static constexpr size_t WINDOW_MAXIMUM_BYTES = size_t{16} << 20;

  /// `readBytes`: how much is asked of a pipe at a time.
  explicit FileBytes(size_t readBytes = size_t{256} << 10) : readBytes_(readBytes) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  /// `path` "-" is standard input. Waits for a pipe's first octets. Throws CaptureError.
  void open(const std::string& path);

  /// Octets that someone else keeps, instead of a file.
  void borrow(std::span<const uint8_t> octets);

  /// What is in memory now: with `whole()` everything, else the window.
  [[nodiscard]] const uint8_t* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool whole() const { return !pipe_.valid(); }

  /// The reader needs more than there is behind the first `consumed` octets, and none of those any
  /// more. After MORE the window begins there, and views of what it held are void. Waits no longer
  /// than 100 ms.
  Refill refill(size_t consumed);

  /// Octets of the window that are the file's; fewer than `size()` after the file was cut short.
  [[nodiscard]] size_t reach() const { return file_.mapped() ? file_.reach() : size_; }
  /// Makes sure of `reach()`, with a system call.
  void measure() { file_.measure(); }
  /// Reading failed: what would come next is missing.
  [[nodiscard]] bool failed() const { return failed_ || reach() < size_; }

  /// The reader has come to `offset`: takes the octets far behind it out of the resident memory,
  /// which a large file would otherwise fill. They may still be read; that costs a page fault.
  void advance(size_t offset) {
    if (offset >= nextDrop_) dropBehind(offset);
  }
  /// The reader starts over; only with `whole()`.
  void rewind();

 private:
  void dropBehind(size_t offset);
  void makeRoom(size_t consumed);

  size_t readBytes_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  MappedFile file_;
  size_t droppedEnd_ = 0;
  size_t nextDrop_ = SIZE_MAX;  ///< offset at which dropBehind() is due
  Fd pipe_;
  std::vector<uint8_t> window_;  ///< of a pipe
  bool failed_ = false;
};

}  // namespace weir
