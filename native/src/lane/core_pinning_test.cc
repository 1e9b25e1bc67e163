// SPDX-License-Identifier: Apache-2.0
#include "lane/core_pinning.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <atomic>

#include "coded_error.h"

namespace weir {
namespace {

uint32_t anAllowedCore() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  uint32_t core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  return core;
}

std::string codeOf(const std::vector<uint32_t>& cores, uint32_t lanes) {
  try {
    checkCores(cores, lanes);
  } catch (const CodedError& error) {
    return error.code();
  }
  return "";
}

TEST_CASE("cores that are not to be had are refused, before anything runs") {
  const uint32_t core = anAllowedCore();
  CHECK(codeOf({}, 4) == "");
  CHECK(codeOf({core}, 1) == "");
  CHECK(codeOf({core, core}, 2) == "");
  CHECK(codeOf({core}, 2) == "WEIR_PROBE_TOO_FEW_CORES");
  CHECK(codeOf({CPU_SETSIZE - 1}, 1) == "WEIR_PROBE_NO_SUCH_CORE");
  CHECK(codeOf({UINT32_MAX}, 1) == "WEIR_PROBE_NO_SUCH_CORE");
}

TEST_CASE("a pinned thread runs on its core and nowhere else") {
  std::atomic<bool> pinned{false};
  std::atomic<uint32_t> core{0};
  cpu_set_t seen;
  std::thread thread([&] {
    while (!pinned) std::this_thread::yield();
    sched_getaffinity(0, sizeof seen, &seen);
    core = static_cast<uint32_t>(sched_getcpu());
  });
  const uint32_t wanted = anAllowedCore();
  CHECK(pinToCore(thread, wanted));
  pinned = true;
  thread.join();
  CHECK(CPU_COUNT(&seen) == 1);
  CHECK(core == wanted);
}

}  // namespace
}  // namespace weir
