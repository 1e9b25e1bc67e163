// SPDX-License-Identifier: Apache-2.0
// ringloop INTERFACE: counts frames in a bare TPACKET_V3 loop until SIGTERM or SIGINT, the limit
// for who captures by AF_PACKET; then prints what it counted and what the kernel dropped, as JSON.
// The ring is as large as the probe's.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr uint32_t BLOCK_BYTES = 1U << 20;
constexpr uint32_t BLOCK_COUNT = 64;
constexpr uint32_t FRAME_BYTES = 2048;
constexpr uint32_t BLOCK_TIMEOUT_MS = 10;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "ringloop: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

class Ring {
 public:
  explicit Ring(const char* interfaceName)
      : handle_(socket(AF_PACKET, SOCK_RAW, 0)), blocks_(createRing()) {
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

  void run() {
    while (stopping == 0) {
      if (!takeBlock()) wait();
    }
    while (takeBlock()) {
    }
  }

  void print() const {
    tpacket_stats_v3 statistics{};
    socklen_t length = sizeof statistics;
    getsockopt(handle_, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
    // Looked at, or the compiler would leave the frames' memory alone.
    std::printf("{\"packets\":%lu,\"octets\":%lu,\"kernelDrops\":%u,\"touched\":%lu}\n", packets_,
                octets_, statistics.tp_drops, touched_);
  }

 private:
  uint8_t* createRing() const {
    if (handle_ < 0) fail("socket");
    const int version = TPACKET_V3;
    if (setsockopt(handle_, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) {
      fail("TPACKET_V3");
    }
    const tpacket_req3 request{.tp_block_size = BLOCK_BYTES,
                               .tp_block_nr = BLOCK_COUNT,
                               .tp_frame_size = FRAME_BYTES,
                               .tp_frame_nr = BLOCK_COUNT * (BLOCK_BYTES / FRAME_BYTES),
                               .tp_retire_blk_tov = BLOCK_TIMEOUT_MS};
    if (setsockopt(handle_, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) {
      fail("PACKET_RX_RING");
    }
    void* memory = mmap(nullptr, static_cast<size_t>(BLOCK_BYTES) * BLOCK_COUNT,
                        PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle_, 0);
    if (memory == MAP_FAILED) fail("mmap");
    return static_cast<uint8_t*>(memory);
  }

  bool takeBlock() {
    uint8_t* block = blocks_ + static_cast<size_t>(next_) * BLOCK_BYTES;
    auto& header = reinterpret_cast<tpacket_block_desc*>(block)->hdr.bh1;
    const std::atomic_ref<uint32_t> status(header.block_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return false;
    const uint8_t* at = block + header.offset_to_first_pkt;
    for (uint32_t i = 0; i < header.num_pkts; ++i) {
      const auto& frame = *reinterpret_cast<const tpacket3_hdr*>(at);
      ++packets_;
      octets_ += frame.tp_len;
      touched_ += at[frame.tp_mac + 12U];
      at += frame.tp_next_offset;
    }
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % BLOCK_COUNT;
    return true;
  }

  void wait() const {
    pollfd waiting{.fd = handle_, .events = POLLIN};
    poll(&waiting, 1, 100);
  }

  int handle_;
  uint8_t* blocks_;
  uint32_t next_ = 0;
  uint64_t packets_ = 0;
  uint64_t octets_ = 0;
  uint64_t touched_ = 0;
};

}  // namespace

int main(int count, char** values) {
  if (count != 2) {
    std::fputs("usage: ringloop INTERFACE\n", stderr);
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  Ring ring(values[1]);
  std::puts("ready");
  std::fflush(stdout);
  ring.run();
  ring.print();
  return 0;
}
