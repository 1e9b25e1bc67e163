// SPDX-License-Identifier: Apache-2.0
// The identification line that both sides of SSH begin with (RFC 4253 4.2).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

struct SshBanner {
  std::string protocolVersion;  ///< "2.0", "1.99"
  std::string software;         ///< printable ASCII, as "OpenSSH_9.2p1"; without comments
};

/// Reads a TCP direction from its first octet. A banner has 255 octets at most, with its line's
/// end. A server may send other lines before it; such a flow tells what its client is.
Reading readSshBanner(std::span<const uint8_t> stream, SshBanner& banner);

}  // namespace weir
