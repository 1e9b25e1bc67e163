// SPDX-License-Identifier: Apache-2.0
#include "emulator_device.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "emulator_queue.h"
#include "stream_table.h"

namespace weir::ncore {

namespace {

using Clock = std::chrono::steady_clock;

// Bytes at which what a switch costs is a twentieth of the job.
constexpr uint32_t SWITCHES_PER_BEST_JOB = 20;
constexpr uint32_t JOBS_PER_CHANNEL_BEST = 16;
constexpr uint32_t BATCH_BEST_IN_CALLER = 64;

// When a lost device that was opened with `back` comes back; this process has one such device.
struct Return {
  std::mutex mutex;
  std::optional<Clock::time_point> at;
};

Return& lostDevice() {
  static Return lost;
  return lost;
}

// What a device that has come back is opened with: it has been mended.
DeviceOptions afterReturn(DeviceOptions options) {
  if (!options.backMs) return options;
  Return& lost = lostDevice();
  const std::lock_guard lock(lost.mutex);
  if (!lost.at) return options;
  if (Clock::now() < *lost.at) throw EmulatorDevice::NotBackYet();
  lost.at.reset();
  options.fault = {};
  return options;
}

// Those that were opened with `opens`.
std::atomic<uint32_t> limitedDevices{0};

// A host built against an earlier header knows less; it must not be written past.
template <typename Struct>
void copyKnown(const Struct& from, Struct& to) {
  const uint32_t sizeBytes = to.sizeBytes;
  std::memcpy(&to, &from, std::min<size_t>(sizeBytes, sizeof from));
  to.sizeBytes = sizeBytes;
}

}  // namespace

EmulatorDevice::Place::Place(uint32_t opensMax) : isCounted_(opensMax != 0) {
  if (!isCounted_) return;
  uint32_t open = limitedDevices;
  do {
    if (open >= opensMax) throw TooManyOpen();
  } while (!limitedDevices.compare_exchange_weak(open, open + 1));
}

EmulatorDevice::Place::~Place() {
  if (isCounted_) --limitedDevices;
}

EmulatorDevice::EmulatorDevice(const DeviceOptions& options)
    : place_(options.opensMax), options_(afterReturn(options)) {
  for (uint32_t i = 0; i < options.channels; ++i) {
    channels_.push_back(std::make_unique<EmulatorChannel>(options_));
  }
}

void EmulatorDevice::describe(NcoreCapabilities& capabilities) const {
  NcoreCapabilities all{};
  all.sizeBytes = sizeof all;
  all.flags = NCORE_CAP_SOFTWARE | NCORE_CAP_REPORTS_EXHAUSTION | NCORE_CAP_END_OF_DATA |
              NCORE_CAP_STREAM_STATES | NCORE_CAP_EVENT_FD;
  if (options_.registers != 0) all.flags |= NCORE_CAP_WANTS_MEMORY;
  all.channels = std::max(options_.channels, 1U);
  all.queuesMax = options_.queuesMax;
  all.streamsMax = streamsMax();
  all.queueDepthMax = options_.depthMax;
  all.jobBytesMax = options_.jobBytesMax;
  all.batchJobsBest = options_.channels * JOBS_PER_CHANNEL_BEST;
  if (options_.channels == 0) {
    all.flags |= NCORE_CAP_CONSUMES_AT_SUBMIT;
    all.batchJobsBest = BATCH_BEST_IN_CALLER;
  }
  if (options_.timing) {
    const uint32_t bytes = options_.timing->switchBytes * SWITCHES_PER_BEST_JOB;
    all.jobBytesBest = std::max(bytes, options_.timing->writeBytesLeast);
  }
  all.alignmentBytes = 1;
  if (options_.fault.kind == Fault::Kind::TRUNCATE) {
    all.eventsPerJobMax = static_cast<uint32_t>(options_.fault.value);
  }
  all.patternMemoryBytes = options_.memoryBytes;
  all.deviceStreamsMax = options_.deviceStreamsMax;
  std::strcpy(all.name, "Weir ncore emulator");
  copyKnown(all, capabilities);
}

// ------------------------------------------------------------------ databases

// What is handed to queues has a reference count of the device's own, which tells when the last
// stream has let go of it; the host's handle would keep the database's.
NcoreStatus EmulatorDevice::load(Database database, uint32_t& databaseId) {
  const std::lock_guard lock(mutex_);
  if (isLost()) return NCORE_DEVICE_LOST;
  const uint64_t limit = options_.memoryBytes;
  if (limit != 0 && memoryInUse() + database->memoryBytes() > limit) return NCORE_OUT_OF_PATTERNS;
  const auto held = std::make_shared<Database>(std::move(database));
  databases_.emplace(lastId_ + 1, Database(held, held->get()));
  databaseId = ++lastId_;
  return NCORE_OK;
}

uint64_t EmulatorDevice::memoryInUse() {
  uint64_t bytes = 0;
  for (const auto& [id, loaded] : databases_) bytes += loaded->memoryBytes();
  std::erase_if(unloaded_, [](const auto& database) { return database.expired(); });
  for (const auto& unloaded : unloaded_) {
    if (const Database database = unloaded.lock()) bytes += database->memoryBytes();
  }
  return bytes;
}

NcoreStatus EmulatorDevice::activate(uint32_t databaseId) {
  const std::lock_guard lock(mutex_);
  if (isLost()) return NCORE_DEVICE_LOST;
  if (!databases_.contains(databaseId)) return NCORE_NO_DATABASE;
  activeId_ = databaseId;
  activations_.fetch_add(1, std::memory_order_release);
  return NCORE_OK;
}

NcoreStatus EmulatorDevice::unload(uint32_t databaseId) {
  const std::lock_guard lock(mutex_);
  if (isLost()) return NCORE_DEVICE_LOST;
  if (databaseId == activeId_ && databaseId != 0) return NCORE_BUSY;
  const auto found = databases_.find(databaseId);
  if (found == databases_.end()) return NCORE_NO_DATABASE;
  unloaded_.push_back(found->second);
  databases_.erase(found);
  return NCORE_OK;
}

NcoreStatus EmulatorDevice::query(uint32_t databaseId, NcoreDatabaseInfo& info) const {
  const std::lock_guard lock(mutex_);
  if (isLost()) return NCORE_DEVICE_LOST;
  const auto found = databases_.find(databaseId);
  if (found == databases_.end()) return NCORE_NO_DATABASE;
  const PatternDatabase& database = *found->second;
  NcoreDatabaseInfo all{};
  all.patterns = database.patternCount();
  all.patternMemoryBytes = database.memoryBytes();
  all.streamBytes = static_cast<uint32_t>(StreamTable::streamBytes(database));
  all.stateBytesMax = static_cast<uint32_t>(StreamTable::stateBytesMax(database));
  copyKnown(all, info);
  return NCORE_OK;
}

EmulatorDevice::Database EmulatorDevice::active() {
  const std::lock_guard lock(mutex_);
  const auto found = databases_.find(activeId_);
  return found == databases_.end() ? nullptr : found->second;
}

EmulatorDevice::Database EmulatorDevice::find(uint64_t digest) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, database] : databases_) {
    if (database->digest() == digest) return database;
  }
  return nullptr;
}

