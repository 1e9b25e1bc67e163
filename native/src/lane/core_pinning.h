// SPDX-License-Identifier: Apache-2.0
// Lanes that stay on their processor core.
#pragma once

#include <cstdint>
#include <thread>
#include <vector>

namespace weir {

/// Throws CodedError WEIR_PROBE_NO_SUCH_CORE when this process may not run on one of `cores` (there
/// is none of that number, or a container keeps it away), WEIR_PROBE_TOO_FEW_CORES when a lane
/// would have none. No cores: nothing is pinned.
void checkCores(const std::vector<uint32_t>& cores, uint32_t lanes);

/// False when the kernel refuses.
bool pinToCore(std::thread& thread, uint32_t core);

}  // namespace weir
