// SPDX-License-Identifier: Apache-2.0
// What the kernel says of the threads of this process (proc(5)).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

struct ThreadStatus {
  uid_t uid = 0;  ///< effective
  uint64_t inheritable = 0;
  uint64_t permitted = 0;
  uint64_t effective = 0;
  uint64_t bounding = 0;
  uint64_t ambient = 0;
  bool noNewPrivileges = false;
};

std::vector<pid_t> threadsOfProcess();

/// nullopt when the thread has ended.
std::optional<ThreadStatus> readThreadStatus(pid_t thread);

}  // namespace weir
