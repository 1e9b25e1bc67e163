// SPDX-License-Identifier: Apache-2.0
// Addresses and prefixes as operators write them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collect/columns/flow_columns.h"
#include "collect/receive/socket_address.h"

namespace weir::collect {

/// Bits before an IPv4 address in its mapped form.
inline constexpr uint8_t MAPPED_BITS = 96;

/// ::ffff:192.0.2.1
[[nodiscard]] bool isMappedIpv4(const Address& address) noexcept;

/// Bits behind `length` are zero. A prefix of IPv4 holds no IPv6 address, and the other way round:
/// ::/0 is all of IPv6.
struct AddressPrefix {
  Address address{};
  uint8_t length = 0;  ///< of 128; one of IPv4 is at least MAPPED_BITS

  [[nodiscard]] bool isIpv4() const noexcept {
    return length >= MAPPED_BITS && isMappedIpv4(address);
  }
  [[nodiscard]] bool holds(const Address& other) const noexcept;
};

/// "192.0.2.0/24", "2001:db8::/32" or a single address; bits behind the prefix are cleared.
[[nodiscard]] std::optional<AddressPrefix> parseAddressPrefix(const std::string& text);

}  // namespace weir::collect
