// SPDX-License-Identifier: Apache-2.0
// How far two cores are apart: nanoseconds that a cache line takes from one to the other. In a
// virtual machine it changes when the host moves a core.
//
//   coredistance CORE CORE
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

constexpr int BATCHES = 50;
constexpr int ROUNDS = 2'000;  ///< of a batch

using Clock = std::chrono::steady_clock;

alignas(64) std::atomic<int> ball{0};

void pinTo(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Gives the ball on each time that it has `value`, and again with every second value after it. The
/// quickest batch is the one that nobody disturbed: its nanoseconds.
double play(int core, int value) {
  pinTo(core);
  double leastNs = 1e9;
  for (int batch = 0; batch < BATCHES; ++batch) {
    const auto start = Clock::now();
    for (int round = 0; round < ROUNDS; ++round, value += 2) {
      while (ball.load(std::memory_order_acquire) != value) continue;
      ball.store(value + 1, std::memory_order_release);
    }
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    leastNs = std::min(leastNs, taken.count());
  }
  return leastNs;
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) {
    std::fprintf(stderr, "usage: coredistance CORE CORE\n");
    return 2;
  }
  std::thread other(play, std::atoi(values[2]), 1);
  const double leastNs = play(std::atoi(values[1]), 0);
  other.join();
  std::printf("%.0f\n", leastNs / (2 * ROUNDS));
  return 0;
}
