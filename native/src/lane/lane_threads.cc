// SPDX-License-Identifier: Apache-2.0
#include "lane/lane_threads.h"

#include <pthread.h>

#include <exception>
#include <new>

#include "coded_error.h"

namespace weir {

std::thread& LaneThreads::start(Lane& lane) {
  const size_t index = threads_.size();
  threads_.emplace_back([this, &lane, index] { run(lane, index); });
  std::thread& thread = threads_.back();
  pthread_setname_np(thread.native_handle(), ("weir-lane-" + std::to_string(index)).c_str());
  return thread;
}

void LaneThreads::run(Lane& lane, size_t index) {
  try {
    return lane.run();
  } catch (const std::bad_alloc&) {
    noteFailure(index, "not enough memory");
  } catch (const std::exception& error) {
    noteFailure(index, error.what());
  } catch (...) {
    noteFailure(index, "an unknown error");
  }
  stopAll_();
}

void LaneThreads::noteFailure(size_t index, const char* what) {
  const std::scoped_lock lock(mutex_);
  if (!failure_.empty()) return;
  failure_ = "lane " + std::to_string(index) + " has failed: " + what +
             ". The flows that it held are lost, the other lanes have exported theirs. Start the "
             "probe again, with fewer flows or lanes if memory is short.";
}

void LaneThreads::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LaneThreads::wait() {
  join();
  if (!failure_.empty()) throw CodedError("WEIR_PROBE_LANE_FAILED", failure_);
}

}  // namespace weir
