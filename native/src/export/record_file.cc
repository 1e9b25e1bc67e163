// SPDX-License-Identifier: Apache-2.0
#include "export/record_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "coded_error.h"

namespace weir {

void RecordFile::open() {
  if (path_ == "-") {
    fd_ = STDOUT_FILENO;
    return;
  }
  owned_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!owned_.valid()) {
    throw CodedError("WEIR_EXPORT_CANNOT_CREATE_FILE",
                     "cannot write records to " + path_ + ": " + std::strerror(errno) +
                         ". Check the folder and its rights, or give another path.");
  }
  fd_ = owned_.get();
}

bool RecordFile::write(std::span<const char> block) {
  const std::scoped_lock lock(mutex_);
  while (!block.empty()) {
    const ssize_t written = ::write(fd_, block.data(), block.size());
    if (written >= 0) {
      block = block.subspan(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      // Node makes pipes on standard output non-blocking.
      pollfd waiting{fd_, POLLOUT, 0};
      poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      failure_.store(errno, std::memory_order_relaxed);
      return false;
    }
  }
  return true;
}

}  // namespace weir
