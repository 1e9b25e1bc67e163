// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/prefix_table.h"

#include <algorithm>
#include <utility>

namespace weir::collect {

namespace {

/// The last octets of an address as a number.
template <typename Key>
Key keyOf(const Address& address) {
  Key key = 0;
  for (size_t octet = address.size() - sizeof(Key); octet < address.size(); ++octet)
    key = static_cast<Key>((key << 8) | address[octet]);
  return key;
}

template <typename Key>
typename RangeTable<Key>::Prefix rangeOf(const AddressPrefix& prefix, uint32_t value) {
  const unsigned hostBits = 128U - prefix.length;
  const Key first = keyOf<Key>(prefix.address);
  const Key hosts = hostBits == sizeof(Key) * 8 ? ~Key{0} : (Key{1} << hostBits) - 1;
  return {first, first | hosts, value};
}

}  // namespace

template <typename Key>
RangeTable<Key>::RangeTable(std::vector<Prefix> prefixes, uint32_t none) {
  if (prefixes.empty()) return;
  // What holds others comes before them.
  std::stable_sort(prefixes.begin(), prefixes.end(), [](const Prefix& one, const Prefix& other) {
    return one.first != other.first ? one.first < other.first : one.last > other.last;
  });
  std::vector<Prefix> around = {{0, ~Key{0}, none}};
  begin(0, none);
  const auto leave = [&] {
    const Key last = around.back().last;
    around.pop_back();
    if (last != ~Key{0}) begin(last + 1, around.back().value);
  };
  for (const Prefix& prefix : prefixes) {
    while (around.back().last < prefix.first) leave();
    begin(prefix.first, prefix.value);
    around.push_back(prefix);
  }
  while (around.size() > 1) leave();
  index();
}

/// A range without addresses gives way to the one that starts at the same place.
template <typename Key>
void RangeTable<Key>::begin(Key start, uint32_t value) {
  if (starts_.empty() || starts_.back() != start) {
    starts_.push_back(start);
    values_.push_back(value);
  } else {
    values_.back() = value;
  }
}

template <typename Key>
void RangeTable<Key>::index() {
  blocks_.assign((size_t{1} << BLOCK_BITS) + 1, static_cast<uint32_t>(starts_.size()));
  uint32_t range = 0;
  for (size_t block = 0; block + 1 < blocks_.size(); ++block) {
    while (range < starts_.size() && starts_[range] < (static_cast<Key>(block) << BLOCK_SHIFT))
      ++range;
    blocks_[block] = range;
  }
}

PrefixTable::PrefixTable(std::span<const AddressPrefix> prefixes) {
  std::vector<RangeTable<uint32_t>::Prefix> ipv4;
  std::vector<RangeTable<Bits128>::Prefix> ipv6;
  for (uint32_t value = 0; value < prefixes.size(); ++value) {
    const AddressPrefix& prefix = prefixes[value];
    if (prefix.isIpv4())
      ipv4.push_back(rangeOf<uint32_t>(prefix, value));
    else
      ipv6.push_back(rangeOf<Bits128>(prefix, value));
  }
  ipv4_ = RangeTable<uint32_t>(std::move(ipv4), NONE);
  ipv6_ = RangeTable<Bits128>(std::move(ipv6), NONE);
}

uint32_t PrefixTable::find(const Address& address) const noexcept {
  if (isMappedIpv4(address)) return ipv4_.isEmpty() ? NONE : ipv4_.find(keyOf<uint32_t>(address));
  return ipv6_.isEmpty() ? NONE : ipv6_.find(keyOf<Bits128>(address));
}

}  // namespace weir::collect
