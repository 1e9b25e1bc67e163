// SPDX-License-Identifier: Apache-2.0
// Capabilities belong to threads, and a Node process has a dozen of them before any of our code
// runs. glibc carries setuid() to all threads, capset() and prctl() to none; libpsx would have to
// be linked before the threads are made. So this does what glibc does: each thread gets a signal
// and makes the system calls in its handler. It is glibc's own signal (SIGSETXID), taken over for
// the moment, because it is the only one that no thread blocks: Node has a thread that blocks all
// others.
#include "process/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <set>
#include <thread>

#include "coded_error.h"
#include "process/thread_status.h"

namespace weir {

namespace {

constexpr int SIGSETXID_OF_GLIBC = 33;
constexpr uint32_t CAPABILITIES_MAX = 64;
constexpr std::chrono::seconds LONGEST_WAIT{5};
constexpr std::chrono::microseconds LOOK_AGAIN_AFTER{50};

/// struct sigaction as the kernel has it: glibc's wrapper refuses its own signal.
struct KernelSignalAction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  uint64_t mask;
};
constexpr unsigned long KERNEL_SA_RESTORER = 0x04000000;

struct DropJob {
  const PrivilegeDrop* drop;
  std::atomic<int> failure{0};  ///< errno
  std::atomic<const char*> failedCall{nullptr};
  std::atomic<uint32_t> threadsDone{0};
};
std::atomic<DropJob*> currentJob{nullptr};

/// False, and the reason noted, when the system call failed.
bool require(DropJob& job, const char* call, long result) {
  if (result >= 0) return true;
  job.failedCall = call;
  job.failure = errno;
  return false;
}

/// May fail with EPERM where CAP_SETPCAP is missing; PR_SET_NO_NEW_PRIVS leaves the set without
/// use.
void dropBoundingSet(uint64_t kept) {
  for (uint32_t capability = 0; capability < CAPABILITIES_MAX; ++capability) {
    if ((kept >> capability & 1U) != 0) continue;
    if (syscall(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return;
  }
}

bool becomeUser(DropJob& job, const UserIdentity& user) {
  // A thread that was made by one that has changed already.
  if (static_cast<uid_t>(syscall(SYS_getuid)) == user.uid) return true;
  return require(job, "PR_SET_KEEPCAPS", syscall(SYS_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0)) &&
         require(job, "setgroups",
                 syscall(SYS_setgroups, user.groups.size(), user.groups.data())) &&
         require(job, "setresgid", syscall(SYS_setresgid, user.gid, user.gid, user.gid)) &&
         require(job, "setresuid", syscall(SYS_setresuid, user.uid, user.uid, user.uid)) &&
         require(job, "PR_SET_KEEPCAPS", syscall(SYS_prctl, PR_SET_KEEPCAPS, 0, 0, 0, 0));
}

bool reduceCapabilities(DropJob& job, uint64_t kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (!require(job, "capget", syscall(SYS_capget, &header, data.data()))) return false;
  for (size_t word = 0; word < data.size(); ++word) {
    data[word].permitted &= static_cast<uint32_t>(kept >> (32 * word));
    data[word].effective = data[word].permitted;
    data[word].inheritable = 0;  // empties the ambient set too
  }
  return require(job, "capset", syscall(SYS_capset, &header, data.data()));
}

/// For the calling thread alone. Runs in a signal handler: system calls, and nothing else.
void dropInThisThread(DropJob& job) {
  const PrivilegeDrop& drop = *job.drop;
  dropBoundingSet(drop.keptCapabilities);
  if (drop.user && !becomeUser(job, *drop.user)) return;
  if (!reduceCapabilities(job, drop.keptCapabilities)) return;
  require(job, "PR_SET_NO_NEW_PRIVS", syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

void onSignal(int) {
  const int savedErrno = errno;
  DropJob* const job = currentJob.load();
  if (job != nullptr) {
    dropInThisThread(*job);
    ++job->threadsDone;
  }
  errno = savedErrno;
}

[[noreturn]] void fail(const std::string& reason) {
  throw CodedError("WEIR_PROBE_CANNOT_DROP_PRIVILEGES",
                   "privileges could not be dropped: " + reason +
                       ". Start Weir as root, or as the user it shall be, without --user.");
}

/// Puts the handler in the place of glibc's as long as it lives.
class BorrowedSignal {
 public:
  BorrowedSignal() {
    if (syscall(SYS_rt_sigaction, SIGSETXID_OF_GLIBC, nullptr, &glibcs_, sizeof glibcs_.mask) < 0 ||
        (glibcs_.flags & KERNEL_SA_RESTORER) == 0) {
      fail("this C library has no signal that reaches all threads");
    }
    KernelSignalAction ours = glibcs_;
    ours.handler = onSignal;
    ours.flags &= ~static_cast<unsigned long>(SA_SIGINFO);
    ours.mask = ~uint64_t{0};
    syscall(SYS_rt_sigaction, SIGSETXID_OF_GLIBC, &ours, nullptr, sizeof ours.mask);
  }
  ~BorrowedSignal() {
    syscall(SYS_rt_sigaction, SIGSETXID_OF_GLIBC, &glibcs_, nullptr, sizeof glibcs_.mask);
  }
  BorrowedSignal(const BorrowedSignal&) = delete;
  BorrowedSignal& operator=(const BorrowedSignal&) = delete;

 private:
  KernelSignalAction glibcs_{};
};

/// Waits until the thread has done its part, or is no more.
void dropInThread(DropJob& job, pid_t thread) {
  const uint32_t before = job.threadsDone;
  if (syscall(SYS_tgkill, getpid(), thread, SIGSETXID_OF_GLIBC) < 0) return;
  const auto deadline = std::chrono::steady_clock::now() + LONGEST_WAIT;
  while (job.threadsDone == before) {
    if (syscall(SYS_tgkill, getpid(), thread, 0) < 0) return;
    if (std::chrono::steady_clock::now() > deadline) {
      fail("thread " + std::to_string(thread) + " does not answer");
    }
    std::this_thread::sleep_for(LOOK_AGAIN_AFTER);
  }
}

/// A thread that was not asked yet may make another meanwhile: until a round finds no new one.
void dropInOtherThreads(DropJob& job) {
  std::set<pid_t> asked{static_cast<pid_t>(syscall(SYS_gettid))};
  std::optional<BorrowedSignal> signal;
  for (bool foundNew = true; foundNew && job.failure == 0;) {
    foundNew = false;
    for (const pid_t thread : threadsOfProcess()) {
      if (!asked.insert(thread).second) continue;
      foundNew = true;
      if (!signal) signal.emplace();
      dropInThread(job, thread);
    }
  }
}

/// What the kernel says of each thread, not what the calls returned.
void verify(const PrivilegeDrop& drop) {
  for (const pid_t thread : threadsOfProcess()) {
    const std::optional<ThreadStatus> status = readThreadStatus(thread);
    if (!status) continue;  // it has ended
    const bool keepsMore = ((status->effective | status->permitted) & ~drop.keptCapabilities) != 0;
    const bool isOther = drop.user && status->uid != drop.user->uid;
    if (keepsMore || isOther || !status->noNewPrivileges || status->inheritable != 0) {
      fail("thread " + std::to_string(thread) + " has kept some");
    }
  }
}

}  // namespace

std::optional<UserIdentity> findUser(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16 * 1024);
  getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return std::nullopt;
  UserIdentity user{entry.pw_uid, entry.pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(user.groups.size());
  if (getgrouplist(name.c_str(), entry.pw_gid, user.groups.data(), &count) < 0) {
    user.groups.resize(static_cast<size_t>(count));
    getgrouplist(name.c_str(), entry.pw_gid, user.groups.data(), &count);
  }
  user.groups.resize(static_cast<size_t>(count));
  return user;
}

void dropPrivileges(const PrivilegeDrop& drop) {
  DropJob job{&drop};
  currentJob = &job;
  try {
    dropInOtherThreads(job);
  } catch (...) {
    currentJob = nullptr;
    throw;
  }
  if (job.failure == 0) dropInThisThread(job);
  currentJob = nullptr;
  if (job.failure != 0) {
    fail(std::string(job.failedCall) + ": " + std::strerror(job.failure));
  }
  verify(drop);
}

}  // namespace weir
