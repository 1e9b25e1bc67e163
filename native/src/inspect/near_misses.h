// SPDX-License-Identifier: Apache-2.0
// Patterns whose first octets a stream has although they do not match it.
#pragma once

#include <vector>

#include "inspect/flow_explanation.h"

namespace weir {

/// The few with the most evidence; `matches` are the patterns that do match.
std::vector<NearMiss> findNearMisses(const SignatureSet& signatures, const PayloadStream& stream,
                                     const std::vector<ExplainedMatch>& matches);

}  // namespace weir
