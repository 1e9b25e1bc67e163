// SPDX-License-Identifier: Apache-2.0
// For unit tests only: a file that goes away with its object.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace weir::collect {

class FileOf {
 public:
  explicit FileOf(const std::string& octets) {
    ::close(::mkstemp(path_.data()));
    write(octets);
  }
  FileOf(const FileOf&) = delete;
  FileOf& operator=(const FileOf&) = delete;
  ~FileOf() { ::unlink(path_.c_str()); }

  /// In place: the same file has other octets then.
  void write(const std::string& octets) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << octets;
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/weir-enrich-XXXXXX";
};

}  // namespace weir::collect
