// SPDX-License-Identifier: Apache-2.0
#include "lane/overload_governor.h"

namespace weir {

namespace {

constexpr double HIGH = 0.5;
constexpr double LOW = 0.125;

/// What a step up brings is seen only after the lane has worked off some of what waits.
constexpr int64_t ESCALATE_AFTER_NS = 20'000'000;

/// Long enough that a load that comes in waves does not make the names of flows come and go.
constexpr int64_t RELAX_AFTER_NS = 5'000'000'000;

}  // namespace

bool OverloadGovernor::observe(double pressure, int64_t nowNs) {
  if (pressure >= HIGH) {
    isCalm_ = false;
    return escalate(nowNs);
  }
  if (pressure > LOW) {
    isCalm_ = false;
    return false;
  }
  if (!isCalm_) calmSinceNs_ = nowNs;
  isCalm_ = true;
  return relax(nowNs);
}

bool OverloadGovernor::escalate(int64_t nowNs) {
  if (level_ == LEVEL_MAXIMUM || nowNs - escalatedNs_ < ESCALATE_AFTER_NS) return false;
  ++level_;
  escalatedNs_ = nowNs;
  return true;
}

bool OverloadGovernor::relax(int64_t nowNs) {
  if (level_ == 0 || nowNs - calmSinceNs_ < RELAX_AFTER_NS) return false;
  --level_;
  calmSinceNs_ = nowNs;  // each step down has to prove itself
  return true;
}

}  // namespace weir