// ------------------------------------------------------------------ queues

void EmulatorDevice::addQueue(EmulatorQueue* queue) {
  const std::lock_guard lock(mutex_);
  if (options_.queuesMax != 0 && queues_.size() >= options_.queuesMax) throw OutOfQueues();
  const uint32_t streamsMax = options_.deviceStreamsMax;
  if (streamsMax != 0 && streamsInUse() + queue->streams() > streamsMax) throw std::bad_alloc();
  queues_.push_back(queue);
}

uint64_t EmulatorDevice::streamsInUse() const {
  uint64_t streams = 0;
  for (const EmulatorQueue* queue : queues_) streams += queue->streams();
  return streams;
}

void EmulatorDevice::removeQueue(EmulatorQueue* queue) {
  const std::lock_guard lock(mutex_);
  std::erase(queues_, queue);
}

bool EmulatorDevice::inUse() const {
  const std::lock_guard lock(mutex_);
  return !queues_.empty();
}

void EmulatorDevice::lose() {
  const std::lock_guard lock(mutex_);
  if (isLost()) return;
  if (options_.backMs) {  // known before anybody sees the loss and opens the device anew
    Return& lost = lostDevice();
    const std::lock_guard lockOfReturn(lost.mutex);
    lost.at = Clock::now() + std::chrono::milliseconds(*options_.backMs);
  }
  lost_.store(true, std::memory_order_release);
  for (EmulatorQueue* queue : queues_) queue->signalFailure();
}

}  // namespace weir::ncore
