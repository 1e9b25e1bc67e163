// SPDX-License-Identifier: Apache-2.0
#include "export/tls_channel.h"

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <utility>

namespace weir {

namespace {

constexpr const char* PRIORITY = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
constexpr size_t RECORD_OCTETS = 16'384;

bool isAddress(const std::string& host) {
  std::array<uint8_t, sizeof(in6_addr)> address;
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

TlsChannel::TlsChannel(const SocketAddress& collector, const std::string& source,
                       const std::string& host, std::shared_ptr<const TlsCredentials> credentials)
    : tcp_(collector, source),
      host_(host.substr(0, host.find('%'))),  // a zone is this machine's own word
      credentials_(std::move(credentials)) {
  if (tcp_.state() == State::LOST) lose(tcp_.failure());
}

TlsChannel::~TlsChannel() = default;

void TlsChannel::advance() {
  if (state_ != State::ESTABLISHING) return;
  tcp_.advance();
  if (tcp_.state() == State::LOST) return lose(tcp_.failure());
  if (tcp_.state() == State::ESTABLISHING) return;
  if (!session_) beginHandshake();
  const int status = gnutls_handshake(session_.get());
  if (status == GNUTLS_E_SUCCESS) {
    state_ = State::ESTABLISHED;
  } else if (gnutls_error_is_fatal(status) != 0) {
    loseBy(status);
  }
}

void TlsChannel::beginHandshake() {
  gnutls_session_t session = nullptr;
  if (gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0) {
    throw std::bad_alloc();
  }
  session_.reset(session);
  gnutls_priority_set_direct(session, PRIORITY, nullptr);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_->get());
  if (!isAddress(host_)) {
    gnutls_server_name_set(session, GNUTLS_NAME_DNS, host_.data(), host_.size());
  }
  gnutls_session_set_verify_cert(session, host_.c_str(), 0);
  gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT);  // the sender's attempt has one
  gnutls_transport_set_ptr(session, this);
  gnutls_transport_set_push_function(session, push);
  gnutls_transport_set_pull_function(session, pull);
  gnutls_transport_set_pull_timeout_function(session, pullTimeout);
}

ssize_t TlsChannel::push(gnutls_transport_ptr_t channel, const void* octets, size_t count) {
  auto& self = *static_cast<TlsChannel*>(channel);
  const size_t taken = self.tcp_.write({static_cast<const uint8_t*>(octets), count});
  if (taken != 0) return static_cast<ssize_t>(taken);
  gnutls_transport_set_errno(self.session_.get(),
                             self.tcp_.state() == State::LOST ? ECONNRESET : EAGAIN);
  return -1;
}

ssize_t TlsChannel::pull(gnutls_transport_ptr_t channel, void* octets, size_t count) {
  auto& self = *static_cast<TlsChannel*>(channel);
  const size_t taken = self.tcp_.read({static_cast<uint8_t*>(octets), count});
  if (taken != 0) return static_cast<ssize_t>(taken);
  if (self.tcp_.state() == State::LOST) {
    if (self.tcp_.failure().origin == SendFailure::Origin::PEER_CLOSED) return 0;
    gnutls_transport_set_errno(self.session_.get(), ECONNRESET);
  } else {
    gnutls_transport_set_errno(self.session_.get(), EAGAIN);
  }
  return -1;
}

int TlsChannel::pullTimeout(gnutls_transport_ptr_t channel, unsigned /*milliseconds*/) {
  pollfd ready{static_cast<TlsChannel*>(channel)->tcp_.fd(), POLLIN, 0};
  return poll(&ready, 1, 0);
}

/// The library keeps a record that the socket took in part, and wants to be called again for it.
size_t TlsChannel::write(std::span<const uint8_t> octets) {
  if (state_ != State::ESTABLISHED) return 0;
  const size_t count =
      pendingOctets_ != 0 ? pendingOctets_ : std::min(octets.size(), RECORD_OCTETS);
  const ssize_t status = pendingOctets_ != 0
                             ? gnutls_record_send(session_.get(), nullptr, 0)
                             : gnutls_record_send(session_.get(), octets.data(), count);
  if (status < 0) {
    const int error = static_cast<int>(status);
    if (gnutls_error_is_fatal(error) != 0) {
      listen();  // a reason may have been said before the connection broke
      loseBy(error);
    }
    pendingOctets_ = error == GNUTLS_E_AGAIN || error == GNUTLS_E_INTERRUPTED ? count : 0;
    return 0;
  }
  pendingOctets_ = 0;
  plainOctets_ += count;
  unacknowledged_.push_back({plainOctets_, tcp_.writtenOctets()});
  return count;
}

void TlsChannel::listen() {
  std::array<uint8_t, LISTEN_OCTETS> scratch;
  for (int reads = 0; reads < MAXIMUM_READS && state_ == State::ESTABLISHED; ++reads) {
    const ssize_t status = gnutls_record_recv(session_.get(), scratch.data(), scratch.size());
    if (status > 0) continue;
    if (status == 0) return lose({SendFailure::Origin::PEER_CLOSED, 0});
    if (status == GNUTLS_E_AGAIN) return;
    if (gnutls_error_is_fatal(static_cast<int>(status)) != 0) loseBy(static_cast<int>(status));
  }
}

uint64_t TlsChannel::acknowledgedOctets() {
  const uint64_t tcpOctets = tcp_.acknowledgedOctets();
  while (!unacknowledged_.empty() && unacknowledged_.front().tcpOctets <= tcpOctets) {
    acknowledgedOctets_ = unacknowledged_.front().plainOctets;
    unacknowledged_.pop_front();
  }
  return acknowledgedOctets_;
}

void TlsChannel::finish() {
  if (state_ == State::ESTABLISHED) gnutls_bye(session_.get(), GNUTLS_SHUT_WR);
  tcp_.finish();
}

short TlsChannel::advanceEvents() const {
  if (state_ != State::ESTABLISHING) return 0;
  if (!session_) return tcp_.advanceEvents();
  return gnutls_record_get_direction(session_.get()) == 0 ? POLLIN : POLLOUT;
}

/// Tells the collector why, as far as there is an alert for it.
void TlsChannel::loseBy(int status) {
  gnutls_alert_send_appropriate(session_.get(), status);
  lose(failureOf(status));
}

SendFailure TlsChannel::failureOf(int status) const {
  using Origin = SendFailure::Origin;
  switch (status) {
    case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR:
      return {Origin::CERTIFICATE, gnutls_session_get_verify_cert_status(session_.get())};
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      return {Origin::TLS_ALERT, static_cast<uint32_t>(gnutls_alert_get(session_.get()))};
    default:
      if (tcp_.state() == State::LOST) return tcp_.failure();
      return {Origin::TLS, static_cast<uint32_t>(-status)};
  }
}

}  // namespace weir
