// SPDX-License-Identifier: Apache-2.0
// The octets of a file: mapped where it can be, read into memory where it is a pipe. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "capture/fd.h"

namespace weir {

class FileBytes {
 public:
  FileBytes() = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  /// `path` "-" is standard input. Throws CaptureError.
  void open(const std::string& path);

  [[nodiscard]] const uint8_t* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool mapped() const { return mapped_; }

  /// The reader has come to `offset`: takes the octets far behind it out of the resident memory,
  /// which a large file would otherwise fill. They may still be read; that costs a page fault.
  void advance(size_t offset) {
    if (offset >= nextDrop_) dropBehind(offset);
  }
  /// The reader starts over.
  void rewind();

 private:
  void map(int fd, size_t size);
  void readAll(int fd, const std::string& path);
  void dropBehind(size_t offset);

  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
  size_t droppedEnd_ = 0;
  size_t nextDrop_ = SIZE_MAX;   ///< offset at which dropBehind() is due
  std::vector<uint8_t> buffer_;  ///< of a pipe
};

}  // namespace weir
