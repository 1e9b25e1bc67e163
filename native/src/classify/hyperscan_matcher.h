// SPDX-License-Identifier: Apache-2.0
// Matching with Hyperscan in the lane's thread: TCP parts in streaming mode, with streams pooled
// and reset so that nothing is allocated in the steady state; UDP parts in block mode, since a
// datagram is a whole stream.
#pragma once

#include <memory>

#include "classify/database_cache.h"
#include "classify/matcher.h"

namespace weir {

/// See createMatcherDatabase.
std::shared_ptr<const MatcherDatabase> createHyperscanDatabase(SignatureSet signatures,
                                                               const DatabaseCache& cache);

}  // namespace weir
