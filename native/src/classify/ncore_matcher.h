// SPDX-License-Identifier: Apache-2.0
// One lane's queue on a device. A device works best on large batches: requests of many streams wait
// for each other, for a bounded time, and are submitted together; pieces of one stream that wait
// become one job. Who asks for results never waits but in `await`.
#pragma once

#include <memory>

#include "classify/ncore_database.h"

namespace weir {

/// Throws EngineError. See MatcherDatabase::createMatcher.
std::unique_ptr<Matcher> createNcoreMatcher(const NcoreDatabase& database, uint32_t streamSlots);

}  // namespace weir
