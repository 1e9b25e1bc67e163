// SPDX-License-Identifier: Apache-2.0
// Data sets of one exporter that wait for their template. The oldest go first when there is no
// room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "collect/decode/record_run.h"

namespace weir::collect {

struct ExporterDomain;

struct PendingSet {
  ExporterDomain* domain;
  uint16_t templateId;
  ExportTime time;
  uint32_t standsFor;
  std::vector<uint8_t> octets;
};

/// Octets that may wait for all exporters of a decoder together.
struct PendingBudget {
  size_t octets = 0;
  size_t limitOctets;
};

class PendingSets {
 public:
  PendingSets(PendingBudget& budget, size_t limitOctets);
  ~PendingSets();
  PendingSets(const PendingSets&) = delete;
  PendingSets& operator=(const PendingSets&) = delete;

  /// Returns how many sets had to go for it; it may be the one.
  size_t add(PendingSet set);

  /// Takes out what waits for one template, in the order of coming.
  std::vector<PendingSet> take(const ExporterDomain& domain, uint16_t templateId);

  /// Lets go of what a domain has waiting; returns how many sets.
  size_t drop(const ExporterDomain& domain);

  [[nodiscard]] size_t size() const { return waiting_.size(); }

 private:
  void account(const PendingSet& set);
  void discount(const PendingSet& set);

  PendingBudget& budget_;
  size_t limitOctets_;
  size_t octets_ = 0;
  std::deque<PendingSet> waiting_;
};

}  // namespace weir::collect
