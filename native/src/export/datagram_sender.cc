// SPDX-License-Identifier: Apache-2.0
#include "export/datagram_sender.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "coded_error.h"

namespace weir {

namespace {

constexpr int SEND_BUFFER_BYTES = 4 << 20;
constexpr size_t UDP_HEADER_BYTES = 8;
constexpr size_t LARGEST_PACKET_BYTES = 65535;
/// Below this no path is believed: every template and record must fit a message.
constexpr size_t SMALLEST_MESSAGE_BYTES = 512;
/// The kernel forgets what it learned of a path after some minutes, so the MTU can grow again.
constexpr int64_t MTU_AGE_NS = 10'000'000'000;
constexpr int64_t RECONNECT_AFTER_NS = 1'000'000'000;

// Reading a file may wait this long for a queueing discipline that drops: 1 ms at a time.
constexpr uint32_t MAXIMUM_WAITS = 1000;
constexpr uint32_t MAXIMUM_RETRIES = 16;

size_t headerBytes(int family) { return (family == AF_INET6 ? 40 : 20) + UDP_HEADER_BYTES; }

/// Octets of a packet on the path to the connected address.
size_t pathMtuBytes(int fd, int family) {
  int mtu = 0;
  socklen_t length = sizeof mtu;
  const int status = family == AF_INET6 ? getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &length)
                                        : getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &length);
  return status == 0 && mtu > 0 ? static_cast<size_t>(mtu) : ETHERNET_MTU_BYTES;
}

void setOption(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

/// Never fragments, and tells of each ICMP answer and each datagram that a local queue dropped.
void setPathOptions(int fd, int family) {
  setOption(fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES);
  if (family == AF_INET6) {
    setOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
    setOption(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
    setOption(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  } else {
    setOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
    setOption(fd, IPPROTO_IP, IP_RECVERR, 1);
  }
}

/// The errno of the ICMP answer that this message of the error queue tells of; 0: of none.
int icmpAnswer(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    const bool isError = (part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR) ||
                         (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR);
    if (!isError) continue;
    sock_extended_err error;
    std::memcpy(&error, CMSG_DATA(part), sizeof error);
    const bool isIcmp =
        error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
    return isIcmp ? static_cast<int>(error.ee_errno) : 0;
  }
  return 0;
}

/// What a network that comes later, or comes back, mends.
bool isNoRoute(int error) {
  return error == ENETUNREACH || error == EHOSTUNREACH || error == ENETDOWN ||
         error == EADDRNOTAVAIL;
}

SocketAddress localAddress(int fd) {
  SocketAddress address;
  address.lengthBytes = sizeof address.storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.lengthBytes);
  return address;
}

/// The port of either IP version.
in_port_t& portBe(SocketAddress& address) {
  return address.family() == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port
                                      : reinterpret_cast<sockaddr_in&>(address.storage).sin_port;
}

bool isSame(const SocketAddress& one, const SocketAddress& other) {
  return one.lengthBytes == other.lengthBytes &&
         std::memcmp(&one.storage, &other.storage, one.lengthBytes) == 0;
}

void waitAMillisecond() {
  const timespec pause{0, 1'000'000};
  nanosleep(&pause, nullptr);
}

}  // namespace

DatagramSender::DatagramSender(CollectorAddress collector, SendMode mode, DatagramOptions options)
    : collector_(std::move(collector)),
      mode_(mode),
      options_(std::move(options)),
      maximumBytes_(SMALLEST_MESSAGE_BYTES) {}

void DatagramSender::open() {
  addresses_ = resolveCollector(collector_, SOCK_DGRAM, options_.source);
  connectFirst();
  if (connectError_ != 0 && !isNoRoute(connectError_)) {
    throw CodedError("WEIR_EXPORT_UNREACHABLE",
                     "cannot send to the collector " + collector_.host + ": " +
                         std::strerror(connectError_) +
                         ". Check the address and this machine's routes.");
  }
  prepareSlots();
  askMtu();
  counters_.sessions = 1;
}

