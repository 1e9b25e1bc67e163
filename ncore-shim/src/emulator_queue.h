// SPDX-License-Identifier: Apache-2.0
// A queue of the emulator. Jobs are matched inside submit, in the owner's thread, and their
// results wait for poll: a host that relies on nothing more works with a real device too.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "emulator_device.h"
#include "ncore.h"
#include "stream_matcher.h"

namespace weir::ncore {

class EmulatorQueue {
 public:
  // `device` must outlive the queue.
  EmulatorQueue(EmulatorDevice& device, const NcoreQueueOptions& options);
  ~EmulatorQueue();
  EmulatorQueue(const EmulatorQueue&) = delete;
  EmulatorQueue& operator=(const EmulatorQueue&) = delete;

  uint32_t submit(std::span<const NcoreJob> jobs);
  void poll(NcorePoll& results);

  size_t tablesBytes() const;

 private:
  struct Slot {
    StreamMatcher* matcher = nullptr;  // null: no stream
    uint64_t offset = 0;
    uint32_t generation = 0;
  };

  void followActivation();
  void retireMatchers();
  void run(const NcoreJob& job);
  NcoreStatus check(const NcoreJob& job) const;
  void open(const NcoreJob& job);
  void close(Slot& slot);
  void scan(const NcoreJob& job, NcoreCompletion& completion);

  EmulatorDevice& device_;
  const NcoreQueueOptions options_;
  uint64_t activationSeen_ = 0;
  std::vector<Slot> slots_;
  // The last one serves new streams; the others stay until their last stream closes.
  std::vector<std::unique_ptr<StreamMatcher>> matchers_;
  std::deque<NcoreCompletion> completions_;
  std::deque<NcoreEvent> events_;
  uint32_t eventsPolled_ = 0;   // of the front completion
  std::vector<Match> matches_;  // scratch
};

}  // namespace weir::ncore
