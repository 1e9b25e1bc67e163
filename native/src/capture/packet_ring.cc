// SPDX-License-Identifier: Apache-2.0
#include "capture/packet_ring.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "capture/capture_error.h"
#include "capture/fanout_program.h"
#include "capture/offload_check.h"

namespace weir {
namespace {

constexpr int LONGEST_WAIT_MS = 100;
constexpr uint32_t FRAME_SIZE_BYTES = 2048;  // only a divisor to TPACKET_V3: frames are packed

std::string listInterfaces() {
  std::string names;
  struct if_nameindex* const list = ::if_nameindex();
  if (list == nullptr) return names;
  for (const auto* entry = list; entry->if_name != nullptr; ++entry)
    names += (names.empty() ? "" : ", ") + std::string(entry->if_name);
  ::if_freenameindex(list);
  return names;
}

[[noreturn]] void fail(const char* code, const std::string& what, const std::string& remedy) {
  throw CaptureError(code, what + ": " + std::strerror(errno) + "; " + remedy);
}

template <typename Value>
bool setOption(const Fd& socket, int level, int name, const Value& value) {
  return ::setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

/// Devices whose packets have no link header of their own, or one that only they understand; their
/// IP packets are where the kernel says that the network header is.
bool isIpInterface(uint16_t hardware) {
  constexpr uint16_t IPV6_GRE = 823;  // linux/if_arp.h, which does not go with net/if_arp.h
  switch (hardware) {
    case ARPHRD_NONE:  // tun, WireGuard
    case ARPHRD_RAWIP:
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
    case IPV6_GRE:
      return true;
    default:
      return false;
  }
}

/// A program that keeps `snapLengthBytes` of each frame; 0 takes none at all.
bool attachSnapLength(const Fd& socket, uint32_t snapLengthBytes) {
  sock_filter keep = BPF_STMT(BPF_RET | BPF_K, snapLengthBytes);
  return setOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, sock_fprog{1, &keep});
}

}  // namespace

PacketRing::~PacketRing() { closeRing(); }

void PacketRing::open() { openRing(); }

void PacketRing::openRing() {
  // Protocol 0: nothing is delivered before bind().
  socket_ = Fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!socket_.valid() && (errno == EPERM || errno == EACCES))
    fail(capture_code::NOT_PERMITTED, "cannot open a packet socket",
         "run as root, or once: sudo setcap cap_net_raw+ep $(which node)");
  if (!socket_.valid())
    fail(capture_code::RING_FAILED, "cannot open a packet socket",
         "load the kernel module: sudo modprobe af_packet");
  checkInterface();
  createRing();
  // Until all lanes are in the group this ring would take the others' frames: see startCapture().
  if (!attachSnapLength(socket_, 0))
    fail(capture_code::RING_FAILED, "cannot set the capture filter", "check the kernel's log");
  bindToInterface();
  if (options_.laneCount > 1) joinFanout();
}

void PacketRing::closeRing() {
  if (ring_ != nullptr) ::munmap(ring_, ringBytes_);
  ring_ = nullptr;
  socket_ = {};
  blockIndex_ = framesLeft_ = 0;
  holdsBlock_ = false;
}

/// The interface was deleted. A new one of its name has another number, which a ring in a fanout
/// group cannot take, so there must be a new ring. The lanes find it at about the same time; until
/// the last has joined the group, the others take its frames.
void PacketRing::reopenRing() {
  if (::if_nametoindex(options_.interfaceName.c_str()) == 0) return;
  try {
    openRing();
  } catch (const CaptureError&) {
    // It has gone again, or is of another kind now, or other lanes still hold the old group.
    closeRing();
    return;
  }
  gone_ = false;
  ++counters_.interfaceReturns;
  startCapture();
}

/// By its number: it may have been renamed, which changes nothing.
bool PacketRing::interfaceExists() const {
  ifreq request{};
  request.ifr_ifindex = static_cast<int>(interfaceIndex_);
  return ::ioctl(socket_.get(), SIOCGIFNAME, &request) == 0 || errno != ENODEV;
}

void PacketRing::checkInterface() {
  interfaceIndex_ = ::if_nametoindex(options_.interfaceName.c_str());
  if (interfaceIndex_ == 0)
    throw CaptureError(
        capture_code::NO_SUCH_INTERFACE,
        "there is no interface \"" + options_.interfaceName + "\"; there are: " + listInterfaces());
  ifreq request{};
  options_.interfaceName.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (::ioctl(socket_.get(), SIOCGIFHWADDR, &request) != 0)
    fail(capture_code::NO_SUCH_INTERFACE, "cannot ask for the type of " + options_.interfaceName,
         "there are: " + listInterfaces());
  const uint16_t hardware = request.ifr_hwaddr.sa_family;
  loopback_ = hardware == ARPHRD_LOOPBACK;
  linkType_ = isIpInterface(hardware) ? LinkType::RAW_IP : LinkType::ETHERNET;
  if (!loopback_ && hardware != ARPHRD_ETHER && linkType_ != LinkType::RAW_IP)
    throw CaptureError(capture_code::UNSUPPORTED_INTERFACE,
                       options_.interfaceName + " has link type " + std::to_string(hardware) +
                           ", neither Ethernet nor IP; capture on the interface below it");
}

