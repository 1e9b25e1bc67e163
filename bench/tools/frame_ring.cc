// SPDX-License-Identifier: Apache-2.0
#include "frame_ring.h"

#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {
namespace {

constexpr uint32_t FRAME_BYTES = 2048;
constexpr uint32_t BLOCK_TIMEOUT_MS = 10;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

void heedSignals() {
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace

bool FrameRing::isStopping() { return stopping != 0; }

FrameRing::FrameRing(const char* interfaceName, RingSize size)
    : size_(size), handle_(socket(AF_PACKET, SOCK_RAW, 0)), blocks_(createRing()) {
  heedSignals();
  const sockaddr_ll address{.sll_family = AF_PACKET,
                            .sll_protocol = htons(ETH_P_ALL),
                            .sll_ifindex = static_cast<int>(if_nametoindex(interfaceName))};
  if (address.sll_ifindex == 0) fail(interfaceName);
  const packet_mreq promiscuous{.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
  setsockopt(handle_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous);
  if (bind(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("bind");
  }
}

FrameRing::~FrameRing() {
  munmap(blocks_, static_cast<size_t>(size_.blockBytes) * size_.blocks);
  close(handle_);
}

uint32_t FrameRing::kernelDrops() const {
  tpacket_stats_v3 statistics{};
  socklen_t length = sizeof statistics;
  getsockopt(handle_, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
  return statistics.tp_drops;
}

uint8_t* FrameRing::createRing() const {
  if (handle_ < 0) fail("socket");
  const int version = TPACKET_V3;
  if (setsockopt(handle_, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) {
    fail("TPACKET_V3");
  }
  const tpacket_req3 request{.tp_block_size = size_.blockBytes,
                             .tp_block_nr = size_.blocks,
                             .tp_frame_size = FRAME_BYTES,
                             .tp_frame_nr = size_.blocks * (size_.blockBytes / FRAME_BYTES),
                             .tp_retire_blk_tov = BLOCK_TIMEOUT_MS};
  if (setsockopt(handle_, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) {
    fail("PACKET_RX_RING");
  }
  void* memory = mmap(nullptr, static_cast<size_t>(size_.blockBytes) * size_.blocks,
                      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle_, 0);
  if (memory == MAP_FAILED) fail("mmap");
  return static_cast<uint8_t*>(memory);
}

void FrameRing::wait() const {
  pollfd waiting{.fd = handle_, .events = POLLIN};
  poll(&waiting, 1, 100);
}

}  // namespace bench
