// SPDX-License-Identifier: Apache-2.0
// pktsend INTERFACE FILE PACKETS_PER_SECOND SECONDS: sends the frames of a capture file (pcap as
// maketrace writes it) from memory, again and again, at a rate; 0 is as fast as it goes. Prints
// what it has sent as JSON, also when told to end early.
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
#include <vector>

namespace {

constexpr size_t BATCH = 64;
constexpr size_t FILE_HEADER_BYTES = 24;
constexpr size_t PACKET_HEADER_BYTES = 16;
constexpr uint32_t MICROSECOND_MAGIC = 0xa1b2c3d4;

volatile std::sig_atomic_t stopping = 0;

void onSignal(int /*signal*/) { stopping = 1; }

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "pktsend: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

class Trace {
 public:
  explicit Trace(const char* path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || fstat(file, &status) != 0) fail(path);
    size_ = static_cast<size_t>(status.st_size);
    void* data = mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (data == MAP_FAILED) fail(path);
    ::close(file);
    data_ = static_cast<uint8_t*>(data);
    uint32_t magic = 0;
    if (size_ > FILE_HEADER_BYTES + PACKET_HEADER_BYTES) std::memcpy(&magic, data_, sizeof magic);
    if (magic != MICROSECOND_MAGIC) {
      errno = EINVAL;
      fail(path);
    }
  }

  /// The next frame, the first one after the last.
  iovec next() {
    if (at_ + PACKET_HEADER_BYTES > size_) at_ = FILE_HEADER_BYTES;
    uint32_t length = 0;
    std::memcpy(&length, data_ + at_ + 8, sizeof length);
    if (at_ + PACKET_HEADER_BYTES + length > size_) {
      errno = EINVAL;
      fail("the file ends within a frame");
    }
    const iovec frame{data_ + at_ + PACKET_HEADER_BYTES, length};
    at_ += PACKET_HEADER_BYTES + length;
    return frame;
  }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t at_ = FILE_HEADER_BYTES;
};

int openSocket(const char* interfaceName) {
  const int handle = socket(AF_PACKET, SOCK_RAW, 0);
  if (handle < 0) fail("socket");
  const int on = 1;
  // Straight to the device: no queue that could drop behind our back.
  setsockopt(handle, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  const int size = 16 << 20;
  setsockopt(handle, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  const sockaddr_ll address{.sll_family = AF_PACKET,
                            .sll_protocol = htons(ETH_P_ALL),
                            .sll_ifindex = static_cast<int>(if_nametoindex(interfaceName))};
  if (address.sll_ifindex == 0) fail(interfaceName);
  if (bind(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  return handle;
}

struct Sent {
  uint64_t packets = 0;
  uint64_t octets = 0;
  uint64_t retries = 0;
  uint64_t errors = 0;
};

class Sender {
 public:
  Sender(const char* interfaceName, Trace& trace)
      : handle_(openSocket(interfaceName)), trace_(trace) {
    for (size_t i = 0; i < BATCH; ++i)
      messages_[i].msg_hdr = {.msg_iov = &parts_[i], .msg_iovlen = 1};
  }

  void sendBatch() {
    for (iovec& part : parts_) part = trace_.next();
    size_t done = 0;
    while (done < BATCH && stopping == 0) {
      const int count =
          sendmmsg(handle_, messages_.data() + done, static_cast<unsigned>(BATCH - done), 0);
      if (count > 0) {
        for (int i = 0; i < count; ++i)
          sent_.octets += parts_[done + static_cast<size_t>(i)].iov_len;
        done += static_cast<size_t>(count);
        sent_.packets += static_cast<uint64_t>(count);
      } else if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) {
        ++sent_.retries;
      } else {
        ++sent_.errors;
        ++done;
      }
    }
  }

  [[nodiscard]] const Sent& sent() const { return sent_; }

 private:
  int handle_;
  Trace& trace_;
  std::array<iovec, BATCH> parts_{};
  std::array<mmsghdr, BATCH> messages_{};
  Sent sent_;
};

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a wait takes longer than asked for.
constexpr double OVERSLEPT_SECONDS = 50e-6;

/// Leaves the core to others, the device's emulator for one, for all of a wait but its end.
void restFor(double seconds) {
  if (seconds <= 2 * OVERSLEPT_SECONDS) return;
  const auto nanoseconds = static_cast<long>((seconds - OVERSLEPT_SECONDS) * 1e9);
  const timespec span{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  nanosleep(&span, nullptr);
}

/// Paced by busy waiting where batches come close to each other: sleeping is too coarse for one
/// every 50 us.
double sendFor(Sender& sender, double rate, double limitSeconds) {
  const Clock::time_point start = Clock::now();
  double now = 0;
  while (stopping == 0 && (now = secondsSince(start)) < limitSeconds) {
    const double due = rate > 0 ? static_cast<double>(sender.sent().packets) / rate : 0;
    if (now >= due)
      sender.sendBatch();
    else
      restFor(due - now);
  }
  return secondsSince(start);
}

}  // namespace

int main(int count, char** values) {
  if (count != 5) {
    std::fputs("usage: pktsend INTERFACE FILE PACKETS_PER_SECOND SECONDS\n", stderr);
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1000UL);  // ns; as a rule 50 us
  for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, onSignal);
  Trace trace(values[2]);
  Sender sender(values[1], trace);
  const double elapsed = sendFor(sender, std::atof(values[3]), std::atof(values[4]));
  const Sent& sent = sender.sent();
  std::printf("{\"packets\":%lu,\"octets\":%lu,\"retries\":%lu,\"errors\":%lu,\"seconds\":%.6f}\n",
              sent.packets, sent.octets, sent.retries, sent.errors, elapsed);
  return 0;
}
