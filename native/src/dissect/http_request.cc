// SPDX-License-Identifier: Apache-2.0
#include "dissect/http_request.h"

#include <algorithm>
#include <string_view>

#include "dissect/host_name.h"

namespace weir {
namespace {

constexpr size_t METHOD_OCTETS_MAX = 32;
constexpr std::string_view VERSION_1 = " HTTP/1.";

bool isDigit(char octet) { return octet >= '0' && octet <= '9'; }

char lowered(char octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

/// RFC 9110 5.6.2.
bool isTokenOctet(char octet) {
  const char lower = lowered(octet);
  return (lower >= 'a' && lower <= 'z') || isDigit(lower) ||
         std::string_view("!#$%&'*+-.^_`|~").find(octet) != std::string_view::npos;
}

bool isToken(std::string_view text) { return std::all_of(text.begin(), text.end(), isTokenOctet); }

/// No control character; octets from 0x80 on and spaces are in targets that careless clients write.
bool isTarget(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char octet) {
    const auto value = static_cast<uint8_t>(octet);
    return (value < ' ' && value != '\t') || value == 0x7f;
  });
}

bool equalsCaseless(std::string_view text, std::string_view lowerCase) {
  return std::equal(text.begin(), text.end(), lowerCase.begin(), lowerCase.end(),
                    [](char one, char other) { return lowered(one) == other; });
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view withoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Takes lines off the front of a text. They end in LF, with or without CR (RFC 9112 2.2).
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  /// False when no whole line is left.
  bool next(std::string_view& line) {
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    line = withoutCarriageReturn(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return true;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// "host", "host:port", with "user@" before it in old clients' targets.
std::string hostOfAuthority(std::string_view authority) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), isDigit)) return {};
    authority = authority.substr(0, colon);
  }
  return hostNameOf(authority);
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
};

/// A line that may still grow: whether a request can come of it.
bool mayBecomeRequest(std::string_view partial) {
  const size_t space = partial.find(' ');
  const std::string_view method = partial.substr(0, space);
  if (method.size() > METHOD_OCTETS_MAX) return false;
  if (space == std::string_view::npos) return isToken(withoutCarriageReturn(method));
  return !method.empty() && isToken(method) &&
         isTarget(withoutCarriageReturn(partial.substr(space + 1)));
}

/// "METHOD target HTTP/1.x". False when it is no such line.
bool parseRequestLine(std::string_view line, RequestLine& request) {
  if (line.empty() || !isDigit(line.back()) || !mayBecomeRequest(line)) return false;
  line.remove_suffix(1);
  const size_t space = line.find(' ');
  if (!line.ends_with(VERSION_1) || space + VERSION_1.size() >= line.size()) return false;
  request.method = line.substr(0, space);
  request.target = trimmed(line.substr(space, line.size() - VERSION_1.size() - space));
  return !request.target.empty();
}

std::string hostOfTarget(const RequestLine& line) {
  if (line.method == "CONNECT") return hostOfAuthority(line.target);
  const size_t scheme = line.target.find("://");
  if (scheme == std::string_view::npos || !isToken(line.target.substr(0, scheme))) return {};
  const std::string_view behind = line.target.substr(scheme + 3);
  return hostOfAuthority(behind.substr(0, behind.find_first_of("/?#")));
}

void readField(std::string_view line, HttpRequest& request) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (request.host.empty() && equalsCaseless(name, "host")) request.host = hostOfAuthority(value);
  if (request.userAgent.empty() && equalsCaseless(name, "user-agent"))
    request.userAgent = printableOf(value, HttpRequest::USER_AGENT_OCTETS_MAX);
}

}  // namespace

Reading readHttpRequest(std::span<const uint8_t> stream, HttpRequest& request) {
  request = {};
  LineReader lines({reinterpret_cast<const char*>(stream.data()), stream.size()});
  std::string_view line;
  if (!lines.next(line))
    return mayBecomeRequest(lines.rest()) ? Reading::NEEDS_MORE : Reading::NOT_THIS;
  RequestLine requestLine;
  if (!parseRequestLine(line, requestLine)) return Reading::NOT_THIS;
  request.host = hostOfTarget(requestLine);
  while (lines.next(line)) {
    if (line.empty()) return Reading::COMPLETE;
    readField(line, request);
  }
  return Reading::NEEDS_MORE;
}

}  // namespace weir
