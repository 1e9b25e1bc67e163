// SPDX-License-Identifier: Apache-2.0
// A device behind ncore.h with a signature set in its pattern memory. It holds one database for all
// parts. What it refuses is matched beside it, by Hyperscan.
#pragma once

#include <ncore.h>

#include <array>
#include <memory>
#include <vector>

#include "classify/engine.h"
#include "classify/matcher.h"
#include "classify/ncore_library.h"

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
  /// Throws EngineError, SignatureError.
  NcoreDatabase(std::shared_ptr<const NcoreLibrary> library, uint32_t device,
                const DeviceOptions& options, SignatureSet set, RefusedPatterns refused,
                const DatabaseCache& cache);
  ~NcoreDatabase() override;

  /// Throws EngineError.
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;
  void refuseCostly(const DatabaseCache& cache) const override;
  [[nodiscard]] size_t streamStateBytes(DatabasePart) const override { return streamBytes_; }

  [[nodiscard]] const NcoreLibrary& library() const { return *library_; }
  [[nodiscard]] NcoreDevice* device() const { return device_; }
  [[nodiscard]] const NcoreCapabilities& capabilities() const { return capabilities_; }
  [[nodiscard]] const SidePatterns& side() const { return side_; }
  [[nodiscard]] int64_t gatherNs() const { return gatherNs_; }

  /// Patterns of `part` that the device knows as `regex`, and whether it knows such a number.
  [[nodiscard]] const std::vector<uint32_t>& patternsOf(uint32_t regex, DatabasePart part) const {
    return patternsOf_[regex][static_cast<size_t>(part)];
  }
  [[nodiscard]] bool knows(uint32_t regex) const { return regex < patternsOf_.size(); }

  /// Whether requests of the part end in a test of the end of data.
  [[nodiscard]] bool testsEnd(DatabasePart part) const {
    return testsEnd_[static_cast<size_t>(part)];
  }

 private:
  struct Regexes;

  Regexes collectRegexes();
  void queryCapabilities();
  void load(RefusedPatterns refused, const DatabaseCache& cache);
  void setAside(const std::vector<uint32_t>& regexes, const DatabaseCache& cache);
  void noteEnds();

  const std::shared_ptr<const NcoreLibrary> library_;
  const int64_t gatherNs_;
  NcoreDevice* device_ = nullptr;
  NcoreCapabilities capabilities_{};
  size_t streamBytes_ = 0;
  std::vector<std::array<std::vector<uint32_t>, DATABASE_PARTS>> patternsOf_;  ///< by regex
  std::array<bool, DATABASE_PARTS> testsEnd_{};
  SidePatterns side_;
};

/// Opens the device that is chosen, EMULATOR or NCORE, and loads it. Throws as NcoreDatabase.
std::shared_ptr<const MatcherDatabase> createNcoreDatabase(const EngineChoice& choice,
                                                           const DeviceOptions& options,
                                                           SignatureSet signatures,
                                                           RefusedPatterns refused,
                                                           const DatabaseCache& cache);

}  // namespace weir
