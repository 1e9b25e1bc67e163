// SPDX-License-Identifier: Apache-2.0
// flowsend PROTOCOL HOST PORT FLOWS_PER_SECOND SECONDS: sends flow records of netflow5, netflow9,
// ipfix or sflow5 out of datagrams that were made before, many with one system call, at a rate; 0
// is as fast as it goes. Sequence numbers go on over all rounds. Prints what it has sent as JSON,
// also when told to end early.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "flow_datagrams.h"

namespace {

using weir::bench::Datagrams;

constexpr size_t BATCH = 32;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "flowsend: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

double now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

int connectedSocket(const char* host, uint16_t port) {
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(port);
  if (inet_pton(AF_INET, host, &target.sin_addr) != 1) fail(host);
  const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (made < 0 || connect(made, reinterpret_cast<sockaddr*>(&target), sizeof target) != 0)
    fail("connect");
  return made;
}

struct Sums {
  uint64_t datagrams = 0;
  uint64_t flows = 0;
  uint64_t refused = 0;
};

/// A receiver that is not there yet, or no more, is no reason to stop.
void sendBatch(int socket, Datagrams& datagrams, Sums& sums) {
  std::array<iovec, BATCH> pieces;
  std::array<mmsghdr, BATCH> headers{};
  for (size_t i = 0; i < BATCH; ++i) {
    const auto datagram = datagrams.next();
    pieces[i] = {const_cast<uint8_t*>(datagram.octets.data()), datagram.octets.size()};
    headers[i].msg_hdr.msg_iov = &pieces[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    ++sums.datagrams;
    sums.flows += datagram.flows;
  }
  for (size_t sent = 0; sent < BATCH;) {
    const int count = sendmmsg(socket, &headers[sent], BATCH - sent, 0);
    if (count > 0) {
      sent += static_cast<size_t>(count);
    } else if (errno == ECONNREFUSED) {
      ++sums.refused;
    } else if (errno != EINTR && errno != ENOBUFS) {
      fail("sendmmsg");
    }
  }
}

void pause(double seconds) {
  if (seconds < 50e-6) return;
  timespec wait{};
  wait.tv_sec = static_cast<time_t>(seconds);
  wait.tv_nsec = static_cast<long>((seconds - static_cast<double>(wait.tv_sec)) * 1e9);
  nanosleep(&wait, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "flowsend PROTOCOL HOST PORT FLOWS_PER_SECOND SECONDS\n");
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1UL);
  std::signal(SIGTERM, onSignal);
  std::signal(SIGINT, onSignal);
  Datagrams datagrams(argv[1]);
  const int socket = connectedSocket(argv[2], static_cast<uint16_t>(std::atoi(argv[3])));
  const double rate = std::atof(argv[4]);
  const double seconds = std::atof(argv[5]);
  Sums sums;
  const double begin = now();
  double at = begin;
  while (stopping == 0 && at - begin < seconds) {
    datagrams.setTime(time(nullptr));
    sendBatch(socket, datagrams, sums);
    at = now();
    if (rate > 0) pause(static_cast<double>(sums.flows) / rate - (at - begin));
    at = now();
  }
  std::printf("{\"datagrams\":%llu,\"flows\":%llu,\"refused\":%llu,\"seconds\":%.6f}\n",
              static_cast<unsigned long long>(sums.datagrams),
              static_cast<unsigned long long>(sums.flows),
              static_cast<unsigned long long>(sums.refused), at - begin);
  return 0;
}
