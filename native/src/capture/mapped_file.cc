// SPDX-License-Identifier: Apache-2.0
#include "capture/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

namespace weir {

/// One mapping, as the signal handler finds it. `begin` 0 marks a free one.
struct BusErrorGuard {
  std::atomic<uintptr_t> begin{0};
  std::atomic<size_t> size{0};
  std::atomic<size_t> reach{0};

  void limitReach(size_t octets) {
    if (octets < reach.load(std::memory_order_relaxed))
      reach.store(octets, std::memory_order_relaxed);
  }
};

namespace {

constexpr size_t GUARDS = 256;  // a mapping for each lane
constexpr uintptr_t PAGE_BYTES = 4096;

std::array<BusErrorGuard, GUARDS> guards;
std::mutex guardsMutex;  // of those who take and free guards; the handler only reads
struct sigaction previousAction;

/// Puts zeros from the failed page to the mapping's end; runs on the thread that read there.
bool replaceWithZeros(BusErrorGuard& guard, uintptr_t address) {
  const uintptr_t begin = guard.begin.load(std::memory_order_relaxed);
  const size_t offset = address / PAGE_BYTES * PAGE_BYTES - begin;
  const size_t size = guard.size.load(std::memory_order_relaxed);
  void* const zeros = ::mmap(reinterpret_cast<void*>(begin + offset), size - offset, PROT_READ,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  if (zeros == MAP_FAILED) return false;
  guard.limitReach(offset);
  return true;
}

void onBusError(int /*signal*/, siginfo_t* info, void* /*context*/) {
  const int interruptedErrno = errno;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  for (BusErrorGuard& guard : guards) {
    const uintptr_t begin = guard.begin.load(std::memory_order_acquire);
    const bool isInside = begin != 0 && address >= begin &&
                          address - begin < guard.size.load(std::memory_order_relaxed);
    if (isInside && replaceWithZeros(guard, address)) {
      errno = interruptedErrno;
      return;
    }
  }
  // Not ours: the instruction runs again and meets whoever was responsible before.
  ::sigaction(SIGBUS, &previousAction, nullptr);
}

void installHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(SIGBUS, &action, &previousAction);
  });
}

BusErrorGuard* takeGuard(uintptr_t begin, size_t size) {
  const std::scoped_lock lock(guardsMutex);
  for (BusErrorGuard& guard : guards) {
    if (guard.begin.load(std::memory_order_relaxed) != 0) continue;
    guard.size.store(size, std::memory_order_relaxed);
    guard.reach.store(size, std::memory_order_relaxed);
    guard.begin.store(begin, std::memory_order_release);
    return &guard;
  }
  return nullptr;
}

}  // namespace

MappedFile::~MappedFile() {
  if (data_ == nullptr) return;
  guard_->begin.store(0, std::memory_order_release);
  ::munmap(const_cast<uint8_t*>(data_), size_);
}

bool MappedFile::map(Fd& file, size_t size) {
  void* const mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapping == MAP_FAILED) return false;
  installHandler();
  guard_ = takeGuard(reinterpret_cast<uintptr_t>(mapping), size);
  if (guard_ == nullptr) {
    ::munmap(mapping, size);
    return false;
  }
  // Wide read-ahead. Faults map 64 KiB at once when the file is in memory, which measured as fast
  // as populating the mapping in advance.
  ::madvise(mapping, size, MADV_SEQUENTIAL);
  data_ = static_cast<const uint8_t*>(mapping);
  size_ = size;
  file_ = std::move(file);
  return true;
}

size_t MappedFile::reach() const {
  return guard_ == nullptr ? 0 : guard_->reach.load(std::memory_order_relaxed);
}

void MappedFile::measure() {
  struct stat status {};
  if (guard_ != nullptr && ::fstat(file_.get(), &status) == 0)
    guard_->limitReach(static_cast<size_t>(status.st_size));
}

}  // namespace weir
