// SPDX-License-Identifier: Apache-2.0
// Matching on a device behind ncore-shim's C ABI (ncore.h). One queue per lane; the device holds
// one database for all parts, so events of other parts' patterns are left out here.
#pragma once

#include <memory>

#include "classify/matcher.h"

namespace weir {

/// Opens the emulator device. A pattern that the device refuses is a SignatureError. See
/// createMatcherDatabase.
std::shared_ptr<const MatcherDatabase> createNcoreDatabase(SignatureSet signatures);

}  // namespace weir
