// SPDX-License-Identifier: Apache-2.0
#include "classify/control_channel.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

bool isDigit(char character) { return character >= '0' && character <= '9'; }

char upperCase(char character) {
  return character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A')
                                              : character;
}

bool isLetter(char character) { return upperCase(character) >= 'A' && upperCase(character) <= 'Z'; }

bool startsCaseless(std::string_view text, std::string_view upper) {
  return text.size() >= upper.size() &&
         std::equal(upper.begin(), upper.end(), text.begin(),
                    [](char one, char other) { return one == upperCase(other); });
}

template <typename Number>
std::optional<Number> parseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

IpAddress mapIpv4(const uint8_t octets[4]) {
  IpAddress address{};
  address[10] = address[11] = 0xff;
  std::memcpy(&address[12], octets, 4);
  return address;
}

/// "192.0.2.1" or "2001:db8::1"; an SDP multicast address may have "/ttl" behind it.
std::optional<IpAddress> parseAddress(std::string_view text) {
  const std::string copy(text.substr(0, text.find('/')));
  uint8_t octets[4];
  if (inet_pton(AF_INET, copy.c_str(), octets) == 1) return mapIpv4(octets);
  IpAddress address{};
  if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

/// Takes the text up to `separator` (or all of it) from the front of `rest`.
std::string_view takeUntil(std::string_view& rest, char separator) {
  const size_t at = rest.find(separator);
  const std::string_view token = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return token;
}

/// "h1,h2,h3,h4,p1,p2" at the start of `text` (RFC 959 4.1.2).
std::optional<Endpoint> parseHostPort(std::string_view text) {
  std::array<uint8_t, 6> octets{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (uint8_t& octet : octets) {
    if (&octet != octets.data() && (at == end || *at++ != ',')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, octet);
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  if (at != end && (isLetter(*at) || *at == ',')) return std::nullopt;
  const auto port = static_cast<uint16_t>(octets[4] << 8 | octets[5]);
  return Endpoint{mapIpv4(octets.data()), port, PROTOCOL_TCP};
}

/// Servers put any words before the numbers, and not all of them parentheses around (RFC 1123
/// 4.1.2.6).
std::optional<Endpoint> findHostPort(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!isDigit(text[at])) continue;
    if (const auto endpoint = parseHostPort(text.substr(at))) return endpoint;
    while (at + 1 < text.size() && isDigit(text[at + 1])) ++at;
  }
  return std::nullopt;
}

/// "|1|192.0.2.1|port|", and with the fields before the port left out "|||port|" (RFC 2428). The
/// delimiter is the first character; one that an address may have would cut it.
std::optional<Endpoint> parseExtended(std::string_view text, const IpAddress& sender) {
  if (text.size() < 5) return std::nullopt;
  const char delimiter = text.front();
  if (isLetter(delimiter) || isDigit(delimiter)) return std::nullopt;
  text.remove_prefix(1);
  takeUntil(text, delimiter);
  const std::string_view host = takeUntil(text, delimiter);
  const auto port = parseNumber<uint16_t>(takeUntil(text, delimiter));
  const auto address = host.empty() ? std::optional(sender) : parseAddress(host);
  if (!port || !address) return std::nullopt;
  return Endpoint{*address, *port, PROTOCOL_TCP};
}

/// The text between the first pair of parentheses; servers put words of their own before it.
std::string_view inParentheses(std::string_view text) {
  const size_t begin = text.find('(');
  const size_t end = text.find(')', begin == std::string_view::npos ? 0 : begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  return text.substr(begin + 1, end - begin - 1);
}

/// "PORT" and "EPRT"; their letters may be small (RFC 959 5.3).
std::optional<Endpoint> parseFtpCommand(std::string_view line, const IpAddress& sender) {
  if (startsCaseless(line, "PORT ")) return parseHostPort(line.substr(5));
  if (startsCaseless(line, "EPRT ")) return parseExtended(line.substr(5), sender);
  return std::nullopt;
}

std::optional<Endpoint> parseFtpReply(std::string_view line, const IpAddress& sender) {
  if (line.starts_with("229 ")) return parseExtended(inParentheses(line), sender);
  if (!line.starts_with("227 ")) return std::nullopt;
  auto endpoint = findHostPort(line.substr(4));
  // 0.0.0.0 stands for "the address you are talking to".
  const uint8_t any[4] = {0, 0, 0, 0};
  if (endpoint && endpoint->address == mapIpv4(any)) endpoint->address = sender;
  return endpoint;
}

/// A verb of three or four letters, or three digits and what may follow them (RFC 959 5.3, 4.2).
bool isFtpLine(std::string_view line, StreamSide side) {
  const bool isReply = side == StreamSide::SERVER;
  const size_t end = line.find_first_of(isReply ? " -" : " ");
  const std::string_view word = line.substr(0, end);
  if (isReply) return word.size() == 3 && std::all_of(word.begin(), word.end(), isDigit);
  return (word.size() == 3 || word.size() == 4) && std::all_of(word.begin(), word.end(), isLetter);
}

/// Each line of the packet: commands and replies may come several at once.
size_t readFtp(const ControlPayload& payload, std::span<Announcement, ANNOUNCEMENTS_MAX> out) {
  size_t count = 0;
  std::string_view rest = payload.text;
  while (!rest.empty() && count < out.size()) {
    std::string_view line = takeUntil(rest, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!isFtpLine(line, payload.side)) break;
    const auto endpoint = payload.side == StreamSide::SERVER
                              ? parseFtpReply(line, payload.sender)
                              : parseFtpCommand(line, payload.sender);
    if (endpoint) out[count++] = {*endpoint, AnnouncedRole::FTP_DATA};
  }
  return count;
}

/// A SIP request or response by its start line (RFC 3261 7.1, 7.2); only these may carry SDP.
bool isSip(std::string_view text) {
  if (text.starts_with("SIP/2.0 ")) return true;
  for (const std::string_view method : {"INVITE ", "ACK ", "UPDATE ", "PRACK "}) {
    if (text.starts_with(method)) {
      return text.substr(0, text.find('\n')).find(" SIP/2.0") != std::string_view::npos;
    }
  }
  return false;
}

/// The port of "m=audio 49170 RTP/AVP 0"; RTP/SAVP and RTP/AVPF are RTP on the wire too.
std::optional<uint16_t> parseMedia(std::string_view line) {
  takeUntil(line, ' ');
  std::string_view ports = takeUntil(line, ' ');
  const auto port = parseNumber<uint16_t>(takeUntil(ports, '/'));
  const std::string_view profile = takeUntil(line, ' ');
  const bool isRtp = profile.starts_with("RTP/") || profile.starts_with("UDP/TLS/RTP/");
  if (!port || *port == 0 || *port == UINT16_MAX || !isRtp) return std::nullopt;
  return port;
}

/// Collects the media of one session description: a `c=` line below an `m=` line holds for it
/// alone, one above all of them for those without their own (RFC 8866 5.7).
class SdpReader {
 public:
  explicit SdpReader(std::span<Announcement, ANNOUNCEMENTS_MAX> out) : out_(out) {}

  size_t read(std::string_view body) {
    while (!body.empty()) {
      std::string_view line = takeUntil(body, '\n');
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.starts_with("c=IN IP4 ") || line.starts_with("c=IN IP6 ")) {
        (inMedia_ ? mediaAddress_ : sessionAddress_) = parseAddress(line.substr(9));
      } else if (line.starts_with("m=")) {
        finishMedia();
        inMedia_ = true;
        mediaPort_ = parseMedia(line);
      }
    }
    finishMedia();
    return count_;
  }

 private:
  void finishMedia() {
    const auto& address = mediaAddress_ ? mediaAddress_ : sessionAddress_;
    if (mediaPort_ && address && count_ + 2 <= out_.size()) {
      const auto rtcpPort = static_cast<uint16_t>(*mediaPort_ + 1);
      out_[count_++] = {{*address, *mediaPort_, PROTOCOL_UDP}, AnnouncedRole::RTP};
      out_[count_++] = {{*address, rtcpPort, PROTOCOL_UDP}, AnnouncedRole::RTCP};
    }
    mediaPort_.reset();
    mediaAddress_.reset();
  }

  std::span<Announcement, ANNOUNCEMENTS_MAX> out_;
  size_t count_ = 0;
  bool inMedia_ = false;
  std::optional<uint16_t> mediaPort_;
  std::optional<IpAddress> mediaAddress_;
  std::optional<IpAddress> sessionAddress_;
};

}  // namespace

size_t findAnnouncements(const ControlPayload& payload,
                         std::span<Announcement, ANNOUNCEMENTS_MAX> announcements) {
  if (!mayAnnounce(payload.text)) return 0;
  if (payload.transport == Transport::TCP) {
    if (const size_t count = readFtp(payload, announcements)) return count;
  }
  if (!isSip(payload.text)) return 0;
  const size_t head = payload.text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  return SdpReader(announcements).read(payload.text.substr(head + 4));
}

}  // namespace weir
