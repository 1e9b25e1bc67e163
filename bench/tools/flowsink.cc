// SPDX-License-Identifier: Apache-2.0
// flowsink keep|sums PORT: takes NetFlow and IPFIX over UDP until SIGTERM or SIGINT, then prints
// its books. `keep` leaves datagrams in the kernel's buffer as long as there is room and decodes at
// the end, so that the sink does not slow down who is measured; `sums` decodes at once and runs for
// as long as one likes.
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "flow_books.h"

#include <linux/sock_diag.h>

namespace {

constexpr size_t BATCH = 64;
constexpr size_t MAXIMUM_DATAGRAM_BYTES = 65536;
constexpr int RECEIVE_BUFFER_BYTES = 1 << 29;  // the kernel doubles it, for what it adds itself
constexpr size_t ARENA_BYTES = 4ULL << 30;     // reserved, and taken only as it fills
constexpr size_t TOUCHED_BYTES = 256U << 20;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

class Socket {
 public:
  Socket() : handle_(socket(AF_INET, SOCK_DGRAM, 0)) {
    const int size = RECEIVE_BUFFER_BYTES;
    // Beyond the system's limit where the rights allow it.
    if (setsockopt(handle_, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
      setsockopt(handle_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    const timeval timeout{.tv_usec = 100000};
    setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    const sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (bind(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      std::perror("flowsink: bind");
      std::exit(1);
    }
    for (size_t i = 0; i < BATCH; ++i) {
      parts_[i] = {buffers_.data() + i * MAXIMUM_DATAGRAM_BYTES, MAXIMUM_DATAGRAM_BYTES};
      messages_[i].msg_hdr = {.msg_name = &senders_[i],
                              .msg_namelen = sizeof senders_[i],
                              .msg_iov = &parts_[i],
                              .msg_iovlen = 1};
    }
  }

  /// Calls take(octets, sender's port) for each datagram of a batch, of which there may be none.
  template <class Take>
  void receive(Take&& take) {
    const int count = recvmmsg(handle_, messages_.data(), BATCH, MSG_WAITFORONE, nullptr);
    for (int i = 0; i < count; ++i) {
      take(std::span(buffers_.data() + static_cast<size_t>(i) * MAXIMUM_DATAGRAM_BYTES,
                     messages_[i].msg_len),
           ntohs(senders_[i].sin_port));
    }
  }

  /// What already waits is taken before the end.
  template <class Take>
  void drain(Take&& take) {
    std::array<uint8_t, 1> peek{};
    while (recv(handle_, peek.data(), 1, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC) >= 0) receive(take);
  }

  [[nodiscard]] uint16_t port() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
  }

  [[nodiscard]] uint64_t kernelDrops() const { return memory()[SK_MEMINFO_DROPS]; }

  [[nodiscard]] bool isHalfFull() const {
    const Memory now = memory();
    return now[SK_MEMINFO_RMEM_ALLOC] > now[SK_MEMINFO_RCVBUF] / 2;
  }

 private:
  using Memory = std::array<uint32_t, SK_MEMINFO_VARS>;

  [[nodiscard]] Memory memory() const {
    Memory information{};
    socklen_t length = sizeof information;
    getsockopt(handle_, SOL_SOCKET, SO_MEMINFO, information.data(), &length);
    return information;
  }

  int handle_;
  std::vector<uint8_t> buffers_ = std::vector<uint8_t>(BATCH * MAXIMUM_DATAGRAM_BYTES);
  std::array<iovec, BATCH> parts_{};
  std::array<mmsghdr, BATCH> messages_{};
  std::array<sockaddr_in, BATCH> senders_{};
};

/// Datagrams one behind the other, each with its length and its sender.
class Arena {
 public:
  Arena()
      : data_(static_cast<uint8_t*>(mmap(nullptr, ARENA_BYTES, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
    if (data_ == MAP_FAILED) {
      std::perror("flowsink: mmap");
      std::exit(1);
    }
    madvise(data_, ARENA_BYTES, MADV_HUGEPAGE);
    std::memset(data_, 0, TOUCHED_BYTES);
  }

  void append(std::span<const uint8_t> datagram, uint32_t sender) {
    const Header header{static_cast<uint32_t>(datagram.size()), sender};
    if (used_ + sizeof header + datagram.size() > ARENA_BYTES) {
      ++overflows_;
      return;
    }
    std::memcpy(data_ + used_, &header, sizeof header);
    std::memcpy(data_ + used_ + sizeof header, datagram.data(), datagram.size());
    used_ += sizeof header + datagram.size();
  }

  void give(bench::FlowBooks& books) const {
    Header header{};
    for (size_t at = 0; at < used_; at += sizeof header + header.length) {
      std::memcpy(&header, data_ + at, sizeof header);
      books.take({data_ + at + sizeof header, header.length}, header.sender);
    }
  }

  [[nodiscard]] uint64_t overflows() const { return overflows_; }

 private:
  struct Header {
    uint32_t length = 0;
    uint32_t sender = 0;
  };
  uint8_t* data_;
  size_t used_ = 0;
  uint64_t overflows_ = 0;
};

void announce(const Socket& socket) {
  std::printf("port %u\n", socket.port());
  std::fflush(stdout);
}

/// To take datagrams as they come would take the core from a lane that shares it.
constexpr useconds_t PAUSE_US = 20'000;

template <class Due, class Take>
void receiveUntilStopped(Socket& socket, Due&& isDue, Take&& take) {
  announce(socket);
  while (stopping == 0) {
    usleep(PAUSE_US);
    if (isDue()) socket.drain(take);
  }
  socket.drain(take);
}

void keep(Socket& socket) {
  Arena arena;
  const auto isDue = [&] { return socket.isHalfFull(); };
  receiveUntilStopped(socket, isDue, [&](std::span<const uint8_t> datagram, uint32_t sender) {
    arena.append(datagram, sender);
  });
  bench::FlowBooks books(bench::Detail::DISTINCT_FLOWS);
  arena.give(books);
  books.print(socket.kernelDrops() + arena.overflows());
}

void sums(Socket& socket) {
  bench::FlowBooks books(bench::Detail::SUMS);
  const auto isDue = [] { return true; };
  receiveUntilStopped(socket, isDue, [&](std::span<const uint8_t> datagram, uint32_t sender) {
    books.take(datagram, sender);
  });
  books.print(socket.kernelDrops());
}

}  // namespace

int main(int count, char** values) {
  const std::string_view mode = count == 2 ? values[1] : "";
  if (mode != "keep" && mode != "sums") {
    std::fputs("usage: flowsink keep|sums\n", stderr);
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  Socket socket;
  mode == "keep" ? keep(socket) : sums(socket);
  return 0;
}
