// SPDX-License-Identifier: Apache-2.0
// A file that is there as a whole or not at all: written under another name, renamed at the end.
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "collect/columns/octet_sink.h"

namespace weir::collect {

enum class Durability : uint8_t {
  PAGE_CACHE,  ///< survives the process, not the machine
  SYNCED,      ///< on the disk, name included, when commit() is back
};

class BlockFile : public OctetSink {
 public:
  /// What the name of a file that is not complete ends with. One that a killed process left can be
  /// deleted.
  static constexpr const char* PARTIAL_SUFFIX = ".part";

  explicit BlockFile(std::string path);
  BlockFile(const BlockFile&) = delete;
  BlockFile& operator=(const BlockFile&) = delete;

  /// Deletes what was written unless it was committed.
  ~BlockFile() override;

  /// Throws CodedError WEIR_COLLECT_DISK_FULL or WEIR_COLLECT_CANNOT_WRITE, as put and commit do.
  void open();
  void put(std::span<const uint8_t> octets) override;

  /// Gives the file its name, in place of one that has it.
  void commit(Durability durability);

  [[nodiscard]] uint64_t octets() const noexcept { return octets_; }

 private:
  void flush();
  void writeAll(std::span<const uint8_t> octets);
  void syncFolder();
  void closeFile();
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::string partialPath_;
  std::vector<uint8_t> pending_;  ///< small pieces on their way to one write
  uint64_t octets_ = 0;
  int file_ = -1;
  bool isPartial_ = false;  ///< a file lies under the partial name
};

}  // namespace weir::collect
