// SPDX-License-Identifier: Apache-2.0
#include "dissect/ssh_banner.h"

#include <algorithm>
#include <string_view>

namespace weir {
namespace {

constexpr std::string_view BEGIN = "SSH-";
constexpr size_t BANNER_OCTETS_MAX = 255;
constexpr size_t VERSION_OCTETS_MAX = 8;

bool isVersionOctet(char octet) { return (octet >= '0' && octet <= '9') || octet == '.'; }

/// Comments may be in any character set.
bool isText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char octet) {
    const auto value = static_cast<uint8_t>(octet);
    return (value < ' ' && octet != '\t' && octet != '\r') || value == 0x7f;
  });
}

bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char octet) { return octet > ' ' && octet <= '~'; });
}

/// `line` begins with "SSH-" and has no line end.
Reading parseBanner(std::string_view line, SshBanner& banner) {
  line.remove_prefix(BEGIN.size());
  const size_t dash = line.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > VERSION_OCTETS_MAX)
    return Reading::NOT_THIS;
  const std::string_view version = line.substr(0, dash);
  line.remove_prefix(dash + 1);
  const std::string_view software = line.substr(0, line.find(' '));
  const bool isBanner = std::all_of(version.begin(), version.end(), isVersionOctet) &&
                        !software.empty() && isPrintable(software);
  if (!isBanner) return Reading::NOT_THIS;
  banner = {std::string(version), std::string(software)};
  return Reading::COMPLETE;
}

}  // namespace

Reading readSshBanner(std::span<const uint8_t> stream, SshBanner& banner) {
  banner = {};
  const std::string_view text(reinterpret_cast<const char*>(stream.data()), stream.size());
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  const size_t compared = std::min(line.size(), BEGIN.size());
  if (line.substr(0, compared) != BEGIN.substr(0, compared) || line.size() >= BANNER_OCTETS_MAX)
    return Reading::NOT_THIS;
  if (!isText(line)) return Reading::NOT_THIS;
  if (end == std::string_view::npos) return Reading::NEEDS_MORE;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.size() < BEGIN.size() ? Reading::NOT_THIS : parseBanner(line, banner);
}

}  // namespace weir
