// SPDX-License-Identifier: Apache-2.0
#include "export/message_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "coded_error.h"

namespace weir {

namespace {

constexpr int64_t NS_A_SECOND = 1'000'000'000;

[[noreturn]] void throwCannotWrite(const std::string& path, int error) {
  throw CodedError("WEIR_EXPORT_CANNOT_CREATE_FILE",
                   "cannot write flows to " + path + ": " + std::strerror(error) +
                       ". Check the folder and its rights, or give another path.");
}

std::string folderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

MessageFile::MessageFile(const std::string& path, Begin begin)
    : fd_(::open(path.c_str(),
                 O_WRONLY | O_CREAT | O_CLOEXEC | (begin == Begin::EMPTY ? O_TRUNC : O_APPEND),
                 0644)) {
  struct stat status {};
  if (valid() && fstat(fd_.get(), &status) == 0) lengthOctets_ = status.st_size;
}

int MessageFile::write(std::span<const uint8_t> message) {
  const std::scoped_lock lock(mutex_);
  for (size_t done = 0; done < message.size();) {
    const ssize_t written = ::write(fd_.get(), message.data() + done, message.size() - done);
    if (written >= 0) {
      done += static_cast<size_t>(written);
    } else if (errno != EINTR) {
      const int error = errno;
      // Half a message would make all that follows unreadable. (Not for /dev/stdout and its like.)
      if (ftruncate(fd_.get(), lengthOctets_) == 0) lseek(fd_.get(), lengthOctets_, SEEK_SET);
      return error;
    }
  }
  lengthOctets_ += static_cast<int64_t>(message.size());
  return 0;
}

void MessageFiles::open() {
  const std::scoped_lock lock(mutex_);
  if (file_) return;  // another lane did
  if (rotateNs_ != 0) {
    if (access(folderOf(path_).c_str(), W_OK) != 0) throwCannotWrite(path_, errno);
    return;
  }
  file_ = fileNamed(path_, begin_);
  if (!file_) throwCannotWrite(path_, errno);
}

std::shared_ptr<MessageFile> MessageFiles::fileAt(int64_t timeNs) {
  const std::scoped_lock lock(mutex_);
  const int64_t period = periodOf(timeNs);
  if (file_ && period == period_) return file_;
  auto file = fileNamed(nameOf(period), MessageFile::Begin::APPEND);
  if (!file) return nullptr;
  file_ = std::move(file);
  period_ = period;
  return file_;
}

std::shared_ptr<MessageFile> MessageFiles::fileNamed(const std::string& name,
                                                     MessageFile::Begin begin) {
  std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
  if (auto known = files_[name].lock()) return known;
  auto file = std::make_shared<MessageFile>(name, begin);
  if (!file->valid()) return nullptr;
  files_[name] = file;
  return file;
}

std::string MessageFiles::nameOf(int64_t period) const {
  const time_t seconds = period * rotateNs_ / NS_A_SECOND;
  tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 4096> name;
  const size_t length = strftime(name.data(), name.size(), path_.c_str(), &local);
  return {name.data(), length};
}

}  // namespace weir
