// SPDX-License-Identifier: Apache-2.0
// What a running lane takes over between two batches, and how it gets there.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "classify/classifier.h"
#include "export/record_exporter.h"
#include "lane/data_plane_config.h"

namespace weir {

/// Made ready by another thread, so that the lane has only to put it in place.
struct LaneUpdate {
  std::unique_ptr<Classifier> classifier;  ///< with the new signatures; nullptr: as before
  std::vector<ApplicationRow> applications;
  FlowTimeouts timeouts;
  EarlyExport earlyExport = EarlyExport::NEVER;
};

/// One update at a time from one offering thread to one lane. The lane pays one relaxed load a
/// batch; it never waits, and what it puts back is freed by the other side.
class LaneMailbox {
 public:
  LaneMailbox() = default;
  ~LaneMailbox() { freeReturned(); }
  LaneMailbox(const LaneMailbox&) = delete;
  LaneMailbox& operator=(const LaneMailbox&) = delete;

  /// The lane's: what waits, or nullptr. The caller of `deliver` keeps the ownership.
  [[nodiscard]] LaneUpdate* waiting() const {
    if (update_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return update_.load(std::memory_order_acquire);
  }
  /// The lane's: the update is in force.
  void acknowledge() { update_.store(nullptr, std::memory_order_release); }
  /// The lane's: nobody needs them any more.
  void putBack(std::vector<std::unique_ptr<Classifier>> classifiers);
  /// Any thread but the lane's: destroys what the lane has put back.
  void freeReturned();
  /// The lane's last word: it looks no more.
  void close() { closed_.store(true, std::memory_order_release); }

  /// Waits until the lane has taken `update`; false when the lane has left instead.
  bool deliver(LaneUpdate& update);

 private:
  std::atomic<LaneUpdate*> update_{nullptr};
  std::atomic<bool> closed_{false};

  struct Returned {
    std::vector<std::unique_ptr<Classifier>> classifiers;
    Returned* next;
  };
  std::atomic<Returned*> returned_{nullptr};  ///< a stack; the lane pushes, others take all
};

}  // namespace weir
