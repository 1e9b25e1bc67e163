// SPDX-License-Identifier: Apache-2.0
// The sockets behind one address that the collector listens on: one for each lane, and the kernel
// steers an exporter to the same lane always. Opened and closed by the control thread; each socket
// is then used by its lane alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collect/receive/datagram.h"
#include "collect/receive/steering_program.h"
#include "fd.h"

namespace weir::collect {

/// `host` is an address or a name of this machine; "::" takes IPv4 as well.
struct Endpoint {
  std::string host;
  uint16_t port = 0;
  Transport transport = Transport::UDP;
};

struct ListeningOptions {
  uint32_t lanes = 1;
  SteeringSeed seed;
  /// Of payload, each UDP socket; the kernel may grant less, see `grantedBufferBytes`.
  uint64_t receiveBufferBytes = 8U << 20U;
};

struct ListeningSockets {
  std::vector<Fd> sockets;  ///< by lane
  Endpoint bound;           ///< the address in digits, and the port that the kernel gave for 0
  uint64_t grantedBufferBytes = 0;
};

/// Binds and, for streams, listens. Nobody else can have the same address. Throws CodedError
/// WEIR_COLLECTOR_LISTEN.
ListeningSockets openListeningSockets(const Endpoint& endpoint, const ListeningOptions& options);

/// Datagrams that this socket had no room for, modulo 2^32.
uint32_t kernelDropsOf(int socket);

/// "192.0.2.1:2055" or "[2001:db8::1]:2055"
std::string textOf(const Endpoint& endpoint);

}  // namespace weir::collect
