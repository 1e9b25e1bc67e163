// SPDX-License-Identifier: Apache-2.0
// Dissectors of names: whatever comes, they stay inside their octets and their bounds, and a part
// of a stream or of a message never tells what the whole does not.
#include <algorithm>
#include <string>

#include "classify/rtp_shape.h"
#include "dissect/dhcp_message.h"
#include "dissect/dns_message.h"
#include "dissect/dns_stream.h"
#include "dissect/host_name.h"
#include "dissect/http_request.h"
#include "dissect/ssh_banner.h"
#include "dissect/stun_message.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

void requireHostName(const std::string& name) {
  require(name.empty() || hostNameOf(name) == name, "a name is a host name in lower case");
}

/// `part` came from a prefix of what `whole` came from.
void requireMonotone(Reading part, Reading whole) {
  require(part == Reading::NEEDS_MORE || part == whole, "what is decided stays");
}

void requireKept(const std::string& part, const std::string& whole) {
  require(part.empty() || part == whole, "what is told stays");
}

void tryHttp(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  HttpRequest first, last;
  requireMonotone(readHttpRequest(part, first), readHttpRequest(whole, last));
  requireHostName(last.host);
  requireKept(first.host, last.host);
  requireKept(first.userAgent, last.userAgent);
  require(last.userAgent.size() <= HttpRequest::USER_AGENT_OCTETS_MAX, "a user agent is bounded");
}

void tryDns(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  DnsMessage first, last;
  requireMonotone(readDnsMessage(part, first), readDnsMessage(whole, last));
  requireHostName(last.queryName);
  requireKept(first.queryName, last.queryName);
  require(last.answers.size() <= DnsMessage::ANSWERS_MAX, "answers are bounded");
  require(last.isResponse || last.answers.empty(), "a query answers nothing");
}

void tryDnsStream(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  require(mayBeDnsStream(part) || !mayBeDnsStream(whole), "what is no stream stays none");
  std::span<const uint8_t> rest = whole;
  std::span<const uint8_t> partRest = part;
  while (const auto message = takeDnsMessage(partRest)) {
    const auto same = takeDnsMessage(rest);
    require(same && same->data() - whole.data() == message->data() - part.data() &&
                same->size() == message->size(),
            "a message that is all there stays");
  }
}

void trySsh(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  SshBanner first, last;
  requireMonotone(readSshBanner(part, first), readSshBanner(whole, last));
  requireKept(first.software, last.software);
  require(last.software.size() < 255, "a banner is bounded");
}

void tryStun(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  StunMessage first, last;
  requireMonotone(readStunMessage(part, first), readStunMessage(whole, last));
  requireKept(first.software, last.software);
  require(last.software.size() <= StunMessage::TEXT_OCTETS_MAX, "texts are bounded");
}

void tryDhcp(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  DhcpMessage first, last;
  requireMonotone(readDhcpMessage(part, first), readDhcpMessage(whole, last));
  requireHostName(last.hostName);
  requireKept(first.hostName, last.hostName);
  requireKept(first.vendorClass, last.vendorClass);
}

/// Datagrams, each behind the octet of its length.
void tryRtp(std::span<const uint8_t> octets) {
  RtpShape shape;
  FuzzInput datagrams(octets.data(), octets.size());
  MediaShape verdict = MediaShape::UNDECIDED;
  while (!datagrams.empty()) {
    const ExactBlock datagram(datagrams.take(datagrams.integer<uint8_t>()));
    const MediaShape next = shape.add(datagram.view());
    require(verdict == MediaShape::UNDECIDED || next == verdict, "a verdict stays");
    verdict = next;
  }
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  const auto kind = input.integer<uint8_t>();
  const auto cut = input.integer<uint16_t>();
  const ExactBlock whole(input.take(size));
  const ExactBlock part(whole.view().first(std::min<size_t>(cut, whole.view().size())));
  switch (kind % 7) {
    case 0:
      tryHttp(part.view(), whole.view());
      break;
    case 1:
      tryDns(part.view(), whole.view());
      break;
    case 2:
      trySsh(part.view(), whole.view());
      break;
    case 3:
      tryStun(part.view(), whole.view());
      break;
    case 4:
      tryDhcp(part.view(), whole.view());
      break;
    case 6:
      tryDnsStream(part.view(), whole.view());
      break;
    default:
      tryRtp(whole.view());
      break;
  }
  return 0;
}
