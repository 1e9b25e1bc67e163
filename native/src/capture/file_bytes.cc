// SPDX-License-Identifier: Apache-2.0
#include "capture/file_bytes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "capture/capture_error.h"

namespace weir {
namespace {

// Dropping is one system call per this many octets. Views of the batch in hand, which spans less,
// stay mapped.
constexpr size_t DROP_BYTES = size_t{4} << 20;
constexpr size_t PIPE_CHUNK_BYTES = size_t{64} << 10;

std::string systemReason() { return std::strerror(errno); }

}  // namespace

FileBytes::~FileBytes() {
  if (mapped_) ::munmap(const_cast<uint8_t*>(data_), size_);
}

void FileBytes::open(const std::string& path) {
  const bool standardInput = path == "-";
  // Not /dev/stdin: a socket, which is what Node gives its children for a pipe, cannot be opened.
  Fd file(standardInput ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                        : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid())
    throw CaptureError(capture_code::CANNOT_OPEN, "cannot open capture file " + path + ": " +
                                                      systemReason() +
                                                      "; check the path and its permissions");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode))
    throw CaptureError(capture_code::CANNOT_OPEN,
                       "cannot open capture file " + path + ": it is not a file; name a capture");
  if (S_ISREG(status.st_mode) && status.st_size > 0) map(file.get(), status.st_size);
  if (!mapped_) readAll(file.get(), path);
}

void FileBytes::map(int fd, size_t size) {
  void* const mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED) return;  // a file system without mmap: it is read like a pipe
  data_ = static_cast<const uint8_t*>(mapping);
  size_ = size;
  mapped_ = true;
  // Wide read-ahead. Faults map 64 KiB at once when the file is in memory, which measured as fast
  // as populating the mapping in advance.
  ::madvise(mapping, size, MADV_SEQUENTIAL);
  rewind();
}

void FileBytes::readAll(int fd, const std::string& path) {
  size_t filled = 0;
  for (;;) {
    if (buffer_.size() - filled < PIPE_CHUNK_BYTES)
      buffer_.resize(std::max(2 * buffer_.size(), 2 * PIPE_CHUNK_BYTES));
    const ssize_t got = ::read(fd, buffer_.data() + filled, buffer_.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      pollfd waiting{fd, POLLIN, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    if (got < 0)
      throw CaptureError(capture_code::CANNOT_READ, "cannot read capture " + path + ": " +
                                                        systemReason() +
                                                        "; copy it to a local disk and try again");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  buffer_.resize(filled);
  buffer_.shrink_to_fit();
  data_ = buffer_.data();
  size_ = filled;
}

void FileBytes::rewind() {
  droppedEnd_ = 0;
  nextDrop_ = mapped_ ? 2 * DROP_BYTES : SIZE_MAX;
}

void FileBytes::dropBehind(size_t offset) {
  const size_t end = offset / DROP_BYTES * DROP_BYTES - DROP_BYTES;
  ::madvise(const_cast<uint8_t*>(data_) + droppedEnd_, end - droppedEnd_, MADV_DONTNEED);
  droppedEnd_ = end;
  nextDrop_ = end + 2 * DROP_BYTES;
}

}  // namespace weir