void PacketRing::createRing() {
  const uint32_t frames = options_.blockSizeBytes / FRAME_SIZE_BYTES * options_.blockCount;
  const tpacket_req3 layout = {.tp_block_size = options_.blockSizeBytes,
                               .tp_block_nr = options_.blockCount,
                               .tp_frame_size = FRAME_SIZE_BYTES,
                               .tp_frame_nr = frames,
                               .tp_retire_blk_tov = options_.blockTimeoutMs};
  const std::string remedy =
      "the block size must be a power of two of at least 64 KiB; use fewer or smaller blocks when "
      "memory is short";
  if (!setOption(socket_, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}) ||
      !setOption(socket_, SOL_PACKET, PACKET_RX_RING, layout))
    fail(capture_code::RING_FAILED, "the kernel refuses the capture ring", remedy);
  ringBytes_ = size_t{options_.blockSizeBytes} * options_.blockCount;
  void* const mapping = ::mmap(nullptr, ringBytes_, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_POPULATE, socket_.get(), 0);
  if (mapping == MAP_FAILED) fail(capture_code::RING_FAILED, "cannot map the capture ring", remedy);
  ring_ = static_cast<uint8_t*>(mapping);
}

void PacketRing::bindToInterface() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(interfaceIndex_);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != ENETDOWN)
    fail(capture_code::RING_FAILED, "cannot capture on " + options_.interfaceName,
         "check that it still exists: " + listInterfaces());
  if (options_.mode != InterfaceMode::PROMISCUOUS) return;
  const packet_mreq membership = {.mr_ifindex = static_cast<int>(interfaceIndex_),
                                  .mr_type = PACKET_MR_PROMISC};
  if (!setOption(socket_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership))
    fail(capture_code::RING_FAILED, "cannot make " + options_.interfaceName + " promiscuous",
         "switch promiscuous mode off");
}

void PacketRing::joinFanout() {
  // The number of the interface in it, so that no lane of a new interface meets the old one's
  // group.
  const auto groupId = static_cast<uint16_t>(options_.fanoutGroupId + interfaceIndex_);
  const int group = groupId | PACKET_FANOUT_CBPF << 16;
  auto program = fanoutProgram(linkType_, options_.fanoutSeed);
  const sock_fprog data = {static_cast<uint16_t>(program.size()), program.data()};
  if (!setOption(socket_, SOL_PACKET, PACKET_FANOUT, group) ||
      !setOption(socket_, SOL_PACKET, PACKET_FANOUT_DATA, data))
    fail(capture_code::FANOUT_FAILED,
         "cannot share " + options_.interfaceName + " between lanes by fanout group " +
             std::to_string(groupId),
         "choose a group id that no other program uses, or run with one lane");
}

void PacketRing::startCapture() {
  // On loopback the kernel shows each frame on its way out and again on its way in; takeFrame()
  // does it where the kernel cannot (before 4.20).
  if (loopback_) setOption(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, int{1});
  attachSnapLength(socket_, options_.snapLengthBytes);
  capturing_ = true;
}

void PacketRing::stop() {
  if (stopped_) return;
  if (!gone_) attachSnapLength(socket_, 0);
  stopped_ = true;
}

size_t PacketRing::receive(std::span<PacketView> batch) {
  if (!capturing_ && !stopped_) startCapture();
  if (gone_ && !waitForInterface()) return 0;
  for (;;) {
    if (holdsBlock_ && framesLeft_ == 0) releaseBlock();
    if (!holdsBlock_ && !nextBlock()) {
      waitForBlock();
      if (!nextBlock()) {
        noteEmptyRing();
        return drained_ ? 0 : hear(batch);
      }
    }
    // Before the frames that may be of the flows that these tell of.
    const size_t heard = hear(batch);
    const size_t count = heard + takeFrames(batch.subspan(heard));
    if (count > 0 || batch.empty()) return count;
  }
}

/// The end of the capture, or of the interface. Signals, and the interface's own end, cut the wait
/// short: the last frames may lie in a block whose time is not up.
void PacketRing::noteEmptyRing() {
  const bool isGone = !interfaceExists();
  if (!isGone && !stopped_) return;
  std::this_thread::sleep_for(std::chrono::milliseconds(2 * options_.blockTimeoutMs));
  if (isWaiting(0)) return;
  drained_ = stopped_;
  if (!isGone) return;
  takeKernelDrops();
  closeRing();
  gone_ = true;
  ++counters_.interfaceLosses;
}

