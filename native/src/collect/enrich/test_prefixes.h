// SPDX-License-Identifier: Apache-2.0
// For unit tests only: random prefixes that nest, addresses near them, and the plainest search.
#pragma once

#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "collect/enrich/address_prefix.h"

namespace weir::collect {

class RandomPrefixes {
 public:
  explicit RandomPrefixes(uint64_t seed) : random_(seed) {}

  /// Few first octets, so that prefixes nest; also /0 and single addresses.
  AddressPrefix prefix() {
    const bool isIpv4 = random_() % 2 == 0;
    const unsigned begin = isIpv4 ? MAPPED_BITS : 0;
    AddressPrefix prefix{address(isIpv4), 0};
    prefix.length = static_cast<uint8_t>(begin + random_() % (129 - begin));
    for (unsigned bit = prefix.length; bit < 128; ++bit)
      prefix.address[bit / 8] &= static_cast<uint8_t>(~(0x80U >> (bit % 8)));
    return prefix;
  }

  Address address(bool isIpv4) {
    Address address{};
    for (uint8_t& octet : address)
      octet = static_cast<uint8_t>(random_() % 3 == 0 ? random_() : 0x20);
    if (isIpv4) {
      address = Address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};
      for (size_t at = 13; at < 16; ++at) address[at] = static_cast<uint8_t>(random_() % 4);
      if (random_() % 5 == 0) address[12] = static_cast<uint8_t>(random_());
    }
    return address;
  }

  /// The first or last address of a prefix, or one beside it, or any.
  Address near(const AddressPrefix& prefix) {
    Address near = prefix.address;
    const auto choice = random_() % 4;
    if (choice == 0) return address(random_() % 2 == 0);
    if (choice >= 2)
      for (unsigned bit = prefix.length; bit < 128; ++bit) near[bit / 8] |= 0x80U >> (bit % 8);
    const size_t lowest = prefix.isIpv4() ? 12 : 0;
    if (choice == 3)  // the one behind
      for (size_t at = 16; at > lowest && ++near[at - 1] == 0; --at) continue;
    return near;
  }

 private:
  std::mt19937_64 random_;
};

/// Position of the longest prefix, of equal ones the last; the number of prefixes where none holds
/// it.
inline size_t longestBySearch(std::span<const AddressPrefix> prefixes, const Address& address) {
  size_t found = prefixes.size();
  for (size_t i = 0; i < prefixes.size(); ++i)
    if (prefixes[i].holds(address) &&
        (found == prefixes.size() || prefixes[i].length >= prefixes[found].length))
      found = i;
  return found;
}

}  // namespace weir::collect
