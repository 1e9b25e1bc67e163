// SPDX-License-Identifier: Apache-2.0
#include "classify/flow_dissection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dissect/dhcp_message.h"
#include "dissect/dns_message.h"
#include "dissect/dns_stream.h"
#include "dissect/http_request.h"
#include "dissect/ssh_banner.h"
#include "dissect/stun_message.h"
#include "dissect/tls_client_hello.h"

namespace weir {
namespace {

constexpr size_t HEAD_BYTES_MAX = 16'384;  ///< as long as a TLS record
constexpr size_t DNS_HEADER_BYTES = 12;
constexpr size_t DHCP_FIXED_BYTES = 236;

constexpr uint8_t TLS_HANDSHAKE = 22;
constexpr std::string_view SSH = "SSH";

void keep(const ClientHello& hello, FlowFacts& facts) {
  facts.serverName = hello.serverName;
  facts.alpn = hello.alpn;
  facts.ja4 = hello.ja4;
  facts.tlsVersion = hello.version;
}

/// A long header (RFC 9000 17.2), or public flags, a connection ID and a version, as Google's had
/// them up to Q043.
bool mayBeQuic(std::span<const uint8_t> octets) {
  constexpr uint8_t LONG_HEADER = 0xc0;
  constexpr uint8_t NEW_HEADER = 0x80;
  constexpr uint8_t WITH_VERSION_AND_ID = 0x09;
  constexpr size_t VERSION_AT = 9;
  const uint8_t flags = octets[0];
  if ((flags & LONG_HEADER) == LONG_HEADER) return true;
  return (flags & (NEW_HEADER | WITH_VERSION_AND_ID)) == WITH_VERSION_AND_ID &&
         octets.size() > VERSION_AT + 1 && octets[VERSION_AT] == 'Q' &&
         octets[VERSION_AT + 1] == '0';
}

/// A standard query or its response, with one question (RFC 1035 4.1.1).
bool mayBeDns(std::span<const uint8_t> octets) {
  return octets.size() > DNS_HEADER_BYTES && (octets[2] & 0x78U) == 0 && octets[4] == 0 &&
         octets[5] == 1;
}

/// With the magic cookie (RFC 8489 5).
bool isStun(std::span<const uint8_t> octets) {
  return octets.size() >= 20 && octets[4] == 0x21 && octets[5] == 0x12 && octets[6] == 0xa4 &&
         octets[7] == 0x42;
}

/// With the magic cookie behind the fixed fields (RFC 2131 3).
bool isDhcp(std::span<const uint8_t> octets) {
  return octets.size() > DHCP_FIXED_BYTES + 4 && octets[DHCP_FIXED_BYTES] == 99 &&
         octets[DHCP_FIXED_BYTES + 1] == 130 && octets[DHCP_FIXED_BYTES + 2] == 83 &&
         octets[DHCP_FIXED_BYTES + 3] == 99;
}

}  // namespace

FlowDissection::Subject FlowDissection::subjectOf(Transport transport, StreamSide side,
                                                  std::span<const uint8_t> octets) {
  if (octets.empty()) return Subject::NOTHING;
  const uint8_t first = octets[0];
  const bool isClient = side == StreamSide::CLIENT;
  if (transport == Transport::TCP) {
    if (first == TLS_HANDSHAKE) return Subject::TLS;
    const size_t alike = std::min(octets.size(), SSH.size());
    if (std::equal(octets.begin(), octets.begin() + static_cast<ptrdiff_t>(alike), SSH.begin()))
      return octets.size() > SSH.size() ? Subject::SSH : Subject::SSH_OR_HTTP;
    if (first >= 'A' && first <= 'Z' && isClient) return Subject::HTTP;
    return mayBeDnsStream(octets) ? Subject::DNS_STREAM : Subject::NOTHING;
  }
  if (isClient && mayBeQuic(octets)) return Subject::QUIC;
  if (first == TLS_HANDSHAKE) return Subject::DTLS;
  if (first <= 1 && isStun(octets)) return Subject::STUN;
  if (isDhcp(octets)) return Subject::DHCP;
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
  switch (subject_) {
    case Subject::SSH_OR_HTTP:
    case Subject::TLS:
    case Subject::HTTP:
    case Subject::SSH:
    case Subject::DNS_STREAM:
      return addToStream(octets);
    default:
      reading_ = read(octets);
  }
}

void FlowDissection::addToStream(std::span<const uint8_t> octets) {
  if (head_.empty()) {
    reading_ = read(octets);
    if (reading_ == Reading::NEEDS_MORE) head_.assign(octets.begin(), octets.end());
    return;
  }
  head_.insert(head_.end(), octets.begin(), octets.end());
  if (subject_ == Subject::SSH_OR_HTTP) subject_ = subjectOf(Transport::TCP, side_, head_);
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
    case Subject::DNS_STREAM:
      return known.dns;
    case Subject::SSH:
      return known.ssh;
    case Subject::STUN:
      return known.stun;
    case Subject::DHCP:
      return known.dhcp;
    case Subject::SSH_OR_HTTP:
    case Subject::NOTHING:
      break;
  }
  return 0;
}

