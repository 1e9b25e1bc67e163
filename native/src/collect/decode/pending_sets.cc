// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/pending_sets.h"

#include <utility>

namespace weir::collect {

namespace {

/// What a set costs beside its octets.
constexpr size_t OVERHEAD_OCTETS = 128;

size_t costOf(const PendingSet& set) { return set.octets.size() + OVERHEAD_OCTETS; }

}  // namespace

PendingSets::PendingSets(PendingBudget& budget, size_t limitOctets)
    : budget_(budget), limitOctets_(limitOctets) {}

PendingSets::~PendingSets() { budget_.octets -= octets_; }

size_t PendingSets::add(PendingSet set) {
  account(set);
  waiting_.push_back(std::move(set));
  size_t dropped = 0;
  while (!waiting_.empty() && (octets_ > limitOctets_ || budget_.octets > budget_.limitOctets)) {
    discount(waiting_.front());
    waiting_.pop_front();
    ++dropped;
  }
  return dropped;
}

std::vector<PendingSet> PendingSets::take(const ExporterDomain& domain, uint16_t templateId) {
  std::vector<PendingSet> taken;
  std::deque<PendingSet> rest;
  for (PendingSet& set : waiting_) {
    const bool isIts = set.domain == &domain && set.templateId == templateId;
    if (isIts) discount(set);
    if (isIts) {
      taken.push_back(std::move(set));
    } else {
      rest.push_back(std::move(set));
    }
  }
  waiting_ = std::move(rest);
  return taken;
}

size_t PendingSets::drop(const ExporterDomain& domain) {
  const size_t before = waiting_.size();
  std::erase_if(waiting_, [&](const PendingSet& set) {
    if (set.domain != &domain) return false;
    discount(set);
    return true;
  });
  return before - waiting_.size();
}

void PendingSets::account(const PendingSet& set) {
  octets_ += costOf(set);
  budget_.octets += costOf(set);
}

void PendingSets::discount(const PendingSet& set) {
  octets_ -= costOf(set);
  budget_.octets -= costOf(set);
}

}  // namespace weir::collect
