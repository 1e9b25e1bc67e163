// SPDX-License-Identifier: Apache-2.0
// TLS 1.2 or later over a TCP connection (docs/decisions: GnuTLS). The collector's certificate must
// be vouched for and carry its name.
#pragma once

#include <gnutls/gnutls.h>

#include <deque>
#include <memory>
#include <string>
#include <type_traits>

#include "export/stream_channel.h"
#include "export/tcp_channel.h"
#include "export/tls_credentials.h"

namespace weir {

class TlsChannel final : public StreamChannel {
 public:
  /// Begins to connect. `host` is the name or address that the certificate must be for.
  TlsChannel(const SocketAddress& collector, const std::string& source, const std::string& host,
             std::shared_ptr<const TlsCredentials> credentials);
  ~TlsChannel() override;

  void advance() override;
  size_t write(std::span<const uint8_t> octets) override;
  void listen() override;
  [[nodiscard]] uint64_t acknowledgedOctets() override;
  void finish() override;
  void abandon() override { tcp_.abandon(); }
  [[nodiscard]] int fd() const override { return tcp_.fd(); }
  [[nodiscard]] short advanceEvents() const override;

 private:
  struct End {
    void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
  };
  /// Where a TLS record ends, in what it carries and in the TCP stream.
  struct RecordEnd {
    uint64_t plainOctets;
    uint64_t tcpOctets;
  };

  void beginHandshake();
  void loseBy(int status);
  [[nodiscard]] SendFailure failureOf(int status) const;
  static ssize_t push(gnutls_transport_ptr_t channel, const void* octets, size_t count);
  static ssize_t pull(gnutls_transport_ptr_t channel, void* octets, size_t count);
  static int pullTimeout(gnutls_transport_ptr_t channel, unsigned milliseconds);

  TcpChannel tcp_;
  std::string host_;
  std::shared_ptr<const TlsCredentials> credentials_;
  std::unique_ptr<std::remove_pointer_t<gnutls_session_t>, End> session_;
  size_t pendingOctets_ = 0;  ///< of the record that the socket took in part
  uint64_t plainOctets_ = 0;
  uint64_t acknowledgedOctets_ = 0;
  std::deque<RecordEnd> unacknowledged_;
};

}  // namespace weir
