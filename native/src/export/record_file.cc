// SPDX-License-Identifier: Apache-2.0
#include "export/record_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "coded_error.h"

namespace weir {

namespace {

/// For the end of the last line, when a live capture has ended.
constexpr int FINISH_LIMIT_MS = 1000;

uint64_t linesIn(std::span<const char> octets) {
  return static_cast<uint64_t>(std::count(octets.begin(), octets.end(), '\n'));
}

bool waitForRoom(int fd, int milliseconds) {
  pollfd waiting{fd, POLLOUT, 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace

void RecordFile::open() {
  if (path_ == "-") return openStandardOutput();
  // A live capture cannot be had again: started anew, it goes on after what it wrote before.
  const int beginning = mode_ == SendMode::WAIT ? O_TRUNC : O_APPEND;
  owned_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | beginning, 0644));
  if (!owned_.valid()) {
    throw CodedError("WEIR_EXPORT_CANNOT_CREATE_FILE",
                     "cannot write records to " + path_ + ": " + std::strerror(errno) +
                         ". Check the folder and its rights, or give another path.");
  }
  fd_ = owned_.get();
  // It may be a named pipe, which opened like this would have to have a reader already.
  if (mode_ == SendMode::NEVER_WAIT) fcntl(fd_, F_SETFL, O_APPEND | O_NONBLOCK);
}

/// Whether to wait is a property of the open file, which others may share: a live capture opens it
/// again for itself. A socket cannot be, but it can be asked not to wait each time.
void RecordFile::openStandardOutput() {
  fd_ = STDOUT_FILENO;
  struct stat status {};
  isSocket_ = fstat(fd_, &status) == 0 && S_ISSOCK(status.st_mode);
  const bool mayStall = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
  if (mode_ == SendMode::WAIT || !mayStall) return;
  owned_ = Fd(::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (owned_.valid()) fd_ = owned_.get();
}

uint64_t RecordFile::write(std::span<const char> block) {
  const std::scoped_lock lock(mutex_);
  if (!completeLine()) return linesIn(block);
  const size_t taken = take(block);
  const std::span<const char> left = block.subspan(taken);
  const bool isTorn = taken != 0 && !left.empty() && block[taken - 1] != '\n';
  if (!isTorn) return linesIn(left);
  const auto end = std::find(left.begin(), left.end(), '\n');
  rest_.assign(left.begin(), end == left.end() ? end : end + 1);
  return linesIn(left) - linesIn(rest_);
}

uint64_t RecordFile::finish() {
  const std::scoped_lock lock(mutex_);
  if (!rest_.empty() && mode_ == SendMode::NEVER_WAIT) waitForRoom(fd_, FINISH_LIMIT_MS);
  if (completeLine()) return 0;
  rest_.clear();
  return 1;
}

/// False while the reader has not taken the rest of the line that it has the beginning of.
bool RecordFile::completeLine() {
  if (!rest_.empty()) rest_.erase(0, take(rest_));
  return rest_.empty();
}

/// How many of the octets are written: all, unless something failed or must not be waited for.
size_t RecordFile::take(std::span<const char> octets) {
  size_t taken = 0;
  while (taken < octets.size()) {
    const ssize_t written = writeOnce(octets.subspan(taken));
    if (written >= 0) {
      taken += static_cast<size_t>(written);
    } else if (errno == EAGAIN) {
      if (mode_ == SendMode::NEVER_WAIT) break;
      waitForRoom(fd_, -1);  // Node makes pipes on standard output non-blocking
    } else if (errno != EINTR) {
      int none = 0;
      failure_.compare_exchange_strong(none, errno, std::memory_order_relaxed);
      break;
    }
  }
  return taken;
}

ssize_t RecordFile::writeOnce(std::span<const char> octets) const {
  if (!isSocket_) return ::write(fd_, octets.data(), octets.size());
  const int flags = mode_ == SendMode::NEVER_WAIT ? MSG_DONTWAIT : 0;
  return ::send(fd_, octets.data(), octets.size(), flags | MSG_NOSIGNAL);
}

}  // namespace weir
