// SPDX-License-Identifier: Apache-2.0
// IPFIX files (RFC 5655) that all lanes write their messages to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "fd.h"

namespace weir {

/// One file. The lock is taken once a message, never on the way of a packet.
class MessageFile {
 public:
  enum class Begin : uint8_t { EMPTY, APPEND };

  /// Not `valid` (with errno) when it cannot be created.
  MessageFile(const std::string& path, Begin begin);

  [[nodiscard]] bool valid() const { return fd_.valid(); }

  /// 0, or the errno of what went wrong: then the file is as it was before.
  int write(std::span<const uint8_t> message);

 private:
  std::mutex mutex_;
  Fd fd_;
  int64_t lengthOctets_ = 0;
};

/// The file of the present, or a series of them: a new one every `rotateNs` of the packets' time,
/// named after the time at which it begins (strftime, local time). A file is complete when all
/// lanes have gone on to the next one, each with its templates first.
class MessageFiles {
 public:
  /// `rotateNs` 0: one file, the path is taken as it is, and `begin` says what becomes of one that
  /// is there. A series is always appended to.
  MessageFiles(std::string path, int64_t rotateNs,
               MessageFile::Begin begin = MessageFile::Begin::EMPTY)
      : path_(std::move(path)), rotateNs_(rotateNs), begin_(begin) {}

  /// Throws CodedError when the file, or a file in this folder, cannot be written.
  void open();

  /// Null, with errno, when it cannot be created. Lanes whose clocks lie on both sides of a
  /// period's end have two files, but never two objects of one: each knows how long its file is.
  std::shared_ptr<MessageFile> fileAt(int64_t timeNs);

  /// The number of the file that packets of this time belong to.
  [[nodiscard]] int64_t periodOf(int64_t timeNs) const {
    return rotateNs_ == 0 ? 0 : timeNs / rotateNs_;
  }

 private:
  [[nodiscard]] std::string nameOf(int64_t period) const;
  [[nodiscard]] std::shared_ptr<MessageFile> fileNamed(const std::string& name,
                                                       MessageFile::Begin begin);

  std::string path_;
  int64_t rotateNs_;
  MessageFile::Begin begin_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<MessageFile>> files_;  ///< by name; some lane has each
  std::shared_ptr<MessageFile> file_;  ///< the one asked for last, so that it stays open
  int64_t period_ = 0;
};

}  // namespace weir
