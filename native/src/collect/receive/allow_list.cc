// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/allow_list.h"

#include <algorithm>
#include <charconv>

#include "coded_error.h"
#include "collect/receive/socket_address.h"

namespace weir::collect {

namespace {

constexpr unsigned ADDRESS_BITS = 128;
constexpr unsigned MAPPED_BITS = 96;  ///< before an IPv4 address

[[noreturn]] void refuse(const std::string& entry) {
  throw CodedError("WEIR_COLLECTOR_ADDRESS",
                   "\"" + entry +
                       "\" in allowedExporters; write an address or a prefix, e.g. 192.0.2.1 or "
                       "192.0.2.0/24");
}

unsigned readBits(const std::string& entry, size_t slash, unsigned most) {
  if (slash == std::string::npos) return most;
  unsigned bits = 0;
  const char* const end = entry.data() + entry.size();
  const auto [stop, error] = std::from_chars(entry.data() + slash + 1, end, bits);
  if (error != std::errc() || stop != end || bits > most) refuse(entry);
  return bits;
}

/// All bits from `bits` on become `fill`.
Address filledFrom(Address address, unsigned bits, uint8_t fill) {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned kept = std::clamp(static_cast<int>(bits) - static_cast<int>(8 * i), 0, 8);
    const auto mask = static_cast<uint8_t>(0xffU << (8 - kept));
    address[i] = static_cast<uint8_t>((address[i] & mask) | (fill & ~mask));
  }
  return address;
}

std::pair<Address, Address> rangeOf(const std::string& entry) {
  const size_t slash = entry.find('/');
  const auto address = parseAddress(entry.substr(0, slash));
  if (!address) refuse(entry);
  const unsigned before = isIpv4(*address) ? MAPPED_BITS : 0;
  const unsigned bits = before + readBits(entry, slash, ADDRESS_BITS - before);
  return {filledFrom(*address, bits, 0), filledFrom(*address, bits, 0xff)};
}

}  // namespace

AllowList::AllowList(const std::vector<std::string>& entries) {
  std::vector<Range> all;
  all.reserve(entries.size());
  for (const std::string& entry : entries) all.push_back(rangeOf(entry));
  std::ranges::sort(all);
  for (const Range& range : all) {
    if (!ranges_.empty() && range.first <= ranges_.back().second)
      ranges_.back().second = std::max(ranges_.back().second, range.second);
    else
      ranges_.push_back(range);
  }
}

bool AllowList::allows(const Address& address) const {
  if (ranges_.empty()) return true;
  const auto behind = std::ranges::upper_bound(ranges_, address, {}, &Range::first);
  return behind != ranges_.begin() && address <= std::prev(behind)->second;
}

}  // namespace weir::collect
