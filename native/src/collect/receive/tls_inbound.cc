// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/tls_inbound.h"

#include <gnutls/x509.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "collect/receive/socket_address.h"

namespace weir::collect {

namespace {

constexpr const char* PRIORITY = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct FreeCertificate {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using Certificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, FreeCertificate>;

/// The peer's own certificate; none: it sent none, or it cannot be read.
Certificate peerCertificate(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* const chain = gnutls_certificate_get_peers(session, &count);
  gnutls_x509_crt_t certificate = nullptr;
  if (count == 0 || gnutls_x509_crt_init(&certificate) < 0) return nullptr;
  Certificate made(certificate);
  if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) < 0) return nullptr;
  return made;
}

/// The addresses that the certificate is for; none: it is for any.
std::vector<Address> addressesIn(gnutls_x509_crt_t certificate) {
  std::vector<Address> addresses;
  for (unsigned i = 0;; ++i) {
    Address octets{};
    size_t size = octets.size();
    const int kind =
        gnutls_x509_crt_get_subject_alt_name(certificate, i, octets.data(), &size, nullptr);
    if (kind == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;  // a long name, which is no address
    if (kind < 0) return addresses;
    if (kind != GNUTLS_SAN_IPADDRESS) continue;
    if (size == sizeof(uint32_t)) {
      Address ipv4{};
      ipv4[10] = ipv4[11] = 0xff;
      std::memcpy(&ipv4[12], octets.data(), size);
      octets = ipv4;
    }
    addresses.push_back(octets);
  }
}

bool isFor(gnutls_session_t session, const Address& peer) {
  const Certificate certificate = peerCertificate(session);
  if (!certificate) return false;
  const std::vector<Address> addresses = addressesIn(certificate.get());
  return addresses.empty() || std::ranges::find(addresses, peer) != addresses.end();
}

}  // namespace

TlsInbound::TlsInbound(Fd socket, const Address& peer,
                       std::shared_ptr<const TlsServerCredentials> credentials)
    : InboundChannel(std::move(socket)), peer_(peer), credentials_(std::move(credentials)) {
  begin();
}

void TlsInbound::begin() {
  gnutls_session_t session = nullptr;
  if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
    throw std::bad_alloc();
  session_.reset(session);
  gnutls_priority_set_direct(session, PRIORITY, nullptr);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_->get());
  if (credentials_->wantsClientCertificate()) {
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(session, nullptr, 0);
  }
  gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT);  // the receiver has one
  gnutls_transport_set_int(session, socket());
}

void TlsInbound::shakeHands() {
  const int status = gnutls_handshake(session_.get());
  if (status != GNUTLS_E_SUCCESS) {
    if (gnutls_error_is_fatal(status) != 0) fail(status);
    return;
  }
  state_ = State::OPEN;
  if (!credentials_->wantsClientCertificate() || isFor(session_.get(), peer_)) return;
  gnutls_alert_send(session_.get(), GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
  state_ = State::FOREIGN_CERTIFICATE;
}

/// Tells the exporter why, as far as there is an alert for it.
void TlsInbound::fail(int status) {
  const bool wasOpen = state_ == State::OPEN;
  gnutls_alert_send_appropriate(session_.get(), status);
  state_ = wasOpen ? State::RESET : State::FAILED_HANDSHAKE;
}

size_t TlsInbound::read(std::span<uint8_t> into) {
  if (state_ == State::ESTABLISHING) shakeHands();
  if (state_ != State::OPEN) return 0;
  const ssize_t count = gnutls_record_recv(session_.get(), into.data(), into.size());
  if (count > 0) return static_cast<size_t>(count);
  const int status = static_cast<int>(count);
  // Many exporters close the connection without saying so in TLS.
  if (status == 0 || status == GNUTLS_E_PREMATURE_TERMINATION)
    state_ = State::CLOSED;
  else if (gnutls_error_is_fatal(status) != 0)
    fail(status);
  return 0;
}

size_t TlsInbound::pendingOctets() const { return gnutls_record_check_pending(session_.get()); }

uint32_t TlsInbound::events() const {
  const bool wantsToWrite =
      state_ == State::ESTABLISHING && gnutls_record_get_direction(session_.get()) != 0;
  return wantsToWrite ? EPOLLOUT : EPOLLIN;
}

}  // namespace weir::collect
