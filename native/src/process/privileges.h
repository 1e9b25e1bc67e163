// SPDX-License-Identifier: Apache-2.0
// Gives away, for good and in every thread, what the process does not need once its sockets are
// open.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

struct UserIdentity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< supplementary, `gid` among them
};

/// nullopt when the system knows no such user.
std::optional<UserIdentity> findUser(const std::string& name);

struct PrivilegeDrop {
  uint64_t keptCapabilities = 0;     ///< bit n: capability number n, as in <linux/capability.h>
  std::optional<UserIdentity> user;  ///< to become; needs root
};

/// Afterwards each thread has at most the kept capabilities in its permitted, effective and (where
/// CAP_SETPCAP allowed it) bounding set, none in its inheritable and ambient sets, the new user and
/// groups, and no way to gain more by executing a file (PR_SET_NO_NEW_PRIVS). Threads that exist do
/// so at once, later ones inherit it. Call it from one thread, and no setuid() beside it.
/// Throws CodedError WEIR_PROBE_CANNOT_DROP_PRIVILEGES; the process should end then.
void dropPrivileges(const PrivilegeDrop& drop);

}  // namespace weir
