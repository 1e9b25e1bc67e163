// SPDX-License-Identifier: Apache-2.0
// The octets of a file or pipe, through a window of bounded size that moves on. One thread.
//
// Read, not mapped: a window that stays in the second-level cache hands decode octets that are
// there already. A mapping that is touched ahead takes 27 ns for a frame of 640 octets instead of
// 51 where the page cache has large folios, and no less (97 ns) where it has pages of 4 KiB; but a
// file that shrinks or a disk that fails is a result of read(), where a mapping gives a signal that
// ends the process and its books.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fd.h"

namespace weir {

/// What came of asking for more octets.
enum class Refill : uint8_t { MORE, NOTHING_YET, END };

class FileBytes {
 public:
  /// A larger block ends the file as if it were cut there. Wireshark takes no larger ones either.
  static constexpr size_t WINDOW_MAXIMUM_BYTES = size_t{16} << 20;

  /// `readBytes`: how much is asked for at a time.
  explicit FileBytes(size_t readBytes = size_t{256} << 10) : readBytes_(readBytes) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  /// `path` "-" is standard input. Waits for the first octets. Throws CaptureError.
  void open(const std::string& path);

  /// Octets that someone else keeps, instead of a file.
  void borrow(std::span<const uint8_t> octets);

  /// The window.
  [[nodiscard]] const uint8_t* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }

  /// False for a pipe: its octets come once.
  [[nodiscard]] bool rewindable() const { return kind_ != Kind::PIPE; }

  /// The reader needs more than there is behind the first `consumed` octets, and none of those any
  /// more. After MORE the window begins there, and views of what it held are void. Waits no longer
  /// than 100 ms.
  Refill refill(size_t consumed);

  /// The first `consumed` octets are done with; who has views of them keeps them alive with
  /// `octets`, which takes the window's place and gives its own storage for what comes next. Not
  /// for borrowed octets.
  void handOver(std::vector<uint8_t>& octets, size_t consumed);

  /// Reading failed, or the file was cut short meanwhile: what would come next is missing.
  [[nodiscard]] bool failed() const { return failed_; }

  /// The reader starts over; only with `rewindable()`.
  void rewind();

 private:
  enum class Kind : uint8_t { BORROWED, FILE, PIPE };

  void fillFirst();
  void makeRoom(size_t consumed);
  Refill endOfFile();

  size_t readBytes_;
  Kind kind_ = Kind::BORROWED;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  Fd file_;
  uint64_t fileBytes_ = 0;  ///< of a file, when it was opened
  uint64_t takenBytes_ = 0;
  std::vector<uint8_t> window_;
  bool failed_ = false;
};

}  // namespace weir
