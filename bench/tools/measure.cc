// SPDX-License-Identifier: Apache-2.0
// measure OUT LIMIT_SECONDS COMMAND...: runs a command with all that it starts and writes to OUT,
// as JSON, how long it took on the clock and on the processors and how much memory it had. What
// still runs after the limit is killed; so is everything when measure itself is told to end.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

constexpr long SAMPLE_NS = 20'000'000;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

/// In octets.
struct Memory {
  uint64_t anonymous = 0;
  uint64_t resident = 0;
};

using ProcPath = std::array<char, 64>;

Memory readMemory(pid_t pid) {
  ProcPath path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/status", pid);
  Memory memory;
  FILE* file = std::fopen(path.data(), "r");
  if (file == nullptr) return memory;
  std::array<char, 256> line{};
  unsigned long value = 0;
  while (std::fgets(line.data(), line.size(), file) != nullptr) {
    if (std::sscanf(line.data(), "VmRSS: %lu kB", &value) == 1) memory.resident = value * 1024;
    if (std::sscanf(line.data(), "RssAnon: %lu kB", &value) == 1) memory.anonymous = value * 1024;
  }
  std::fclose(file);
  return memory;
}

/// Those that the main thread has started; none when the process is gone.
std::vector<pid_t> childrenOf(pid_t pid) {
  ProcPath path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/children", pid, pid);
  std::vector<pid_t> children;
  FILE* file = std::fopen(path.data(), "r");
  if (file == nullptr) return children;
  int child = 0;
  while (std::fscanf(file, "%d", &child) == 1) children.push_back(child);
  std::fclose(file);
  return children;
}

/// Memory of all descendants of this process together. Pages that a process shares with its parent
/// since a fork are counted twice; no program here has many of them.
class MemoryPeak {
 public:
  void sample() {
    Memory sum;
    std::vector<pid_t> waiting = childrenOf(getpid());
    while (!waiting.empty()) {
      const pid_t pid = waiting.back();
      waiting.pop_back();
      const Memory memory = readMemory(pid);
      sum.anonymous += memory.anonymous;
      sum.resident += memory.resident;
      for (const pid_t child : childrenOf(pid)) waiting.push_back(child);
    }
    peak_.anonymous = std::max(peak_.anonymous, sum.anonymous);
    peak_.resident = std::max(peak_.resident, sum.resident);
  }

  [[nodiscard]] const Memory& peak() const { return peak_; }

 private:
  Memory peak_;
};

[[noreturn]] void become(char** command) {
  setpgid(0, 0);
  execvp(command[0], command);
  std::fprintf(stderr, "measure: %s: %s\n", command[0], std::strerror(errno));
  _exit(127);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Outcome {
  int exitCode = 0;
  double wallSeconds = 0;
  MemoryPeak memory;
  const char* ended = "itself";
};

/// Waits for the command and for all that it has left behind: as subreaper, this process is their
/// parent once their own has ended. Woken by SIGCHLD, so the end is seen at once.
class Watch {
 public:
  Watch(pid_t child, double limitSeconds, const sigset_t& blocked)
      : child_(child), limitSeconds_(limitSeconds), blocked_(blocked) {}

  Outcome run() {
    while (reap()) {
      outcome_.memory.sample();
      const timespec pause{.tv_nsec = SAMPLE_NS};
      sigtimedwait(&blocked_, nullptr, &pause);
      if (stopping != 0) end("a signal");
      if (secondsSince(start_) > limitSeconds_) end("the limit");
    }
    return outcome_;
  }

 private:
  /// False when no descendant is left.
  bool reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      outcome_.wallSeconds = secondsSince(start_);
      if (pid == child_) {
        outcome_.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
    }
    return pid == 0;
  }

  void end(const char* reason) {
    outcome_.ended = reason;
    kill(-child_, SIGKILL);
  }

  pid_t child_;
  double limitSeconds_;
  sigset_t blocked_;
  Clock::time_point start_ = Clock::now();
  Outcome outcome_;
};

int write(const char* path, const Outcome& outcome) {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  FILE* file = std::fopen(path, "w");
  if (file == nullptr) {
    std::fprintf(stderr, "measure: %s: %s\n", path, std::strerror(errno));
    return 1;
  }
  const auto largest = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
  std::fprintf(file, "{\"exitCode\":%d,\"ended\":\"%s\",\"wallSeconds\":%.6f,", outcome.exitCode,
               outcome.ended, outcome.wallSeconds);
  std::fprintf(file, "\"userSeconds\":%.6f,\"systemSeconds\":%.6f,", seconds(usage.ru_utime),
               seconds(usage.ru_stime));
  std::fprintf(file, "\"peakResidentOctets\":%lu,\"peakAnonymousOctets\":%lu}\n",
               std::max(largest, outcome.memory.peak().resident), outcome.memory.peak().anonymous);
  return std::fclose(file) == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  if (count < 4) {
    std::fputs("usage: measure OUT LIMIT_SECONDS COMMAND...\n", stderr);
    return 2;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, onSignal);
  const pid_t child = fork();
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    become(values + 3);
  }
  return write(values[1], Watch(child, std::atof(values[2]), blocked).run());
}
