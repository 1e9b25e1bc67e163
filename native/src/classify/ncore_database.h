// SPDX-License-Identifier: Apache-2.0
// A signature set in the pattern memory of a device behind ncore.h: one database for all parts.
// What the device refuses is matched beside it, by Hyperscan.
#pragma once

#include <ncore.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "classify/engine.h"
#include "classify/matcher.h"
#include "classify/open_device.h"

namespace weir {

/// What becomes of patterns that the device does not take.
enum class RefusedPatterns : uint8_t {
  ARE_ERRORS,      ///< the first of them is a SignatureError
  GO_TO_HYPERSCAN  ///< Hyperscan matches them on the same octets
};

/// Patterns of a set that are matched beside the device.
struct SidePatterns {
  std::shared_ptr<const MatcherDatabase> database;  ///< null: there are none
  std::vector<uint32_t> patterns;                   ///< of the set, by pattern of `database`
  std::vector<bool> contains;                       ///< by pattern of the set
  std::array<bool, DATABASE_PARTS> hasAny{};

  [[nodiscard]] bool mayMatch(DatabasePart part, const Candidates& candidates) const;
};

class NcoreDatabase final : public MatcherDatabase {
 public:
  /// Compiles and loads the set; the device opens streams with it from then on. Throws EngineError,
  /// SignatureError.
  NcoreDatabase(std::shared_ptr<OpenDevice> device, int64_t gatherNs, SignatureSet set,
                RefusedPatterns refused, const DatabaseCache& cache);
  ~NcoreDatabase() override { device_->unload(generation_); }

  /// Throws EngineError.
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;
  void refuseCostly(const DatabaseCache& cache) const override;
  [[nodiscard]] size_t streamStateBytes(DatabasePart) const override { return streamBytes_; }

  [[nodiscard]] const OpenDevice& device() const { return *device_; }
  void markDeviceFailed() const { device_->markFailed(); }
  [[nodiscard]] const SidePatterns& side() const { return side_; }
  [[nodiscard]] int64_t gatherNs() const { return gatherNs_; }

  /// Patterns of `part` that the device knows by this number; none for one of another set.
  [[nodiscard]] std::span<const uint32_t> patternsOf(uint32_t regex, DatabasePart part) const {
    if (regex >= patternsOf_.size()) return {};
    return patternsOf_[regex][static_cast<size_t>(part)];
  }

  /// Whether requests of the part end in a test of the end of data.
  [[nodiscard]] bool testsEnd(DatabasePart part) const {
    return testsEnd_[static_cast<size_t>(part)];
  }

 private:
  struct Regexes;

  Regexes collectRegexes();
  void load(RefusedPatterns refused, const DatabaseCache& cache);
  void setAside(const std::vector<uint32_t>& regexes, const DatabaseCache& cache);
  void noteEnds();

  const std::shared_ptr<OpenDevice> device_;
  const int64_t gatherNs_;
  uint64_t generation_ = 0;  ///< of the set on the device
  size_t streamBytes_ = 0;
  std::vector<std::array<std::vector<uint32_t>, DATABASE_PARTS>> patternsOf_;  ///< by regex
  std::array<bool, DATABASE_PARTS> testsEnd_{};
  SidePatterns side_;
};

}  // namespace weir
