// SPDX-License-Identifier: Apache-2.0
// A lane's classifier across reloads of the signatures: a flow is judged from its first octet to
// its verdict by one set of signatures, the one that was in force when the flow began.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "classify/classifier.h"

namespace weir {

/// Used by one lane's thread; the calls are those of Classifier. Without a reload under way it
/// costs one comparison a call.
class ClassifierSuccession {
 public:
  explicit ClassifierSuccession(std::unique_ptr<Classifier> first) : newest_(std::move(first)) {}

  void add(FlowEntry& entry, const DecodedPacket& packet) { ownerOf(entry).add(entry, packet); }
  std::span<FlowEntry* const> settle();
  void release(FlowEntry& entry);

  /// New flows are judged by `successor`; the classifier until now stays until the last flow that
  /// it has begun is decided or over.
  void succeed(std::unique_ptr<Classifier> successor);

  /// Of all classifiers that there have been.
  [[nodiscard]] ClassifierCounters counters() const;

 private:
  Classifier& ownerOf(const FlowEntry& entry);
  void retireIdle();

  std::unique_ptr<Classifier> newest_;
  std::vector<std::unique_ptr<Classifier>> leaving_;  ///< with undecided flows of older signatures
  ClassifierCounters gone_;
  std::vector<FlowEntry*> named_;
};

}  // namespace weir