/// To the first address that this machine has a way to.
void DatagramSender::connectFirst() {
  for (const SocketAddress& address : addresses_) {
    address_ = address;
    socket_ = socketFrom(address, SOCK_DGRAM, options_.source);
    if (!socket_.valid()) {
      noteConnected(errno);
      continue;
    }
    setPathOptions(socket_.get(), address.family());
    noteConnected(connect(socket_.get(), address.get(), address.lengthBytes) == 0 ? 0 : errno);
    if (connectError_ == 0) return;
  }
}

/// Collectors know the session by the address and port that it comes from (RFC 7011 10.3): the
/// socket stays once it has led there, and its port with it. The address is kept when it was chosen
/// for the system; else it is what leads there now.
void DatagramSender::connectAgain() {
  connectedNs_ = nowNs_;
  if (!hasBeenConnected_) {
    connectFirst();
    if (connectError_ == 0) askMtu();
    return;
  }
  flush();  // what waits is of the present session
  const sockaddr nowhere{AF_UNSPEC, {}};
  static_cast<void>(connect(socket_.get(), &nowhere, sizeof nowhere));
  keepPort();
  const int status = connect(socket_.get(), address_.get(), address_.lengthBytes);
  noteConnected(status == 0 ? 0 : errno);
}

/// Linux gives a port that it chose itself back when a socket is disconnected. It may be another's
/// by now: then the next one is of another session.
void DatagramSender::keepPort() {
  SocketAddress address = localAddress(socket_.get());
  if (portBe(address) != 0) return;  // kept since it was asked for once
  portBe(address) = portBe(origin_);
  static_cast<void>(bind(socket_.get(), address.get(), address.lengthBytes));
}

/// After the socket was connected: whether collectors take it for the same as before.
void DatagramSender::noteOrigin() {
  const SocketAddress origin = localAddress(socket_.get());
  if (hasBeenConnected_ && !isSame(origin, origin_)) isSessionOver_ = true;
  origin_ = origin;
}

void DatagramSender::prepare() {
  if (!isSessionOver_) return;
  isSessionOver_ = false;
  ++session_;
  ++counters_.sessions;
}

/// `error`: 0, or the errno of what `connect` failed with.
void DatagramSender::noteConnected(int error) {
  connectError_ = error;
  isCutOff_ = error != 0;
  counters_.connected = error == 0 ? 1 : 0;
  if (error == 0) {
    noteOrigin();
    hasBeenConnected_ = true;
  }
  if (error != 0) noteFailure(SendFailure::system(error));
}

