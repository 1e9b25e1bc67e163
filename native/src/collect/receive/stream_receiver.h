// SPDX-License-Identifier: Apache-2.0
// IPFIX over TCP and TLS: takes connections in, cuts messages out of them, and lets go of peers
// that are slow, dead or too many. One lane's thread.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "collect/receive/allow_list.h"
#include "collect/receive/datagram.h"
#include "collect/receive/inbound_channel.h"
#include "collect/receive/message_cutter.h"
#include "collect/receive/moment.h"
#include "collect/receive/receive_counters.h"
#include "collect/receive/tls_server_credentials.h"
#include "fd.h"

namespace weir::collect {

struct StreamLimits {
  size_t mostConnections = 1024;
  size_t mostByAddress = 16;
  int64_t handshakeMs = 10'000;
  /// A message that has begun is complete after this, or its connection is closed.
  int64_t messageMs = 60'000;
};

struct StreamOptions {
  std::shared_ptr<const AllowList> allowed;
  /// Of TLS listeners, else null.
  std::shared_ptr<const TlsServerCredentials> credentials;
  StreamLimits limits;
};

class StreamReceiver {
 public:
  using Take = std::function<void(const DatagramView&)>;

  StreamReceiver(StreamOptions options, ReceiveCounters& counters);

  /// Takes connections from a listening socket, which must outlive this.
  void listen(int socket, Transport transport);

  /// Readable when `serve` has something to do.
  [[nodiscard]] int fd() const { return epoll_.get(); }

  /// Does what there is to do without waiting: a bounded amount for each connection. Returns how
  /// many connections or listeners had something.
  size_t serve(const Take& take, const Moment& now);

  /// To be called about once a second; by the monotonic clock.
  void closeStalled(int64_t monotonicMilliseconds);

  /// Sessions that have ended since the last call.
  std::vector<uint64_t> takeEnded();

 private:
  struct Listener {
    int socket;
    Transport transport;
    int64_t pausedUntil = 0;  ///< by the monotonic clock
  };
  struct Connection {
    std::unique_ptr<InboundChannel> channel;
    Address peer;
    uint16_t port;
    Transport transport;
    int64_t acceptedAt;          ///< by the monotonic clock
    int64_t messageBeganAt = 0;  ///< of a message that is not complete; 0: there is none
    uint32_t events = EPOLLIN;
    MessageCutter cutter;
  };

  void watch(int operation, int socket, uint32_t events, uint64_t key);
  void acceptFrom(size_t index, int64_t monotonicMilliseconds);
  void resumeListeners(int64_t monotonicMilliseconds);
  void admit(Fd socket, const sockaddr_storage& peer, const Listener& listener,
             int64_t monotonicMilliseconds);
  [[nodiscard]] bool hasRoomFor(const Address& peer) const;
  void readFrom(uint64_t session, Connection& connection, const Take& take, const Moment& now);
  size_t handOver(uint64_t session, Connection& connection, const Take& take, const Moment& now);
  void end(uint64_t session, const Connection& connection);
  void countEnd(const Connection& connection);

  StreamOptions options_;
  ReceiveCounters& counters_;
  Fd epoll_;
  std::vector<Listener> listeners_;
  std::unordered_map<uint64_t, Connection> connections_;
  std::vector<uint64_t> ended_;
};

}  // namespace weir::collect
