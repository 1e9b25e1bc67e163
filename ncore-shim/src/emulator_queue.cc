// SPDX-License-Identifier: Apache-2.0
#include "emulator_queue.h"

#include <algorithm>
#include <bit>
#include <new>
#include <stdexcept>
#include <utility>

namespace weir::ncore {

namespace {

constexpr uint64_t TABLES_BYTES_DEFAULT = uint64_t{32} << 20;

NcoreQueueOptions withDefaults(NcoreQueueOptions options) {
  if (options.tablesBytes == 0) options.tablesBytes = TABLES_BYTES_DEFAULT;
  return options;
}

bool timesJobs(const DeviceOptions& options) {
  return options.timing.has_value() || options.fault.kind == Fault::Kind::SLOW;
}

}  // namespace

EmulatorQueue::EmulatorQueue(EmulatorDevice& device, const NcoreQueueOptions& options)
    : device_(device),
      options_(withDefaults(options)),
      timesJobs_(timesJobs(device.options())),
      ring_(std::bit_ceil(options.depth)),
      share_{options_.streams,
             std::max<uint32_t>(static_cast<uint32_t>(device.channels().size()), 1)},
      waiting_(device.channels().empty() ? 1 : ring_.size()),
      pushed_(device.channels().size(), 0) {
  for (uint32_t channel = 0; channel < share_.channels; ++channel) {
    tables_.push_back(
        std::make_unique<StreamTable>(share_, options_.tablesBytes / share_.channels));
  }
  for (uint32_t channel = 0; channel < device.channels().size(); ++channel) {
    lanes_.push_back(std::make_unique<EmulatorChannel::Lane>(*this, channel, options_.depth));
  }
  for (const auto& lane : lanes_) {
    registrations_.push_back(std::make_unique<EmulatorChannel::Registration>(
        *device.channels()[lane->channel()], *lane));
  }
  device_.addQueue(this);
}

// The device last: once it does not know the queue, another thread may close it and its channels.
EmulatorQueue::~EmulatorQueue() {
  registrations_.clear();
  for (uint64_t number = head_.load(); number != tail_; ++number) releaseMemory(at(number));
  device_.removeQueue(this);
}

NcoreStatus EmulatorQueue::state() const {
  if (device_.isLost()) return NCORE_DEVICE_LOST;
  return outOfMemory_.load() ? NCORE_OUT_OF_MEMORY : NCORE_OK;
}

// ------------------------------------------------------------------ submission

NcoreStatus EmulatorQueue::submit(std::span<const NcoreJob> jobs, uint32_t& accepted) {
  if (const NcoreStatus status = state(); status != NCORE_OK) return status;
  followActivation();
  const uint32_t room = roomFor(jobs.size());
  while (accepted < room && take(jobs[accepted])) ++accepted;
  wakeChannels();
  if (outOfMemory_.load()) return NCORE_OUT_OF_MEMORY;
  if (accepted == 0 && !jobs.empty()) return device_.isLost() ? NCORE_DEVICE_LOST : NCORE_RING_FULL;
  signalHead();
  return NCORE_OK;
}

// Looks at one atomic that rarely changes, so the queue's path takes no lock. What it then hands to
// streams has a reference count of its own: else queues would write to one word at each opening.
void EmulatorQueue::followActivation() {
  const uint64_t activations = device_.activations();
  if (std::exchange(activationSeen_, activations) == activations) return;
  const auto held = std::make_shared<EmulatorDevice::Database>(device_.active());
  active_ = EmulatorDevice::Database(held, held->get());
}

uint32_t EmulatorQueue::roomFor(size_t jobs) const {
  const uint64_t inFlight = tail_ - head_.load(std::memory_order_relaxed);
  return static_cast<uint32_t>(std::min<uint64_t>(jobs, options_.depth - inFlight));
}

// False when a fault lets the device take no more.
bool EmulatorQueue::take(const NcoreJob& job) {
  const Fault& fault = device_.options().fault;
  const uint64_t counted = fault.kind == Fault::Kind::NONE ? 0 : device_.countJob();
  const bool ends = fault.kind == Fault::Kind::FULL || fault.kind == Fault::Kind::LOST;
  const bool isTaken = !ends || counted < fault.value;
  if (fault.kind == Fault::Kind::LOST && counted + 1 >= fault.value) device_.lose();
  if (!isTaken) return false;
  const auto place = placeOf(tail_);
  fill(place, job, counted);
  ++tail_;
  const bool isStuck = fault.kind == Fault::Kind::STUCK && counted >= fault.value;
  if (!isStuck) dispatch(place);
  return true;
}

void EmulatorQueue::fill(uint32_t place, const NcoreJob& job, uint64_t counted) {
  const Fault& fault = device_.options().fault;
  Waiting& waiting = waitingAt(place);
  describe(job, counted, waiting.job);
  Entry& entry = ring_[place];
  entry.number = tail_;
  if (timesJobs_) entry.readyAt = waiting.submittedAt = Clock::now();
  if (fault.kind == Fault::Kind::SLOW) entry.readyAt += std::chrono::microseconds(fault.value);
  if (device_.memory() != nullptr && !lanes_.empty()) {  // else its bytes are read in submit
    entry.memory = device_.memory()->hold({job.bytes, job.lengthBytes});
  }
  entry.events.clear();
  entry.done.store(false, std::memory_order_relaxed);
}

// `counted`: how many jobs the device had taken before, where a fault wants to know.
void EmulatorQueue::describe(const NcoreJob& job, uint64_t counted, StreamJob& described) {
  const Fault& fault = device_.options().fault;
  described.job = job;
  described.refused = NCORE_OK;
  if (job.flags & (NCORE_JOB_OPEN | NCORE_JOB_CLOSE)) described.database = active_;
  if (job.flags & NCORE_JOB_IMPORT) findImported(described);
  if (fault.kind == Fault::Kind::TRUNCATE) described.eventsMax = static_cast<uint32_t>(fault.value);
  if (fault.kind == Fault::Kind::TIMEOUT && (counted + 1) % fault.value == 0) {
    described.refused = NCORE_TIMEOUT;
  }
  const uint32_t bytesMax = device_.options().jobBytesMax;
  if (bytesMax != 0 && job.lengthBytes > bytesMax) described.refused = NCORE_BAD_ARGUMENT;
}

void EmulatorQueue::findImported(StreamJob& job) {
  if (job.job.state == nullptr) return;  // refused as an argument
  const auto digest = databaseOfState({job.job.state, job.job.stateBytes});
  job.database = digest ? device_.find(*digest) : nullptr;
  if (!digest) {
    job.refused = NCORE_BAD_FORMAT;
  } else if (job.database == nullptr) {
    job.refused = NCORE_NO_DATABASE;
  }
}

void EmulatorQueue::dispatch(uint32_t place) {
  if (lanes_.empty()) {
    run(place, 0);
    ring_[place].done.store(true, std::memory_order_relaxed);
    return;
  }
  const uint32_t channel = share_.channelOf(waitingAt(place).job.job.slot);
  lanes_[channel]->push(place);
  pushed_[channel] = 1;
}

void EmulatorQueue::wakeChannels() {
  for (size_t channel = 0; channel < pushed_.size(); ++channel) {
    if (std::exchange(pushed_[channel], uint8_t{0})) device_.channels()[channel]->wake();
  }
}

// ------------------------------------------------------------------ matching

void EmulatorQueue::run(uint32_t place, uint32_t channel) {
  Entry& entry = ring_[place];
  StreamJob& job = waitingAt(place).job;
  try {
    entry.completion = tables_[channel]->run(job, entry.events);
    job.database = nullptr;
    return;
  } catch (const std::bad_alloc&) {
    outOfMemory_.store(true);
  } catch (const std::length_error&) {
    outOfMemory_.store(true);
  }
  readiness_.signalFailure();
}

void EmulatorQueue::holdBack(uint32_t place, CardClock& clock) {
  const Waiting& waiting = waitingAt(place);
  const NcoreJob& job = waiting.job.job;
  const auto gone = clock.finish({this, job.slot, job.lengthBytes, waiting.submittedAt});
  ring_[place].readyAt = std::max(ring_[place].readyAt, gone);
}

// The owner moves the head, then looks whether the new one is done; here it is the other way
// round. So one of the two sees that there is something to poll.
void EmulatorQueue::finish(uint32_t place) {
  Entry& entry = ring_[place];
  const uint64_t number = entry.number;
  const Clock::time_point readyAt = entry.readyAt;
  entry.done.store(true);  // the entry is the owner's from here on
  readiness_.signalAt(readyAt, [&] { return head_.load() == number; });
}

// ------------------------------------------------------------------ results

bool EmulatorQueue::headIsDone() {
  const uint64_t head = head_.load(std::memory_order_relaxed);
  return head != tail_ && at(head).done.load();
}

void EmulatorQueue::signalHead() {
  if (!readiness_.isWanted() || !headIsDone()) return;
  readiness_.signalAt(at(head_.load()).readyAt, [] { return true; });
}

NcoreStatus EmulatorQueue::poll(NcorePoll& results) {
  results.completionCount = 0;
  results.eventCount = 0;
  if (const NcoreStatus status = state(); status != NCORE_OK) return status;
  const Clock::time_point now = timesJobs_ ? Clock::now() : Clock::time_point();
  bool hasRoom = true;
  while (hasRoom && headIsDone()) {
    const uint64_t head = head_.load(std::memory_order_relaxed);
    if (at(head).readyAt > now) break;
    hasRoom = report(at(head), results);
    if (hasRoom) head_.store(head + 1);
  }
  if (hasRoom) readiness_.clear();
  signalHead();  // the channel may have looked while the head was another
  return NCORE_OK;
}

// False when the results have no room for all of it.
bool EmulatorQueue::report(Entry& entry, NcorePoll& results) {
  if (results.completionCount == results.completionCapacity) return false;
  const uint32_t room = results.eventCapacity - results.eventCount;
  const uint32_t count = std::min(room, entry.completion.eventCount - eventsPolled_);
  std::copy_n(entry.events.begin() + eventsPolled_, count, results.events + results.eventCount);
  results.eventCount += count;
  eventsPolled_ += count;
  if (eventsPolled_ < entry.completion.eventCount) return false;
  eventsPolled_ = 0;
  releaseMemory(entry);
  results.completions[results.completionCount++] = entry.completion;
  return true;
}

void EmulatorQueue::releaseMemory(Entry& entry) {
  if (entry.memory != 0) device_.memory()->release(std::exchange(entry.memory, 0));
}

NcoreStatus EmulatorQueue::eventFd(int32_t& fd) {
  const int opened = readiness_.fd();
  if (opened < 0) return NCORE_OUT_OF_MEMORY;
  fd = opened;
  if (state() != NCORE_OK) readiness_.signalFailure();
  signalHead();
  return NCORE_OK;
}

}  // namespace weir::ncore
