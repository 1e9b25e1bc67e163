// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier_succession.h"

#include <utility>

#include "classify/lane_memory.h"

namespace weir {

Classifier& ClassifierSuccession::ownerOf(const FlowEntry& entry) {
  if (leaving_.empty() || entry.classification != ClassificationState::SCANNING) return *newest_;
  for (const auto& classifier : leaving_) {
    if (classifier->owns(entry)) return *classifier;
  }
  return *newest_;
}

/// What a classifier does with its own flows before it learns: see Classifier::Impl::hear.
void ClassifierSuccession::flushBefore(const DecodedPacket& packet) {
  if (!LaneMemory::isDnsResponse(packet)) return;
  for (const auto& classifier : leaving_) classifier->flush();
  newest_->flush();
}

std::span<FlowEntry* const> ClassifierSuccession::settle(FlowEntry* leaving) {
  if (leaving_.empty()) return newest_->settle(leaving);
  if (leaving != nullptr) return ownerOf(*leaving).settle(leaving);
  named_.clear();
  const auto gather = [this](Classifier& classifier) {
    const std::span<FlowEntry* const> named = classifier.settle();
    named_.insert(named_.end(), named.begin(), named.end());
  };
  for (const auto& classifier : leaving_) gather(*classifier);
  gather(*newest_);
  retireIdle();
  return named_;
}

void ClassifierSuccession::finish() {
  for (const auto& classifier : leaving_) classifier->finish();
  newest_->finish();
}

/// Right after a `settle`, so that no verdict waits to be reported.
void ClassifierSuccession::retireIdle() {
  std::erase_if(leaving_, [this](std::unique_ptr<Classifier>& classifier) {
    if (!classifier->isIdle()) return false;
    ClassifierCounters last = classifier->counters();
    last.pooledStreamBytes = 0;  // goes with it
    gone_ += last;
    retired_.push_back(std::move(classifier));
    return true;
  });
}

void ClassifierSuccession::release(FlowEntry& entry) {
  Classifier& owner = ownerOf(entry);
  owner.release(entry);
  // A verdict that was not reported yet may be any classifier's.
  for (const auto& classifier : leaving_) {
    if (classifier.get() != &owner) classifier->release(entry);
  }
  if (&owner != newest_.get()) newest_->release(entry);
}

void ClassifierSuccession::succeed(std::unique_ptr<Classifier> successor) {
  successor->shareMemory(*newest_);
  successor->setAdmission(admission_);
  leaving_.push_back(std::exchange(newest_, std::move(successor)));
}

void ClassifierSuccession::setAdmission(Admission admission) {
  admission_ = admission;
  newest_->setAdmission(admission);
}

ClassifierCounters ClassifierSuccession::counters() const {
  ClassifierCounters sum = gone_;
  for (const auto& classifier : leaving_) sum += classifier->counters();
  return sum += newest_->counters();
}

}  // namespace weir
