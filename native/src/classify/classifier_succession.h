// SPDX-License-Identifier: Apache-2.0
// A lane's classifier across reloads of the signatures: a flow of which octets are in the matcher
// is judged to its verdict by the signatures that were in force when they went there. One that has
// shown nothing that a pattern could match goes on with the new signatures.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "classify/classifier.h"

namespace weir {

/// Used by one lane's thread; the calls are those of Classifier. Without a reload under way it
/// costs one comparison a call.
class ClassifierSuccession {
 public:
  explicit ClassifierSuccession(std::unique_ptr<Classifier> first) : newest_(std::move(first)) {}

  void add(FlowEntry& entry, const DecodedPacket& packet) {
    if (!leaving_.empty()) flushBefore(packet);
    ownerOf(entry).add(entry, packet);
  }
  void hear(const DecodedPacket& packet) {
    if (!leaving_.empty()) flushBefore(packet);
    newest_->hear(packet);  // all share its memory
  }
  std::span<FlowEntry* const> settle(FlowEntry* leaving = nullptr);
  void finish();
  /// Whether `takeRetired` has something to give.
  [[nodiscard]] bool hasRetired() const { return !retired_.empty(); }
  [[nodiscard]] FlowName nameOf(const FlowEntry& entry) { return newest_->nameOf(entry); }
  void release(FlowEntry& entry);

  /// From now on `successor` judges; the classifier until now stays until the last flow of which
  /// octets are in its matcher is decided or over.
  void succeed(std::unique_ptr<Classifier> successor);

  /// Classifiers that no flow needs any more. To destroy one may take long.
  [[nodiscard]] std::vector<std::unique_ptr<Classifier>> takeRetired() {
    return std::exchange(retired_, {});
  }

  /// As Classifier's; holds for successors too.
  void setAdmission(Admission admission);

  /// Of all classifiers that there have been.
  [[nodiscard]] ClassifierCounters counters() const;

 private:
  Classifier& ownerOf(const FlowEntry& entry);
  void flushBefore(const DecodedPacket& packet);
  void retireIdle();

  std::unique_ptr<Classifier> newest_;
  std::vector<std::unique_ptr<Classifier>> leaving_;  ///< with flows of older signatures
  std::vector<std::unique_ptr<Classifier>> retired_;
  ClassifierCounters gone_;
  Admission admission_ = Admission::ALL;
  std::vector<FlowEntry*> named_;
};

}  // namespace weir
