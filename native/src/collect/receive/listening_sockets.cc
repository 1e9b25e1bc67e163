// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/listening_sockets.h"

#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "coded_error.h"
#include "collect/receive/socket_address.h"

namespace weir::collect {

namespace {

constexpr int STREAM_BACKLOG = 128;

[[noreturn]] void fail(const Endpoint& endpoint, int error) {
  const std::string where = textOf(endpoint);
  const std::string port = std::to_string(endpoint.port);
  std::string detail = where + ": " + std::strerror(error);
  if (error == EADDRINUSE) {
    const char* const table = endpoint.transport == Transport::UDP ? "-ulpn" : "-tlpn";
    detail = where + " is taken; stop the other collector (ss " + table + " 'sport = :" + port +
             "') or choose another address";
  } else if (error == EACCES) {
    detail = "no right to bind " + where + "; choose a port from 1024 upwards";
  } else if (error == EADDRNOTAVAIL) {
    detail = where + R"( is no address of this machine; choose one of "ip address" or 0.0.0.0)";
  }
  throw CodedError("WEIR_COLLECTOR_LISTEN", detail);
}

void require(int status, const Endpoint& endpoint) {
  if (status < 0) fail(endpoint, errno);
}

void enable(int socket, int level, int option) {
  const int yes = 1;
  setsockopt(socket, level, option, &yes, sizeof yes);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = endpoint.transport == Transport::UDP ? SOCK_DGRAM : SOCK_STREAM;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(endpoint.port);
  const int status = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &list);
  if (status == 0) return Addresses(list);
  throw CodedError("WEIR_COLLECTOR_LISTEN",
                   textOf(endpoint) + ": " + gai_strerror(status) + "; give an address");
}

/// Takes nothing in until `letIn`: what comes before the group is complete would go astray.
void holdBack(int socket) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{1, &nothing};
  setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void letIn(int socket) {
  const int unused = 0;
  setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

/// As much as a privileged process may take, else as much as net.core.rmem_max allows. The kernel
/// doubles what it is asked for: half is for its own books.
uint64_t enlargeBuffer(int socket, uint64_t bytes) {
  const int wanted = static_cast<int>(std::min<uint64_t>(bytes, INT_MAX / 2));
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  int granted = 0;
  socklen_t length = sizeof granted;
  getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &granted, &length);
  return static_cast<uint64_t>(granted) / 2;
}

Fd unboundSocket(const addrinfo& address, const Endpoint& endpoint) {
  const int type = address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
  Fd made(socket(address.ai_family, type, 0));
  require(made.get(), endpoint);
  if (address.ai_family == AF_INET6) {
    const int off = 0;
    setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (endpoint.transport == Transport::UDP) {
    enable(made.get(), SOL_SOCKET, SO_TIMESTAMPNS);
    holdBack(made.get());
  } else {
    enable(made.get(), SOL_SOCKET, SO_REUSEADDR);  // connections of a collector before may linger
  }
  return made;
}

sockaddr_storage boundAddress(int socket) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &length);
  return bound;
}

/// The first socket is bound alone, so that nobody shares the address unawares; those of the other
/// lanes join it.
void bindGroup(ListeningSockets& group, const addrinfo& address, const ListeningOptions& options) {
  Fd first = unboundSocket(address, group.bound);
  require(bind(first.get(), address.ai_addr, address.ai_addrlen), group.bound);
  const sockaddr_storage bound = boundAddress(first.get());
  group.bound.host = textOf(addressOf(bound));
  group.bound.port = portOf(bound);
  if (options.lanes > 1) enable(first.get(), SOL_SOCKET, SO_REUSEPORT);
  group.sockets.push_back(std::move(first));
  while (group.sockets.size() < options.lanes) {
    Fd next = unboundSocket(address, group.bound);
    enable(next.get(), SOL_SOCKET, SO_REUSEPORT);
    const auto* const where = reinterpret_cast<const sockaddr*>(&bound);
    require(bind(next.get(), where, address.ai_addrlen), group.bound);
    group.sockets.push_back(std::move(next));
  }
}

/// After the sockets are in their group, which for streams is from listen() on.
void steer(const ListeningSockets& group, const ListeningOptions& options) {
  if (options.lanes == 1) return;
  std::vector<sock_filter> steps = steeringProgram(options.lanes, options.seed);
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  require(setsockopt(group.sockets.front().get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                     sizeof program),
          group.bound);
}

void beginUdp(ListeningSockets& group, const ListeningOptions& options) {
  for (const Fd& socket : group.sockets)
    group.grantedBufferBytes = enlargeBuffer(socket.get(), options.receiveBufferBytes);
  steer(group, options);
  for (const Fd& socket : group.sockets) letIn(socket.get());
}

void beginStreams(ListeningSockets& group, const ListeningOptions& options) {
  for (const Fd& socket : group.sockets) require(listen(socket.get(), STREAM_BACKLOG), group.bound);
  steer(group, options);
}

}  // namespace

ListeningSockets openListeningSockets(const Endpoint& endpoint, const ListeningOptions& options) {
  const Addresses addresses = resolve(endpoint);
  ListeningSockets group;
  group.bound = endpoint;
  bindGroup(group, *addresses, options);
  if (endpoint.transport == Transport::UDP)
    beginUdp(group, options);
  else
    beginStreams(group, options);
  return group;
}

uint32_t kernelDropsOf(int socket) {
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &length);
  return memory[SK_MEMINFO_DROPS];
}

std::string textOf(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  const bool hasColons = endpoint.host.find(':') != std::string::npos;
  return hasColons ? "[" + endpoint.host + "]:" + port : endpoint.host + ":" + port;
}

}  // namespace weir::collect
