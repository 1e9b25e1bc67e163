// SPDX-License-Identifier: Apache-2.0
#include "emulator_channel.h"

#include <bit>

#include "emulator_queue.h"

namespace weir::ncore {

namespace {

// Of a lane, before the next lane has its turn.
constexpr int JOBS_PER_TURN = 64;

}  // namespace

EmulatorChannel::Lane::Lane(EmulatorQueue& queue, uint32_t channel, uint32_t depth)
    : queue_(queue), channel_(channel), places_(std::bit_ceil(depth)) {}

// Never full: the queue has `depth` places.
void EmulatorChannel::Lane::push(uint32_t place) {
  const uint32_t tail = tail_.load(std::memory_order_relaxed);
  places_[tail & (places_.size() - 1)] = place;
  tail_.store(tail + 1, std::memory_order_release);
}

bool EmulatorChannel::Lane::pop(uint32_t& place) {
  const uint32_t head = head_.load(std::memory_order_relaxed);
  if (head == tail_.load(std::memory_order_acquire)) return false;
  place = places_[head & (places_.size() - 1)];
  head_.store(head + 1, std::memory_order_release);
  return true;
}

class EmulatorChannel::Change {
 public:
  explicit Change(EmulatorChannel& channel) : channel_(channel) {
    channel_.changes_.fetch_add(1);
    channel_.mutex_.lock();
  }
  ~Change() {
    channel_.mutex_.unlock();
    if (channel_.changes_.fetch_sub(1) == 1) channel_.changes_.notify_one();
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  EmulatorChannel& channel_;
};

EmulatorChannel::EmulatorChannel(const DeviceOptions& options)
    : clock_(options.timing ? std::optional<CardClock>(*options.timing) : std::nullopt),
      thread_([this] { work(); }) {}

EmulatorChannel::~EmulatorChannel() {
  stopping_.store(true);
  wake();
  thread_.join();
}

void EmulatorChannel::add(Lane& lane) {
  const Change change(*this);
  lanes_.push_back(&lane);
}

void EmulatorChannel::remove(Lane& lane) {
  const Change change(*this);
  std::erase(lanes_, &lane);
  if (clock_) clock_->forget(&lane.queue());
}

void EmulatorChannel::wake() {
  wakes_.fetch_add(1);
  wakes_.notify_one();
}

// Counts wakes before it looks at what they tell of, so that none is slept through.
void EmulatorChannel::work() {
  for (;;) {
    const uint32_t seen = wakes_.load();
    if (stopping_.load()) return;
    for (uint32_t changes = changes_.load(); changes > 0; changes = changes_.load()) {
      changes_.wait(changes);
    }
    if (!pass()) wakes_.wait(seen);
  }
}

bool EmulatorChannel::pass() {
  const std::lock_guard lock(mutex_);
  bool worked = false;
  for (Lane* lane : lanes_) {
    uint32_t place = 0;
    for (int i = 0; i < JOBS_PER_TURN && lane->pop(place); ++i) {
      runOne(*lane, place);
      worked = true;
    }
  }
  return worked;
}

void EmulatorChannel::runOne(Lane& lane, uint32_t place) {
  EmulatorQueue& queue = lane.queue();
  queue.run(place, lane.channel());
  if (clock_) queue.holdBack(place, *clock_);
  queue.finish(place);
}

}  // namespace weir::ncore
