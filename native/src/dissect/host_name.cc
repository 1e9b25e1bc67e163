// SPDX-License-Identifier: Apache-2.0
#include "dissect/host_name.h"

namespace weir {
namespace {

constexpr size_t NAME_OCTETS_MAX = 253;
constexpr size_t LABEL_OCTETS_MAX = 63;

char lowered(char octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

/// `octet` is in lower case.
bool isLabelOctet(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' ||
         octet == '_';
}

}  // namespace

std::string hostNameOf(std::string_view written) {
  if (written.ends_with('.')) written.remove_suffix(1);
  if (written.empty() || written.size() > NAME_OCTETS_MAX) return {};
  std::string name;
  name.reserve(written.size());
  size_t labelOctets = 0;
  for (const char octet : written) {
    const char lower = lowered(octet);
    if (lower == '.') {
      if (labelOctets == 0) return {};
      labelOctets = 0;
    } else if (!isLabelOctet(lower) || ++labelOctets > LABEL_OCTETS_MAX) {
      return {};
    }
    name.push_back(lower);
  }
  return labelOctets == 0 ? std::string() : name;
}

std::string printableOf(std::string_view written, size_t octetsMax) {
  std::string text;
  for (const char octet : written) {
    if (text.size() == octetsMax) break;
    if (octet >= ' ' && octet <= '~') text.push_back(octet);
  }
  return text;
}

}  // namespace weir