void DatagramSender::prepareSlots() {
  const size_t packetBytes = std::min<size_t>(options_.maximumMtuBytes, LARGEST_PACKET_BYTES);
  // Which of its addresses leads to the collector may turn out later: room for the shorter header.
  slotBytes_ = std::max(packetBytes - headerBytes(AF_INET), SMALLEST_MESSAGE_BYTES);
  buffer_.resize(slotBytes_ * QUEUE_DATAGRAMS);
  for (size_t i = 0; i < QUEUE_DATAGRAMS; ++i) {
    slots_[i].octets.iov_base = buffer_.data() + i * slotBytes_;
    headers_[i].msg_hdr.msg_iov = &slots_[i].octets;
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

void DatagramSender::askMtu() {
  const size_t headers = headerBytes(address_.family());
  const size_t mtu =
      std::min<size_t>(pathMtuBytes(socket_.get(), address_.family()), options_.maximumMtuBytes);
  maximumBytes_ = std::clamp(mtu - std::min(mtu, headers), SMALLEST_MESSAGE_BYTES, slotBytes_);
  mtuAskedNs_ = nowNs_;
}

void DatagramSender::send(std::span<const uint8_t> message, const MessageContents& contents) {
  if (isSessionOver_) return noteFailed(contents, FailureReason::CONNECTION_LOST);
  if (message.size() > slotBytes_) return noteFailed(contents, FailureReason::TOO_LONG);
  if (waiting_ == 0) waitingSinceNs_ = nowNs_;
  Slot& slot = slots_[waiting_++];
  std::memcpy(slot.octets.iov_base, message.data(), message.size());
  slot.octets.iov_len = message.size();
  slot.contents = contents;
  if (waiting_ == QUEUE_DATAGRAMS) flush();
}

void DatagramSender::tick(int64_t nowNs) {
  nowNs_ = nowNs;
  const auto isOlder = [nowNs](int64_t sinceNs, int64_t ageNs) {
    return nowNs < sinceNs || nowNs - sinceNs >= ageNs;
  };
  if (waiting_ != 0 && isOlder(waitingSinceNs_, QUEUE_AGE_NS)) flush();
  if (isOlder(mtuAskedNs_, MTU_AGE_NS)) {
    drainErrors();
    askMtu();
  }
  if (isCutOff_ && isOlder(connectedNs_, RECONNECT_AFTER_NS)) connectAgain();
}

void DatagramSender::flush() {
  for (size_t settled = 0; settled < waiting_;) {
    const size_t more = transmit(settled);
    if (more != 0) retries_ = 0;
    settled += more;
  }
  waiting_ = 0;
}

int64_t DatagramSender::oldestRecordNs() const {
  const auto end = slots_.begin() + static_cast<ptrdiff_t>(waiting_);
  const auto oldest = std::find_if(slots_.begin(), end,
                                   [](const Slot& slot) { return slot.contents.records != 0; });
  return oldest == end ? NO_RECORD_WAITS : oldest->contents.sinceNs;
}

/// Offers the messages from `first` on to the kernel. How many are settled now, sent or failed.
size_t DatagramSender::transmit(size_t first) {
  if (connectError_ != 0) return fail(first, FailureReason::NOT_CONNECTED, connectError_);
  const int flags = mode_ == SendMode::NEVER_WAIT ? MSG_DONTWAIT : 0;
  const int taken =
      sendmmsg(socket_.get(), &headers_[first], static_cast<unsigned>(waiting_ - first), flags);
  if (taken < 0) return settleRefusal(first, errno);
  const size_t end = first + static_cast<size_t>(taken);
  for (size_t i = first; i < end; ++i) noteSent(slots_[i].octets.iov_len, slots_[i].contents);
  // When not all were taken, the kernel keeps the error of the next one to itself. An ICMP answer
  // is in the error queue; anything else comes back when the rest is offered again.
  if (end < waiting_) drainErrors();
  return static_cast<size_t>(taken);
}

/// The kernel refused message `first`, or told of an earlier one instead of taking it.
size_t DatagramSender::settleRefusal(size_t first, int error) {
  const bool isAboutEarlier = drainErrors() != 0;
  if (error == EMSGSIZE) askMtu();
  const bool isTooLong = error == EMSGSIZE && slots_[first].octets.iov_len > maximumBytes_;
  if (isTooLong) return fail(first, FailureReason::TOO_LONG, error);
  if ((isAboutEarlier || error == EINTR || error == EMSGSIZE || error == ECONNREFUSED) &&
      retries_++ < MAXIMUM_RETRIES) {
    return 0;
  }
  if (isNoRoute(error)) {
    isCutOff_ = true;
    return fail(first, FailureReason::NOT_CONNECTED, error);
  }
  switch (error) {
    case EAGAIN:
      return failRest(first, error);
    case ENOBUFS:
    case ENOMEM:
      if (mode_ == SendMode::WAIT && retries_++ < MAXIMUM_WAITS) {
        waitAMillisecond();
        return 0;
      }
      return fail(first, FailureReason::BUFFER_FULL, error);
    default:
      isCutOff_ = true;
      return fail(first, FailureReason::SYSTEM_ERROR, error);
  }
}

size_t DatagramSender::fail(size_t first, FailureReason reason, int error) {
  noteFailed(slots_[first].contents, reason);
  noteFailure(SendFailure::system(error));
  return 1;
}

/// The socket's buffer is full: what waits would wait until records grow old.
size_t DatagramSender::failRest(size_t first, int error) {
  for (size_t i = first; i < waiting_; ++i) fail(i, FailureReason::BUFFER_FULL, error);
  return waiting_ - first;
}

/// Counts ICMP answers to earlier datagrams. How many messages the error queue held.
size_t DatagramSender::drainErrors() {
  for (size_t drained = 0;; ++drained) {
    alignas(cmsghdr) std::array<char, 512> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return drained;
    const int answer = icmpAnswer(message);
    if (answer == 0) continue;
    ++counters_.unreachableMessages;
    counters_.lastUnreachable = SendFailure::system(answer).word();
  }
}

}  // namespace weir
