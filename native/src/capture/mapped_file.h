// SPDX-License-Identifier: Apache-2.0
// A file's octets in the address space. Another program may cut the file short while it is read,
// and disks and file servers fail: the kernel then answers a load with SIGBUS. A handler puts zeros
// there and notes from where on, so that it becomes an error that can be counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "capture/fd.h"

namespace weir {

struct BusErrorGuard;

/// Used by one thread.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  /// Maps `size` octets. False, and `file` stays with the caller, where the file system cannot do
  /// it or very many files are mapped already.
  bool map(Fd& file, size_t size);

  [[nodiscard]] const uint8_t* data() const { return data_; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool mapped() const { return data_ != nullptr; }

  /// Octets from the start that are the file's own; what lies behind them may read as zeros. Less
  /// than `size()` once a load has failed or `measure()` has found the file cut short.
  [[nodiscard]] size_t reach() const;

  /// Asks how long the file is now.
  void measure();

 private:
  Fd file_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  BusErrorGuard* guard_ = nullptr;
};

}  // namespace weir
