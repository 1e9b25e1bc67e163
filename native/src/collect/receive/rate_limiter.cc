// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/rate_limiter.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace weir::collect {

namespace {

constexpr int64_t WINDOW_MS = 200;
/// Beyond it a kept datagram would stand for more than anybody can believe.
constexpr uint32_t LARGEST_FACTOR = 1U << 16U;
/// The next window takes half of it back, so what lasts is a doubling.
constexpr uint32_t RELIEF = 4;

uint32_t factorFor(uint64_t offered, uint64_t share) {
  const uint64_t factor = (offered + share - 1) / share;
  return static_cast<uint32_t>(std::clamp<uint64_t>(factor, 1, LARGEST_FACTOR));
}

}  // namespace

size_t RateLimiter::Hash::operator()(const Address& address) const noexcept {
  uint64_t high = 0;
  uint64_t low = 0;
  std::memcpy(&high, address.data(), sizeof high);
  std::memcpy(&low, address.data() + sizeof high, sizeof low);
  return (high * 0x9e3779b97f4a7c15U ^ low) * 0xc2b2ae3d27d4eb4fU >> 17U;
}

uint64_t RateLimiter::shareOf(int64_t spanMilliseconds) const {
  if (limits_.recordsPerSecond == 0) return std::numeric_limits<uint64_t>::max() / 2;
  const uint64_t share = limits_.recordsPerSecond * static_cast<uint64_t>(spanMilliseconds) / 1000;
  return std::max<uint64_t>(share, 1);
}

void RateLimiter::forgetOldest() {
  byAddress_.erase(exporters_.back().address);
  exporters_.pop_back();
}

RateLimiter::Exporter& RateLimiter::find(const Address& address, int64_t nowMilliseconds) {
  if (!exporters_.empty() && exporters_.front().address == address) return exporters_.front();
  const auto known = byAddress_.find(address);
  if (known != byAddress_.end()) {
    exporters_.splice(exporters_.begin(), exporters_, known->second);
    return exporters_.front();
  }
  if (exporters_.size() >= limits_.mostExporters) forgetOldest();
  exporters_.push_front({address, nowMilliseconds});
  byAddress_.emplace(address, exporters_.begin());
  return exporters_.front();
}

/// The factor falls by half at a time: a pause of an exporter does not end its limit.
void RateLimiter::beginWindow(Exporter& exporter, int64_t nowMilliseconds) {
  const int64_t span = std::max(nowMilliseconds - exporter.windowStart, WINDOW_MS);
  const uint32_t needed = factorFor(exporter.offered, shareOf(span));
  exporter.strain = std::max(exporter.strain / 2, 1U);
  exporter.factor = std::max({needed, exporter.factor / 2, exporter.strain, 1U});
  exporter.lastOffered = exporter.offered * WINDOW_MS / static_cast<uint64_t>(span);
  exporter.windowStart = nowMilliseconds;
  exporter.offered = 0;
  exporter.kept = 0;
}

uint32_t RateLimiter::weigh(const Address& address, int64_t nowMilliseconds) {
  Exporter& exporter = find(address, nowMilliseconds);
  const int64_t age = nowMilliseconds - exporter.windowStart;
  if (age >= WINDOW_MS || age < 0) beginWindow(exporter, nowMilliseconds);
  if (exporter.kept > 2 * shareOf(WINDOW_MS) && exporter.factor < LARGEST_FACTOR) {
    exporter.factor *= 2;
    exporter.kept = 0;
  }
  const bool isKept = ++exporter.turn >= exporter.factor;
  if (isKept) exporter.turn = 0;
  lastFactor_ = isKept ? exporter.factor : 0;
  return lastFactor_;
}

void RateLimiter::settle(size_t records) {
  Exporter& exporter = exporters_.front();
  exporter.offered += records;
  if (lastFactor_ > 0) exporter.kept += records;
}

void RateLimiter::relieve() {
  uint64_t sum = 0;
  uint64_t active = 0;
  for (const Exporter& exporter : exporters_) {
    sum += exporter.lastOffered;
    if (exporter.lastOffered > 0) ++active;
  }
  if (active < 2) return;  // there is nobody whose share it would be
  for (Exporter& exporter : exporters_) {
    if (exporter.lastOffered <= sum / active) continue;
    exporter.strain = std::min(exporter.strain * RELIEF, LARGEST_FACTOR);
    exporter.factor = std::max(exporter.factor, exporter.strain);
  }
}

}  // namespace weir::collect