Reading FlowDissection::read(std::span<const uint8_t> octets) {
  switch (subject_) {
    case Subject::TLS:
    case Subject::DTLS:
    case Subject::QUIC:
      return readHello(octets);
    case Subject::HTTP:
    case Subject::SSH:
      return readText(octets);
    case Subject::DNS_STREAM:
      return readFirstMessage(octets);
    case Subject::DNS:
    case Subject::STUN:
    case Subject::DHCP:
      return readMessage(octets);
    case Subject::SSH_OR_HTTP:
      return Reading::NEEDS_MORE;
    case Subject::NOTHING:
      break;
  }
  return Reading::NOT_THIS;
}

Reading FlowDissection::readHello(std::span<const uint8_t> octets) {
  if (subject_ == Subject::QUIC) return readHello(quic_, octets);
  if (subject_ == Subject::DTLS) return readHello(dtls_, octets);
  ClientHello hello;
  const Reading reading = readTlsClientHello(octets, hello);
  if (reading != Reading::NOT_THIS) keep(hello, facts_);
  return reading;
}

/// A hello that may be in several datagrams.
template <typename Reader>
Reading FlowDissection::readHello(std::unique_ptr<Reader>& reader,
                                  std::span<const uint8_t> datagram) {
  if (!reader) reader = std::make_unique<Reader>();
  const Reading reading = reader->add(datagram);
  if (reading != Reading::NOT_THIS) keep(reader->hello(), facts_);
  return reading;
}

Reading FlowDissection::readText(std::span<const uint8_t> octets) {
  if (subject_ == Subject::SSH) {
    SshBanner banner;
    const Reading reading = readSshBanner(octets, banner);
    if (reading == Reading::COMPLETE) facts_.software = std::move(banner.software);
    return reading;
  }
  HttpRequest request;
  const Reading reading = readHttpRequest(octets, request);
  if (reading == Reading::NOT_THIS) return reading;
  facts_.serverName = std::move(request.host);
  facts_.software = std::move(request.userAgent);
  return reading;
}

/// Of the messages in a stream the first tells too.
Reading FlowDissection::readFirstMessage(std::span<const uint8_t> stream) {
  if (!mayBeDnsStream(stream)) return Reading::NOT_THIS;
  const auto octets = takeDnsMessage(stream);
  if (!octets) return Reading::NEEDS_MORE;
  DnsMessage message;
  if (readDnsMessage(*octets, message) != Reading::COMPLETE) return Reading::NOT_THIS;
  facts_.serverName = std::move(message.queryName);
  return Reading::COMPLETE;
}

/// Each is a datagram of its own, and the first tells.
Reading FlowDissection::readMessage(std::span<const uint8_t> octets) {
  Reading reading = Reading::NOT_THIS;
  if (subject_ == Subject::DNS) {
    DnsMessage message;
    reading = readDnsMessage(octets, message);
    if (reading == Reading::COMPLETE) facts_.serverName = std::move(message.queryName);
  } else if (subject_ == Subject::STUN) {
    StunMessage message;
    reading = readStunMessage(octets, message);
    if (reading == Reading::COMPLETE) facts_.software = std::move(message.software);
  } else {
    DhcpMessage message;
    reading = readDhcpMessage(octets, message);
    if (reading != Reading::NOT_THIS) {
      facts_.clientName = std::move(message.hostName);
      facts_.software = std::move(message.vendorClass);
    }
  }
  return reading == Reading::NOT_THIS ? reading : Reading::COMPLETE;
}

}  // namespace weir
