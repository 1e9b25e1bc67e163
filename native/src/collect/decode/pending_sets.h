// SPDX-License-Identifier: Apache-2.0
// Data sets of one exporter that wait for their template. The oldest go first when there is no
// room. Each operation costs what it takes or drops, however many wait: their number is the
// sender's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <utility>
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
  ~PendingSets() { clear(); }
  PendingSets(const PendingSets&) = delete;
  PendingSets& operator=(const PendingSets&) = delete;

  /// What a set counts against the budget: its octets, and its places here.
  static size_t costOf(const PendingSet& set);

  /// Returns how many sets had to go for it; it may be the one.
  size_t add(PendingSet set);

  /// Takes out what waits for one template, in the order of coming.
  std::vector<PendingSet> take(const ExporterDomain& domain, uint16_t templateId);

  /// Lets go of what a domain has waiting; returns how many sets.
  size_t drop(const ExporterDomain& domain);

  /// Lets go of all; returns how many sets.
  size_t clear();

  [[nodiscard]] size_t size() const { return inOrder_.size(); }

 private:
  using Key = std::pair<const ExporterDomain*, uint16_t>;
  using Place = std::list<PendingSet>::iterator;

  void dropOldest();
  void account(const PendingSet& set);
  void discount(const PendingSet& set);

  PendingBudget& budget_;
  size_t limitOctets_;
  size_t octets_ = 0;
  std::list<PendingSet> inOrder_;
  /// Of each template the sets in the order of coming; none is empty.
  std::map<Key, std::deque<Place>> byTemplate_;
};

}  // namespace weir::collect
