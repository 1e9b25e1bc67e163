// SPDX-License-Identifier: Apache-2.0
#include "capture/file_bytes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "capture/capture_error.h"

namespace weir {
namespace {

constexpr int LONGEST_WAIT_MS = 100;
// Enough to tell what kind of file it is, and for the file header of pcap.
constexpr size_t FIRST_BYTES = 28;

Fd openToRead(const std::string& path) {
  // Not /dev/stdin: a socket, which is what Node gives its children for a pipe, cannot be opened.
  Fd file(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                      : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid())
    throw CaptureError(capture_code::CANNOT_OPEN, "cannot open capture file " + path + ": " +
                                                      std::strerror(errno) +
                                                      "; check the path and its permissions");
  return file;
}

}  // namespace

void FileBytes::open(const std::string& path) {
  file_ = openToRead(path);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || S_ISDIR(status.st_mode))
    throw CaptureError(capture_code::CANNOT_OPEN,
                       "cannot open capture file " + path + ": it is not a file; name a capture");
  const bool isFile = S_ISREG(status.st_mode) && ::lseek(file_.get(), 0, SEEK_CUR) == 0;
  kind_ = isFile ? Kind::FILE : Kind::PIPE;
  if (isFile) {
    fileBytes_ = static_cast<uint64_t>(status.st_size);
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  fillFirst();
  if (failed_)
    throw CaptureError(capture_code::CANNOT_READ, "cannot read capture " + path + ": " +
                                                      std::strerror(errno) +
                                                      "; copy it to a local disk and try again");
}

void FileBytes::fillFirst() {
  while (size_ < FIRST_BYTES && refill(0) != Refill::END) continue;
}

void FileBytes::borrow(std::span<const uint8_t> octets) {
  data_ = octets.data();
  size_ = octets.size();
}

Refill FileBytes::refill(size_t consumed) {
  const bool isFull = size_ - consumed >= WINDOW_MAXIMUM_BYTES;
  if (kind_ == Kind::BORROWED || failed_ || isFull) return Refill::END;
  pollfd waiting{file_.get(), POLLIN, 0};
  if (kind_ == Kind::PIPE && ::poll(&waiting, 1, LONGEST_WAIT_MS) <= 0) return Refill::NOTHING_YET;
  makeRoom(consumed);
  const ssize_t got = ::read(file_.get(), window_.data() + size_, window_.size() - size_);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return Refill::MORE;
  failed_ = got < 0;
  if (got <= 0) return endOfFile();
  size_ += static_cast<size_t>(got);
  takenBytes_ += static_cast<uint64_t>(got);
  return Refill::MORE;
}

Refill FileBytes::endOfFile() {
  if (takenBytes_ < fileBytes_) failed_ = true;
  return Refill::END;
}

/// What is left moves to the front, and there is room behind it.
void FileBytes::makeRoom(size_t consumed) {
  size_ -= consumed;
  if (consumed > 0) std::memmove(window_.data(), window_.data() + consumed, size_);
  // Twice the block that did not fit, so that a large one is not moved for every few octets of it.
  if (window_.size() - size_ < readBytes_)
    window_.resize(std::min(2 * size_ + readBytes_, WINDOW_MAXIMUM_BYTES));
  data_ = window_.data();
}

void FileBytes::handOver(std::vector<uint8_t>& octets, size_t consumed) {
  size_ -= consumed;
  if (octets.size() < size_) octets.resize(size_);
  if (size_ > 0) std::memcpy(octets.data(), window_.data() + consumed, size_);
  window_.swap(octets);
  data_ = window_.data();
}

void FileBytes::rewind() {
  if (kind_ != Kind::FILE) return;
  ::lseek(file_.get(), 0, SEEK_SET);
  size_ = 0;
  takenBytes_ = 0;
  failed_ = false;
  fillFirst();
}

}  // namespace weir
