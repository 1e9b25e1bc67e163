// SPDX-License-Identifier: Apache-2.0
// Where a collector is, and sockets that lead there.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "fd.h"

namespace weir {

/// `host` is an IPv4 or IPv6 address (link-local ones with their zone: fe80::1%eth0) or a name.
struct CollectorAddress {
  std::string host;
  uint16_t port = 0;
};

/// One address that a name stands for.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t lengthBytes = 0;

  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// All addresses of the collector, in the system's order of preference. `source` is the address to
/// send from ("": the system chooses); only addresses of its family remain. Throws CodedError.
std::vector<SocketAddress> resolveCollector(const CollectorAddress& collector, int socketType,
                                            const std::string& source);

/// An unconnected socket of the type, bound to `source` unless that is "". Invalid, with errno,
/// when it cannot be made.
Fd socketFrom(const SocketAddress& collector, int socketType, const std::string& source);

}  // namespace weir
