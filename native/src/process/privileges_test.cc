// SPDX-License-Identifier: Apache-2.0
#include "process/privileges.h"

#include <doctest/doctest.h>
#include <linux/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "coded_error.h"
#include "process/thread_status.h"

namespace weir {
namespace {

constexpr uint64_t NET_RAW = uint64_t{1} << CAP_NET_RAW;

/// In a process of its own, since privileges do not come back; its exit status.
int inChild(const std::function<int()>& action) {
  const pid_t child = fork();
  if (child == 0) _exit(action());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Threads that do what Node's do: sleep, work, block every signal that can be blocked, come and
/// go.
class Crowd {
 public:
  Crowd() {
    threads_.emplace_back([this] { waitForEnd(); });
    threads_.emplace_back([this] {
      while (!over_) std::this_thread::yield();
    });
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    threads_.emplace_back([this] { waitForEnd(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    threads_.emplace_back([this] {
      while (!over_) std::thread([] {}).join();
    });
  }
  ~Crowd() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void waitForEnd() const {
    while (!over_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

bool hasOnly(const ThreadStatus& status, uint64_t kept, uid_t uid) {
  return status.permitted == kept && status.effective == kept && status.bounding == kept &&
         status.inheritable == 0 && status.ambient == 0 && status.noNewPrivileges &&
         status.uid == uid;
}

int dropAmongThreads(const PrivilegeDrop& drop, uid_t uid) {
  Crowd crowd;
  dropPrivileges(drop);
  std::thread later([] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); });
  const std::vector<pid_t> threads = threadsOfProcess();
  const bool all = std::all_of(threads.begin(), threads.end(), [&](pid_t thread) {
    const auto status = readThreadStatus(thread);
    return !status || hasOnly(*status, drop.keptCapabilities, uid);
  });
  later.join();
  return all && threads.size() >= 6 ? 0 : 1;
}

TEST_CASE("every thread keeps what it is told to keep and nothing else") {
  if (geteuid() != 0) return;
  for (const uint64_t kept : {NET_RAW, uint64_t{0}}) {
    CHECK(inChild([&] { return dropAmongThreads({kept, std::nullopt}, 0); }) == 0);
  }
}

TEST_CASE("every thread becomes the user, and keeps its capability") {
  const auto nobody = findUser("nobody");
  if (geteuid() != 0 || !nobody) return;
  CHECK(nobody->uid != 0);
  CHECK(inChild([&] {
          const int status = dropAmongThreads({NET_RAW, nobody}, nobody->uid);
          return status == 0 && setuid(0) < 0 && getgid() == nobody->gid ? 0 : 1;
        }) == 0);
}

TEST_CASE("glibc's own broadcast works afterwards") {
  if (geteuid() != 0) return;
  CHECK(inChild([] {
          Crowd crowd;
          const uint64_t kept = uint64_t{1} << CAP_SETUID;
          dropPrivileges({kept, std::nullopt});
          if (setuid(65534) != 0) return 1;
          for (const pid_t thread : threadsOfProcess()) {
            const auto status = readThreadStatus(thread);
            if (status && status->uid != 65534) return 1;
          }
          return 0;
        }) == 0);
}

TEST_CASE("who is not root cannot become another user, and is told") {
  const auto nobody = findUser("nobody");
  if (geteuid() != 0 || !nobody) return;
  CHECK(inChild([&] {
          if (setuid(nobody->uid + 1) != 0) return 2;
          try {
            dropPrivileges({NET_RAW, nobody});
          } catch (const CodedError& error) {
            return std::string(error.code()) == "WEIR_PROBE_CANNOT_DROP_PRIVILEGES" ? 0 : 3;
          }
          return 4;
        }) == 0);
}

TEST_CASE("an unknown user is not found") {
  CHECK_FALSE(findUser("no-such-user-here").has_value());
  CHECK(findUser("root")->uid == 0);
}

}  // namespace
}  // namespace weir