/// True when there is a ring again.
bool PacketRing::waitForInterface() {
  drained_ = stopped_;
  if (stopped_) return false;
  std::this_thread::sleep_for(std::chrono::milliseconds(LONGEST_WAIT_MS));
  reopenRing();
  return !gone_;
}

tpacket_block_desc* PacketRing::block() const {
  return reinterpret_cast<tpacket_block_desc*>(ring_ +
                                               size_t{blockIndex_} * options_.blockSizeBytes);
}

bool PacketRing::nextBlock() {
  const tpacket_hdr_v1& header = block()->hdr.bh1;
  if ((__atomic_load_n(&header.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) return false;
  framesLeft_ = header.num_pkts;
  nextFrame_ = reinterpret_cast<const uint8_t*>(block()) + header.offset_to_first_pkt;
  holdsBlock_ = true;
  return true;
}

void PacketRing::releaseBlock() {
  __atomic_store_n(&block()->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  blockIndex_ = (blockIndex_ + 1) % options_.blockCount;
  holdsBlock_ = false;
}

void PacketRing::waitForBlock() {
  pollfd waiting = {socket_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, LONGEST_WAIT_MS) <= 0 || (waiting.revents & POLLERR) == 0) return;
  // The interface went down: reading the error clears it, or poll() would return at once for ever.
  // When the interface is up again the kernel goes on filling the ring.
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
}

/// Frames that other lanes told; they leave at least half of the batch to the ring's own.
size_t PacketRing::hear(std::span<PacketView> batch) {
  return listener_ ? listener_->hear(batch.first(batch.size() / 2)) : 0;
}

size_t PacketRing::takeFrames(std::span<PacketView> batch) {
  size_t count = 0;
  for (; framesLeft_ > 0 && count < batch.size(); --framesLeft_) {
    const auto& header = *reinterpret_cast<const tpacket3_hdr*>(nextFrame_);
    nextFrame_ += header.tp_next_offset;
    __builtin_prefetch(nextFrame_);
    count += takeFrame(header, batch[count]) ? 1 : 0;
  }
  return count;
}

bool PacketRing::takeFrame(const tpacket3_hdr& header, PacketView& view) const {
  const auto* const start = reinterpret_cast<const uint8_t*>(&header);
  const auto* const address =
      reinterpret_cast<const sockaddr_ll*>(start + TPACKET_ALIGN(sizeof header));
  if (loopback_ && address->sll_pkttype == PACKET_OUTGOING) return false;
  const uint32_t linkBytes =
      linkType_ == LinkType::RAW_IP
          ? std::min<uint32_t>(header.tp_net - header.tp_mac, header.tp_snaplen)
          : 0;
  const bool tagged = (header.tp_status & TP_STATUS_VLAN_VALID) != 0;
  view = {.data = start + header.tp_mac + linkBytes,
          .capturedLengthBytes = header.tp_snaplen - linkBytes,
          .originalLengthBytes = header.tp_len - linkBytes,
          .timestampNs = header.tp_sec * int64_t{1'000'000'000} + header.tp_nsec,
          .interfaceIndex = interfaceIndex_,
          .strippedVlanTci = tagged ? header.hv1.tp_vlan_tci & 0xffffU : PacketView::NO_VLAN,
          .linkType = linkType_};
  return true;
}

bool PacketRing::isWaiting(uint32_t blocksAhead) const {
  const size_t index = (blockIndex_ + blocksAhead) % options_.blockCount;
  const auto* const ahead =
      reinterpret_cast<const tpacket_block_desc*>(ring_ + index * options_.blockSizeBytes);
  return (__atomic_load_n(&ahead->hdr.bh1.block_status, __ATOMIC_RELAXED) & TP_STATUS_USER) != 0;
}

double PacketRing::pressure() {
  if (gone_) return 0;
  const uint64_t dropped = counters().kernelDroppedPackets;
  if (std::exchange(droppedBefore_, dropped) != dropped) return 1;
  // The kernel fills the blocks in turn, so those that wait are the ones that follow.
  uint32_t waiting = 0;
  while (waiting < options_.blockCount && isWaiting(waiting)) ++waiting;
  return static_cast<double>(waiting) / options_.blockCount;
}

int64_t PacketRing::clockNs() const {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

CaptureCounters PacketRing::counters() {
  takeKernelDrops();
  if (listener_) counters_.overheardLostPackets = listener_->lostFrames();
  return counters_;
}

void PacketRing::takeKernelDrops() {
  tpacket_stats_v3 since{};  // the kernel starts at zero again after each reading
  socklen_t size = sizeof since;
  if (socket_.valid() &&
      ::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &since, &size) == 0)
    counters_.kernelDroppedPackets += since.tp_drops;
}

std::vector<std::string> PacketRing::warnings() const {
  if (loopback_) return {};
  return offloadWarnings(socket_, options_.interfaceName);
}

}  // namespace weir
