// SPDX-License-Identifier: Apache-2.0
// An exporter's connection over TLS 1.2 or later. One thread.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <type_traits>

#include "collect/columns/flow_columns.h"
#include "collect/receive/inbound_channel.h"
#include "collect/receive/tls_server_credentials.h"

namespace weir::collect {

class TlsInbound final : public InboundChannel {
 public:
  /// Nothing is said before the first `read`. A client's certificate that names addresses
  /// (subjectAltName) is good from these only.
  TlsInbound(Fd socket, const Address& peer,
             std::shared_ptr<const TlsServerCredentials> credentials);

  size_t read(std::span<uint8_t> into) override;
  [[nodiscard]] size_t pendingOctets() const override;
  [[nodiscard]] uint32_t events() const override;

 private:
  struct End {
    void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
  };

  void begin();
  void shakeHands();
  void fail(int status);

  Address peer_;
  std::shared_ptr<const TlsServerCredentials> credentials_;
  std::unique_ptr<std::remove_pointer_t<gnutls_session_t>, End> session_;
};

}  // namespace weir::collect
