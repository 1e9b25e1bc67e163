// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/stream_receiver.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

#include "collect/receive/socket_address.h"
#include "collect/receive/tcp_inbound.h"
#include "collect/receive/tls_inbound.h"

namespace weir::collect {

namespace {

/// Keys below are listeners, above are sessions.
constexpr uint64_t FIRST_SESSION = 1U << 16U;
/// Handshakes cost a lane time that datagrams wait for: so many connections, then a pause.
constexpr int ACCEPTS_IN_A_ROW = 8;
constexpr int64_t ACCEPT_PAUSE_MS = 50;
/// Of one connection, before the others have their turn.
constexpr int READS_IN_A_ROW = 4;
constexpr size_t EVENTS = 64;

uint64_t nextSession() {
  static std::atomic<uint64_t> next{FIRST_SESSION};
  return next.fetch_add(1, std::memory_order_relaxed);
}

void setOption(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof value);
}

/// An exporter that has vanished is noticed after two minutes.
void keepAlive(int socket) {
  setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  setOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  setOption(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

}  // namespace

StreamReceiver::StreamReceiver(StreamOptions options, ReceiveCounters& counters)
    : options_(std::move(options)), counters_(counters), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

void StreamReceiver::watch(int operation, int socket, uint32_t events, uint64_t key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  epoll_ctl(epoll_.get(), operation, socket, &event);
}

void StreamReceiver::listen(int socket, Transport transport) {
  watch(EPOLL_CTL_ADD, socket, EPOLLIN, listeners_.size());
  listeners_.push_back({socket, transport});
}

size_t StreamReceiver::serve(const Take& take, const Moment& now) {
  resumeListeners(now.monotonicMilliseconds);
  std::array<epoll_event, EVENTS> ready;
  const int count = epoll_wait(epoll_.get(), ready.data(), ready.size(), 0);
  for (int i = 0; i < count; ++i) {
    const uint64_t key = ready[static_cast<size_t>(i)].data.u64;
    if (key < FIRST_SESSION) {
      acceptFrom(key, now.monotonicMilliseconds);
      continue;
    }
    const auto connection = connections_.find(key);
    if (connection != connections_.end()) readFrom(key, connection->second, take, now);
  }
  return count > 0 ? static_cast<size_t>(count) : 0;
}

void StreamReceiver::resumeListeners(int64_t monotonicMilliseconds) {
  for (size_t i = 0; i < listeners_.size(); ++i) {
    Listener& listener = listeners_[i];
    if (listener.pausedUntil == 0 || monotonicMilliseconds < listener.pausedUntil) continue;
    listener.pausedUntil = 0;
    watch(EPOLL_CTL_MOD, listener.socket, EPOLLIN, i);
  }
}

void StreamReceiver::acceptFrom(size_t index, int64_t monotonicMilliseconds) {
  Listener& listener = listeners_[index];
  for (int i = 0; i < ACCEPTS_IN_A_ROW; ++i) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    Fd socket(accept4(listener.socket, reinterpret_cast<sockaddr*>(&peer), &length,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.valid() && errno == EAGAIN) return;
    if (!socket.valid()) break;  // out of descriptors, perhaps: asking at once again would not help
    admit(std::move(socket), peer, listener, monotonicMilliseconds);
  }
  listener.pausedUntil = monotonicMilliseconds + ACCEPT_PAUSE_MS;
  watch(EPOLL_CTL_MOD, listener.socket, 0, index);
}

bool StreamReceiver::hasRoomFor(const Address& peer) const {
  if (connections_.size() >= options_.limits.mostConnections) return false;
  const auto ofPeer = std::ranges::count_if(
      connections_, [&](const auto& entry) { return entry.second.peer == peer; });
  return static_cast<size_t>(ofPeer) < options_.limits.mostByAddress;
}

void StreamReceiver::admit(Fd socket, const sockaddr_storage& peer, const Listener& listener,
                           int64_t monotonicMilliseconds) {
  const Address address = addressOf(peer);
  if (!options_.allowed->allows(address)) return counters_.add(ReceiveCount::exporterNotAllowed);
  if (!hasRoomFor(address)) return counters_.add(ReceiveCount::refusedConnections);
  keepAlive(socket.get());
  const int number = socket.get();
  Connection connection{nullptr, address, portOf(peer), listener.transport, monotonicMilliseconds};
  if (listener.transport == Transport::TLS)
    connection.channel =
        std::make_unique<TlsInbound>(std::move(socket), address, options_.credentials);
  else
    connection.channel = std::make_unique<TcpInbound>(std::move(socket));
  const uint64_t session = nextSession();
  connections_.emplace(session, std::move(connection));
  watch(EPOLL_CTL_ADD, number, EPOLLIN, session);
  counters_.add(ReceiveCount::acceptedConnections);
  counters_.set(ReceiveCount::openConnections, connections_.size());
}

void StreamReceiver::readFrom(uint64_t session, Connection& connection, const Take& take,
                              const Moment& now) {
  InboundChannel& channel = *connection.channel;
  size_t messages = 0;
  const bool wasInside = connection.cutter.isInsideMessage();
  for (int reads = 0; reads < READS_IN_A_ROW || channel.pendingOctets() > 0; ++reads) {
    const size_t octets = channel.read(connection.cutter.room());
    connection.cutter.fill(octets);
    messages += handOver(session, connection, take, now);
    if (octets == 0 || connection.cutter.isMalformed()) break;
  }
  if (!channel.isAlive() || connection.cutter.isMalformed()) return end(session, connection);
  if (!connection.cutter.isInsideMessage())
    connection.messageBeganAt = 0;
  else if (!wasInside || messages > 0)
    connection.messageBeganAt = now.monotonicMilliseconds;
  if (channel.events() == connection.events) return;
  connection.events = channel.events();
  watch(EPOLL_CTL_MOD, channel.socket(), connection.events, session);
}

size_t StreamReceiver::handOver(uint64_t session, Connection& connection, const Take& take,
                                const Moment& now) {
  size_t messages = 0;
  for (;; ++messages) {
    const std::span<const uint8_t> message = connection.cutter.next();
    if (message.empty()) return messages;
    counters_.add(ReceiveCount::messages);
    counters_.add(ReceiveCount::messageOctets, message.size());
    take({message, connection.peer, connection.port, connection.transport, session,
          now.epochMilliseconds});
  }
}

void StreamReceiver::countEnd(const Connection& connection) {
  using State = InboundChannel::State;
  if (connection.cutter.isMalformed()) return counters_.add(ReceiveCount::malformedStreams);
  if (connection.cutter.isInsideMessage()) counters_.add(ReceiveCount::truncatedMessages);
  switch (connection.channel->state()) {
    case State::CLOSED:
      return counters_.add(ReceiveCount::closedByExporter);
    case State::RESET:
      return counters_.add(ReceiveCount::resetConnections);
    case State::FAILED_HANDSHAKE:
      return counters_.add(ReceiveCount::failedHandshakes);
    case State::FOREIGN_CERTIFICATE:
      return counters_.add(ReceiveCount::foreignCertificates);
    case State::ESTABLISHING:
    case State::OPEN:
      return counters_.add(ReceiveCount::stalledConnections);
  }
}

void StreamReceiver::end(uint64_t session, const Connection& connection) {
  countEnd(connection);
  ended_.push_back(session);
  connections_.erase(session);
  counters_.set(ReceiveCount::openConnections, connections_.size());
}

void StreamReceiver::closeStalled(int64_t monotonicMilliseconds) {
  const auto& [mostConnections, mostByAddress, handshakeMs, messageMs] = options_.limits;
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto& [session, connection] = *next++;
    const bool isShakingHands = connection.channel->state() == InboundChannel::State::ESTABLISHING;
    const bool isLate =
        (isShakingHands && monotonicMilliseconds - connection.acceptedAt > handshakeMs) ||
        (connection.messageBeganAt != 0 &&
         monotonicMilliseconds - connection.messageBeganAt > messageMs);
    if (isLate) end(session, connection);
  }
}

std::vector<uint64_t> StreamReceiver::takeEnded() { return std::exchange(ended_, {}); }

}  // namespace weir::collect
