// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/address_prefix.h"

#include <algorithm>
#include <charconv>

namespace weir::collect {

namespace {

constexpr Address MAPPED_NONE = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr size_t MAPPED_OCTETS = MAPPED_BITS / 8;
constexpr unsigned ADDRESS_BITS = 128;

/// The octet's bits that lie inside of a prefix.
uint8_t maskOf(unsigned length, unsigned octet) {
  const unsigned begin = octet * 8;
  if (length <= begin) return 0;
  const unsigned bits = std::min(length - begin, 8U);
  return static_cast<uint8_t>(0xff00U >> bits);
}

}  // namespace

bool isMappedIpv4(const Address& address) noexcept {
  return std::equal(address.begin(), address.begin() + MAPPED_OCTETS, MAPPED_NONE.begin());
}

bool AddressPrefix::holds(const Address& other) const noexcept {
  if (isIpv4() != isMappedIpv4(other)) return false;
  for (unsigned octet = 0; octet < address.size(); ++octet)
    if (((other[octet] ^ address[octet]) & maskOf(length, octet)) != 0) return false;
  return true;
}

std::optional<AddressPrefix> parseAddressPrefix(const std::string& text) {
  const size_t slash = text.find('/');
  const auto address = parseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned begin = isMappedIpv4(*address) && text.find(':') > slash ? MAPPED_BITS : 0;
  unsigned length = ADDRESS_BITS;
  if (slash != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, length);
    if (read.ec != std::errc() || read.ptr != end || length > ADDRESS_BITS - begin)
      return std::nullopt;
    length += begin;
  }
  AddressPrefix prefix{*address, static_cast<uint8_t>(length)};
  for (unsigned octet = 0; octet < address->size(); ++octet)
    prefix.address[octet] &= maskOf(length, octet);
  return prefix;
}

}  // namespace weir::collect
