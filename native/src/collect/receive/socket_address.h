// SPDX-License-Identifier: Apache-2.0
// The kernel's socket addresses and the collector's 16 octets. Pure, any thread.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// IPv4 is mapped, an IPv6 zone is left out; all zero for another family.
Address addressOf(const sockaddr_storage& peer);

/// Host order; 0 for another family.
uint16_t portOf(const sockaddr_storage& peer);

/// "192.0.2.1" or "2001:db8::1": what a person writes.
std::string textOf(const Address& address);

/// Reads what `textOf` writes; nothing for any other text.
std::optional<Address> parseAddress(const std::string& text);

/// Whether it is an IPv4 address (::ffff:0:0/96).
bool isIpv4(const Address& address);

}  // namespace weir::collect
