// SPDX-License-Identifier: Apache-2.0
#include "lane/core_pinning.h"

#include <pthread.h>
#include <sched.h>

#include <string>

#include "coded_error.h"

namespace weir {

namespace {

std::string listCores(const cpu_set_t& allowed) {
  std::string list;
  for (int first = 0; first < CPU_SETSIZE; ++first) {
    if (!CPU_ISSET(first, &allowed)) continue;
    int last = first;
    while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &allowed)) ++last;
    list += (list.empty() ? "" : ",") + std::to_string(first);
    if (last > first) list += "-" + std::to_string(last);
    first = last;
  }
  return list;
}

}  // namespace

void checkCores(const std::vector<uint32_t>& cores, uint32_t lanes) {
  if (cores.empty()) return;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;  // `pinToCore` will find out
  for (const uint32_t core : cores) {
    if (core < CPU_SETSIZE && CPU_ISSET(core, &allowed)) continue;
    throw CodedError("WEIR_PROBE_NO_SUCH_CORE", "lanes cannot be pinned to core " +
                                                    std::to_string(core) + ": Weir may use " +
                                                    listCores(allowed) + ".");
  }
  if (cores.size() < lanes) {
    throw CodedError("WEIR_PROBE_TOO_FEW_CORES",
                     std::to_string(lanes) + " lanes cannot be pinned to " +
                         std::to_string(cores.size()) +
                         " core(s): name one for each lane, or take fewer lanes.");
  }
}

bool pinToCore(std::thread& thread, uint32_t core) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(core, &only);
  return pthread_setaffinity_np(thread.native_handle(), sizeof only, &only) == 0;
}

}  // namespace weir
