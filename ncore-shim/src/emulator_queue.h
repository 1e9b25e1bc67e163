// SPDX-License-Identifier: Apache-2.0
// A queue of the emulator: a ring of jobs in the order of submission. Without channels jobs are
// matched inside submit, in the owner's thread; with them, channels match and the owner polls what
// is done at the ring's head. Used by its owner's thread, where nothing else is said.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "emulator_channel.h"
#include "emulator_device.h"
#include "ncore.h"
#include "readiness.h"
#include "stream_table.h"

namespace weir::ncore {

class EmulatorQueue {
 public:
  using Clock = std::chrono::steady_clock;

  // `device` must outlive the queue.
  EmulatorQueue(EmulatorDevice& device, const NcoreQueueOptions& options);
  ~EmulatorQueue();
  EmulatorQueue(const EmulatorQueue&) = delete;
  EmulatorQueue& operator=(const EmulatorQueue&) = delete;

  uint32_t streams() const { return options_.streams; }

  NcoreStatus submit(std::span<const NcoreJob> jobs, uint32_t& accepted);
  NcoreStatus poll(NcorePoll& results);
  NcoreStatus eventFd(int32_t& fd);

  // By the channel that the job at that place of the ring belongs to: matches it, holds its result
  // back for as long as a card would need, tells that it is done.
  void run(uint32_t place, uint32_t channel);
  void holdBack(uint32_t place, CardClock& clock);
  void finish(uint32_t place);

  // Any thread: makes the event descriptor readable for good.
  void signalFailure() { readiness_.signalFailure(); }

 private:
  struct Entry {
    uint64_t number = 0;
    NcoreCompletion completion{};
    std::vector<NcoreEvent> events;
    Clock::time_point readyAt{};           // not to be reported earlier
    RegisteredMemory::Address memory = 0;  // registered, with bytes of the job in it
    std::atomic<bool> done{false};
  };
  struct Waiting {
    StreamJob job;
    Clock::time_point submittedAt{};  // with timing only
  };

  NcoreStatus state() const;
  void followActivation();
  uint32_t roomFor(size_t jobs) const;
  bool take(const NcoreJob& job);
  void fill(uint32_t place, const NcoreJob& job, uint64_t counted);
  // Of a place of the ring. Without channels no job waits, so there is one for all.
  Waiting& waitingAt(uint32_t place) { return waiting_[lanes_.empty() ? 0 : place]; }
  void describe(const NcoreJob& job, uint64_t counted, StreamJob& described);
  void findImported(StreamJob& job);
  void dispatch(uint32_t place);
  void wakeChannels();
  bool report(Entry& entry, NcorePoll& results);
  void releaseMemory(Entry& entry);
  uint32_t placeOf(uint64_t number) const {
    return static_cast<uint32_t>(number & (ring_.size() - 1));
  }
  Entry& at(uint64_t number) { return ring_[placeOf(number)]; }
  bool headIsDone();
  void signalHead();

  EmulatorDevice& device_;
  const NcoreQueueOptions options_;
  const bool timesJobs_;  // results may be held back
  uint64_t activationSeen_ = 0;
  EmulatorDevice::Database active_;
  std::vector<Entry> ring_;  // as many as a power of two
  const StreamTable::Share share_;
  std::vector<Waiting> waiting_;
  std::atomic<uint64_t> head_{0};  // number of the oldest job that was not reported
  uint64_t tail_ = 0;              // of the next job
  uint32_t eventsPolled_ = 0;      // of the head
  std::vector<std::unique_ptr<StreamTable>> tables_;  // by channel; one without channels
  std::vector<std::unique_ptr<EmulatorChannel::Lane>> lanes_;
  std::vector<uint8_t> pushed_;  // by channel: whether it is to be woken
  std::atomic<bool> outOfMemory_{false};
  Readiness readiness_;
  std::vector<std::unique_ptr<EmulatorChannel::Registration>>
      registrations_;  // last: of the others
};

}  // namespace weir::ncore
