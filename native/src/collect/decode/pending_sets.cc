// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/pending_sets.h"

namespace weir::collect {

size_t PendingSets::costOf(const PendingSet& set) {
  constexpr size_t OVERHEAD_OCTETS = 256;
  return set.octets.size() + OVERHEAD_OCTETS;
}

PendingSets::PendingSets(PendingBudget& budget, size_t limitOctets)
    : budget_(budget), limitOctets_(limitOctets) {}

size_t PendingSets::add(PendingSet set) {
  account(set);
  inOrder_.push_back(std::move(set));
  const Place added = std::prev(inOrder_.end());
  byTemplate_[{added->domain, added->templateId}].push_back(added);
  size_t dropped = 0;
  while (!inOrder_.empty() && (octets_ > limitOctets_ || budget_.octets > budget_.limitOctets)) {
    dropOldest();
    ++dropped;
  }
  return dropped;
}

std::vector<PendingSet> PendingSets::take(const ExporterDomain& domain, uint16_t templateId) {
  std::vector<PendingSet> taken;
  const auto waiting = byTemplate_.find({&domain, templateId});
  if (waiting == byTemplate_.end()) return taken;
  for (const Place place : waiting->second) {
    discount(*place);
    taken.push_back(std::move(*place));
    inOrder_.erase(place);
  }
  byTemplate_.erase(waiting);
  return taken;
}

size_t PendingSets::drop(const ExporterDomain& domain) {
  size_t dropped = 0;
  auto waiting = byTemplate_.lower_bound({&domain, 0});
  while (waiting != byTemplate_.end() && waiting->first.first == &domain) {
    for (const Place place : waiting->second) {
      discount(*place);
      inOrder_.erase(place);
      ++dropped;
    }
    waiting = byTemplate_.erase(waiting);
  }
  return dropped;
}

size_t PendingSets::clear() {
  const size_t dropped = inOrder_.size();
  budget_.octets -= octets_;
  octets_ = 0;
  inOrder_.clear();
  byTemplate_.clear();
  return dropped;
}

void PendingSets::dropOldest() {
  const PendingSet& oldest = inOrder_.front();
  const auto waiting = byTemplate_.find({oldest.domain, oldest.templateId});
  waiting->second.pop_front();
  if (waiting->second.empty()) byTemplate_.erase(waiting);
  discount(oldest);
  inOrder_.pop_front();
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
