// SPDX-License-Identifier: Apache-2.0
// A channel of the emulator: a thread that runs the jobs of the slots that are its own, of all
// queues of the device. It sleeps while there are none.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "card_clock.h"
#include "device_options.h"

namespace weir::ncore {

class EmulatorQueue;

class EmulatorChannel {
 public:
  // One queue's jobs for one channel: a ring of places in the queue's own ring, written by the
  // queue's owner and read by the channel.
  class Lane {
   public:
    // `depth`: places that may be in the ring at the same time.
    Lane(EmulatorQueue& queue, uint32_t channel, uint32_t depth);

    void push(uint32_t place);
    bool pop(uint32_t& place);

    EmulatorQueue& queue() const { return queue_; }
    uint32_t channel() const { return channel_; }

   private:
    EmulatorQueue& queue_;
    const uint32_t channel_;
    std::vector<uint32_t> places_;  // as many as a power of two
    alignas(64) std::atomic<uint32_t> tail_{0};
    alignas(64) std::atomic<uint32_t> head_{0};
  };

  // The channel runs the lane's jobs while this lives, and does not touch it or its queue after.
  class Registration {
   public:
    Registration(EmulatorChannel& channel, Lane& lane) : channel_(channel), lane_(lane) {
      channel_.add(lane_);
    }
    ~Registration() { channel_.remove(lane_); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    EmulatorChannel& channel_;
    Lane& lane_;
  };

  explicit EmulatorChannel(const DeviceOptions& options);
  ~EmulatorChannel();
  EmulatorChannel(const EmulatorChannel&) = delete;
  EmulatorChannel& operator=(const EmulatorChannel&) = delete;

  // After pushes.
  void wake();

 private:
  void add(Lane& lane);
  void remove(Lane& lane);

  // Asks the channel for its lanes, which it would else take back again at once.
  class Change;

  void work();
  bool pass();
  void runOne(Lane& lane, uint32_t place);

  std::mutex mutex_;  // of lanes_ and clock_; held while jobs are run
  std::atomic<uint32_t> changes_{0};
  std::vector<Lane*> lanes_;
  std::optional<CardClock> clock_;
  std::atomic<uint32_t> wakes_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace weir::ncore
