// SPDX-License-Identifier: Apache-2.0
// The threads of a probe's lanes, from their start to their join. A lane that fails ends the probe:
// its packets would be missing in all that is told of the traffic.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lane/lane.h"

namespace weir {

/// Owned and used by one control thread, except `wait`, which may block another.
class LaneThreads {
 public:
  /// `stopAll` asks all lanes to leave; it is called by the thread of a lane that has failed.
  explicit LaneThreads(std::function<void()> stopAll) : stopAll_(std::move(stopAll)) {}
  ~LaneThreads() { join(); }
  LaneThreads(const LaneThreads&) = delete;
  LaneThreads& operator=(const LaneThreads&) = delete;

  std::thread& start(Lane& lane);

  /// Until every lane has left.
  void join();

  /// Likewise. Throws CodedError WEIR_PROBE_LANE_FAILED when one has failed.
  void wait();

 private:
  void run(Lane& lane, size_t index);
  void noteFailure(size_t index, const char* what);

  std::function<void()> stopAll_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::string failure_;  ///< of the first lane that failed; "": none has
};

}  // namespace weir
