// SPDX-License-Identifier: Apache-2.0
#include "collect/columns/block_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "coded_error.h"

namespace weir::collect {

namespace {

/// Smaller pieces are gathered, larger ones are written from where they lie.
constexpr size_t GATHERED_BYTES = 128 * 1024;

std::string folderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

BlockFile::BlockFile(std::string path)
    : path_(std::move(path)), partialPath_(path_ + PARTIAL_SUFFIX) {}

BlockFile::~BlockFile() {
  closeFile();
  if (isPartial_) ::unlink(partialPath_.c_str());
}

void BlockFile::open() {
  file_ = ::open(partialPath_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (file_ < 0) fail(errno);
  isPartial_ = true;
  pending_.reserve(GATHERED_BYTES);
}

void BlockFile::put(std::span<const uint8_t> octets) {
  octets_ += octets.size();
  if (pending_.size() + octets.size() > GATHERED_BYTES) flush();
  if (octets.size() >= GATHERED_BYTES) return writeAll(octets);
  pending_.insert(pending_.end(), octets.begin(), octets.end());
}

void BlockFile::commit(Durability durability) {
  flush();
  if (durability == Durability::SYNCED && ::fsync(file_) != 0) fail(errno);
  closeFile();
  if (std::rename(partialPath_.c_str(), path_.c_str()) != 0) fail(errno);
  isPartial_ = false;
  if (durability == Durability::SYNCED) syncFolder();
}

void BlockFile::flush() {
  writeAll(pending_);
  pending_.clear();
}

void BlockFile::writeAll(std::span<const uint8_t> octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(file_, octets.data(), octets.size());
    if (written >= 0) {
      octets = octets.subspan(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

/// The name is in the folder, so the folder is what has to reach the disk.
void BlockFile::syncFolder() {
  const int folder = ::open(folderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int error = folder < 0 || ::fsync(folder) != 0 ? errno : 0;
  if (folder >= 0) ::close(folder);
  if (error != 0) fail(error);
}

void BlockFile::closeFile() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

void BlockFile::fail(int error) const {
  const std::string what = "cannot write flows to " + path_ + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT)
    throw CodedError("WEIR_COLLECT_DISK_FULL", what + ". Free space there, or use another folder.");
  throw CodedError("WEIR_COLLECT_CANNOT_WRITE", what + ". Check the folder and its rights.");
}

}  // namespace weir::collect
