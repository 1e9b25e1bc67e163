// SPDX-License-Identifier: Apache-2.0
// Whether an interface hands over frames as they were on the wire.
#pragma once

#include <string>
#include <vector>

#include "fd.h"

namespace weir {

/// Receive offloads of `interfaceName` (GRO, LRO) that are on: the kernel or the card then merges
/// the segments of a stream, and several packets of the wire count as one. A sentence for the
/// operator, or nothing. `socket` is any; a driver that does not answer has no such offload.
std::vector<std::string> offloadWarnings(const Fd& socket, const std::string& interfaceName);

}  // namespace weir
