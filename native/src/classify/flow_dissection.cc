// SPDX-License-Identifier: Apache-2.0
#include "classify/flow_dissection.h"

#include <utility>

#include "dissect/dns_message.h"
#include "dissect/http_request.h"
#include "dissect/tls_client_hello.h"

namespace weir {
namespace {

constexpr size_t HEAD_BYTES_MAX = 16'384;  ///< as long as a TLS record
constexpr size_t DNS_HEADER_BYTES = 12;

constexpr uint8_t TLS_HANDSHAKE = 22;
constexpr uint8_t QUIC_LONG_HEADER = 0xc0;

void keep(const ClientHello& hello, FlowFacts& facts) {
  facts.serverName = hello.serverName;
  facts.alpn = hello.alpn;
  facts.ja4 = hello.ja4;
  facts.tlsVersion = hello.version;
}

/// A standard query or its response, with one question (RFC 1035 4.1.1).
bool mayBeDns(std::span<const uint8_t> octets) {
  return octets.size() > DNS_HEADER_BYTES && (octets[2] & 0x78U) == 0 && octets[4] == 0 &&
         octets[5] == 1;
}

}  // namespace

FlowDissection::Subject FlowDissection::subjectOf(Transport transport, StreamSide side,
                                                  std::span<const uint8_t> octets) {
  if (octets.empty()) return Subject::NOTHING;
  const uint8_t first = octets[0];
  if (transport == Transport::TCP) {
    if (first == TLS_HANDSHAKE) return Subject::TLS;
    const bool isUpper = first >= 'A' && first <= 'Z';
    return isUpper && side == StreamSide::CLIENT ? Subject::HTTP : Subject::NOTHING;
  }
  if ((first & QUIC_LONG_HEADER) == QUIC_LONG_HEADER && side == StreamSide::CLIENT) {
    return Subject::QUIC;
  }
  if (first == TLS_HANDSHAKE) return Subject::DTLS;
  return mayBeDns(octets) ? Subject::DNS : Subject::NOTHING;
}

std::unique_ptr<FlowDissection> FlowDissection::begin(Transport transport, StreamSide side,
                                                      std::span<const uint8_t> octets) {
  const Subject subject = subjectOf(transport, side, octets);
  if (subject == Subject::NOTHING) return nullptr;
  std::unique_ptr<FlowDissection> dissection(new FlowDissection(subject, side));
  dissection->add(octets);
  if (dissection->reading_ == Reading::NOT_THIS) return nullptr;
  return dissection;
}

void FlowDissection::add(std::span<const uint8_t> octets) {
  const bool isStream = subject_ == Subject::TLS || subject_ == Subject::HTTP;
  if (!isStream) {
    reading_ = read(octets);
    return;
  }
  if (head_.empty()) {
    reading_ = read(octets);
    if (reading_ == Reading::NEEDS_MORE) head_.assign(octets.begin(), octets.end());
    return;
  }
  head_.insert(head_.end(), octets.begin(), octets.end());
  reading_ = read(head_);
  if (reading_ == Reading::NEEDS_MORE && head_.size() >= HEAD_BYTES_MAX) finish();
}

uint32_t FlowDissection::protocol(const KnownApplications& known) const {
  switch (subject_) {
    case Subject::TLS:
      return known.tls;
    case Subject::HTTP:
      return known.http;
    case Subject::QUIC:
      return known.quic;
    case Subject::DTLS:
      return known.dtls;
    case Subject::DNS:
      return known.dns;
    case Subject::NOTHING:
      break;
  }
  return 0;
}

Reading FlowDissection::read(std::span<const uint8_t> octets) {
  Reading reading = Reading::NOT_THIS;
  switch (subject_) {
    case Subject::TLS:
    case Subject::DTLS: {
      ClientHello hello;
      reading = subject_ == Subject::TLS ? readTlsClientHello(octets, hello)
                                         : readDtlsClientHello(octets, hello);
      if (reading != Reading::NOT_THIS) keep(hello, facts_);
      break;
    }
    case Subject::QUIC:
      if (!quic_) quic_ = std::make_unique<QuicInitialReader>();
      reading = quic_->add(octets);
      if (reading != Reading::NOT_THIS) keep(quic_->hello(), facts_);
      break;
    case Subject::HTTP: {
      HttpRequest request;
      reading = readHttpRequest(octets, request);
      if (reading == Reading::NOT_THIS) break;
      facts_.serverName = std::move(request.host);
      facts_.userAgent = std::move(request.userAgent);
      break;
    }
    case Subject::DNS: {
      DnsMessage message;
      reading = readDnsMessage(octets, message);
      if (reading == Reading::COMPLETE) facts_.serverName = std::move(message.queryName);
      break;
    }
    case Subject::NOTHING:
      break;
  }
  return reading;
}

}  // namespace weir
