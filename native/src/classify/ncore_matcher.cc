// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_matcher.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "classify/ncore_jobs.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t QUEUE_DEPTH_JOBS = 4096;
constexpr size_t REQUESTS_MAX = 16384;  ///< taken and not completed
constexpr uint32_t BATCH_JOBS_MAX = REQUESTS_MAX;
constexpr size_t POLL_RESULTS = 256;
constexpr int AWAIT_MS = 1;
constexpr std::chrono::microseconds AWAIT_STEP{20};

class NcoreMatcher final : public Matcher {
 public:
  NcoreMatcher(const NcoreDatabase& database, uint32_t streamSlots);
  ~NcoreMatcher() override;
  NcoreMatcher(const NcoreMatcher&) = delete;
  NcoreMatcher& operator=(const NcoreMatcher&) = delete;

  size_t submit(std::span<const ScanRequest> requests) override;
  PollResult poll(std::span<MatchEvent> events) override;
  [[nodiscard]] bool answersAtOnce() const override { return false; }
  void urge() override { send(); }
  void await() override;
  void takeIncomplete(std::vector<uint64_t>& tags) override {
    tags.clear();
    tags.swap(incomplete_);
  }
  [[nodiscard]] EngineFailure failure() const override { return failure_; }
  [[nodiscard]] size_t pooledBytes() const override { return side_ ? side_->pooledBytes() : 0; }

 private:
  void openQueue(uint32_t streamSlots);
  void registerMemory();
  void scanBeside(const ScanRequest& request);
  void beginBeside(const ScanRequest& request);
  [[nodiscard]] bool isBatchReady() const;
  void sendIfDue();
  void send();
  [[nodiscard]] int32_t eventFd();
  void pollDevice();
  void takeResults(const NcorePoll& results);
  void takeEvent(const NcoreEvent& event);
  void noteFailure(NcoreStatus status);

  const NcoreDatabase& database_;
  const NcoreLibrary& api_;
  const std::chrono::nanoseconds gatherFor_;
  uint32_t depth_ = QUEUE_DEPTH_JOBS;
  uint32_t batchJobs_ = 1;   ///< so many are worth a submission
  uint64_t batchBytes_ = 0;  ///< or so many octets; 0: they do not count
  NcoreQueue* queue_ = nullptr;
  bool isRegistered_ = false;       ///< the jobs' memory
  std::optional<int32_t> eventFd_;  ///< -1: there is none; asked for by who first waits

  std::unique_ptr<Matcher> side_;  ///< null: the device takes all patterns
  std::vector<bool> isBeside_;     ///< by slot: the stream is matched beside the device, too
  std::array<MatchEvent, POLL_RESULTS> sideEvents_{};

  NcoreJobs jobs_;
  Clock::time_point waitingSince_;  ///< the oldest job that is not submitted
  bool isFull_ = false;             ///< the device, until the next poll
  EngineFailure failure_ = EngineFailure::NONE;
  std::array<NcoreCompletion, POLL_RESULTS> completions_{};
  std::array<NcoreEvent, POLL_RESULTS> deviceEvents_{};
  std::vector<uint64_t> incomplete_;
  std::vector<MatchEvent> events_;  ///< not yet polled from `reported_` on
  size_t reported_ = 0;
  size_t completed_ = 0;
};

NcoreMatcher::NcoreMatcher(const NcoreDatabase& database, uint32_t streamSlots)
    : database_(database),
      api_(database.device().library()),
      gatherFor_(database.gatherNs()),
      jobs_(streamSlots, database.device().capabilities().jobBytesMax) {
  const NcoreCapabilities& device = database.device().capabilities();
  batchJobs_ = std::clamp(device.batchJobsBest, 1U, BATCH_JOBS_MAX);
  batchBytes_ = uint64_t{batchJobs_} * device.jobBytesBest;
  depth_ = std::max(depth_, 4 * batchJobs_);
  if (device.queueDepthMax != 0) depth_ = std::min(depth_, device.queueDepthMax);
  if (device.streamsMax != 0 && device.streamsMax < streamSlots) {
    throw EngineError(EngineFailure::TOO_SMALL,
                      "ncore: the device keeps " + std::to_string(device.streamsMax) +
                          " streams of a lane, it may have " + std::to_string(streamSlots));
  }
  if (database.side().database) {
    side_ = database.side().database->createMatcher(streamSlots);
    isBeside_.resize(streamSlots);
  }
  openQueue(streamSlots);
  registerMemory();
}

void NcoreMatcher::openQueue(uint32_t streamSlots) {
  const NcoreQueueOptions options{sizeof(NcoreQueueOptions), streamSlots, depth_, 0, 0};
  const NcoreStatus opened = api_->openQueue(database_.device().handle(), &options, &queue_);
  api_.checkMade(opened, queue_, "open a queue");
}

/// What a device does not take, it copies.
void NcoreMatcher::registerMemory() {
  const OpenDevice& device = database_.device();
  if ((device.capabilities().flags & NCORE_CAP_WANTS_MEMORY) == 0) return;
  const std::span<uint8_t> memory = jobs_.memory();
  isRegistered_ = api_->registerMemory(device.handle(), memory.data(), memory.size()) == NCORE_OK;
}

NcoreMatcher::~NcoreMatcher() {
  api_->closeQueue(queue_);
  if (!isRegistered_) return;
  api_->unregisterMemory(database_.device().handle(), jobs_.memory().data());
}

size_t NcoreMatcher::submit(std::span<const ScanRequest> requests) {
  if (failure_ != EngineFailure::NONE) return 0;
  size_t taken = 0;
  for (const ScanRequest& request : requests) {
    if (jobs_.requests() >= REQUESTS_MAX) break;
    if (jobs_.unsentJobs() == 0) waitingSince_ = Clock::now();
    jobs_.add(request, database_.testsEnd(request.part));
    if (side_) scanBeside(request);
    ++taken;
    if (isBatchReady()) send();
  }
  if (taken < requests.size()) send();
  return taken;
}

/// Patterns that the device refused. Their events go to the same request, so that they are judged
/// with the device's.
void NcoreMatcher::scanBeside(const ScanRequest& request) {
  const SidePatterns& side = database_.side();
  if (request.startOfStream) beginBeside(request);
  if (!isBeside_[request.slot]) return;
  isBeside_[request.slot] = !request.endOfStream;
  ScanRequest own = request;
  own.candidates = Candidates::any();  // those of the request have other numbers
  side_->submit({&own, 1});
  PollResult result;
  do {
    result = side_->poll(sideEvents_);
    for (size_t i = 0; i < result.events; ++i) {
      MatchEvent event = sideEvents_[i];
      event.pattern = side.patterns[event.pattern];
      jobs_.addEvent(event);
    }
  } while (result.completedRequests == 0);
}

/// A stream that is begun anew and not matched beside the device any more gives its state back.
void NcoreMatcher::beginBeside(const ScanRequest& request) {
  const bool wasBeside = isBeside_[request.slot];
  isBeside_[request.slot] = database_.side().mayMatch(request.part, request.candidates);
  if (!wasBeside || isBeside_[request.slot]) return;
  ScanRequest none = request;
  none.bytes = {};
  none.endOfStream = true;
  side_->submit({&none, 1});
  side_->poll(sideEvents_);
}

bool NcoreMatcher::isBatchReady() const {
  return jobs_.unsentJobs() >= batchJobs_ ||
         (batchBytes_ != 0 && jobs_.unsentBytes() >= batchBytes_);
}

void NcoreMatcher::sendIfDue() {
  if (jobs_.unsentJobs() == 0) return;
  if (isBatchReady() || Clock::now() - waitingSince_ >= gatherFor_) send();
}

/// Short acceptance leaves the rest for the time after a poll.
void NcoreMatcher::send() {
  while (jobs_.unsentJobs() != 0 && !isFull_ && failure_ == EngineFailure::NONE) {
    const std::span<const NcoreJob> offered = jobs_.unsent(depth_ - jobs_.sentJobs());
    isFull_ = offered.empty();
    if (isFull_) return;
    uint32_t accepted = 0;
    const NcoreStatus status =
        api_->submit(queue_, offered.data(), static_cast<uint32_t>(offered.size()), &accepted);
    isFull_ = status == NCORE_RING_FULL || accepted < offered.size();
    if (status == NCORE_RING_FULL) return;
    if (status != NCORE_OK) return noteFailure(status);
    if (accepted > offered.size()) return noteFailure(NCORE_BAD_ARGUMENT);
    jobs_.markSent(accepted);
  }
}

PollResult NcoreMatcher::poll(std::span<MatchEvent> events) {
  if (reported_ == events_.size()) pollDevice();
  const size_t count = std::min(events.size(), events_.size() - reported_);
  std::copy_n(events_.begin() + static_cast<ptrdiff_t>(reported_), count, events.begin());
  reported_ += count;
  if (reported_ < events_.size()) return {count, 0};
  return {count, std::exchange(completed_, 0)};
}

void NcoreMatcher::pollDevice() {
  events_.clear();
  reported_ = 0;
  if (failure_ != EngineFailure::NONE) return;
  sendIfDue();
  NcorePoll results{.sizeBytes = sizeof(NcorePoll),
                    .reserved = 0,
                    .completions = completions_.data(),
                    .completionCapacity = POLL_RESULTS,
                    .completionCount = 0,
                    .events = deviceEvents_.data(),
                    .eventCapacity = POLL_RESULTS,
                    .eventCount = 0};
  do {
    const NcoreStatus status = api_->poll(queue_, &results);
    if (status != NCORE_OK) return noteFailure(status);
    takeResults(results);
  } while (failure_ == EngineFailure::NONE &&
           (results.eventCount == POLL_RESULTS || results.completionCount == POLL_RESULTS));
  completed_ += jobs_.takeCompleted(events_);
  if (std::exchange(isFull_, false)) sendIfDue();
}

void NcoreMatcher::takeResults(const NcorePoll& results) {
  if (results.eventCount > POLL_RESULTS || results.completionCount > POLL_RESULTS)
    return noteFailure(NCORE_BAD_ARGUMENT);
  for (uint32_t i = 0; i < results.eventCount; ++i) takeEvent(deviceEvents_[i]);
  for (uint32_t i = 0; i < results.completionCount; ++i) {
    if (!jobs_.complete(completions_[i], incomplete_)) return noteFailure(NCORE_BAD_ARGUMENT);
  }
}

void NcoreMatcher::takeEvent(const NcoreEvent& event) {
  const NcoreJobs::Found found = jobs_.find(event);
  if (found.events == nullptr || !database_.device().hasNumbered(event.patternId))
    return noteFailure(NCORE_BAD_ARGUMENT);
  for (const uint32_t pattern : database_.patternsOf(event.patternId, found.part)) {
    found.events->push_back({event.endOffset, found.tag, event.slot, event.generation, pattern});
  }
}

/// A device may have more to do for a queue from then on.
int32_t NcoreMatcher::eventFd() {
  if (eventFd_) return *eventFd_;
  const bool hasOne = (database_.device().capabilities().flags & NCORE_CAP_EVENT_FD) != 0;
  int32_t fd = -1;
  if (hasOne && api_->queueEventFd(queue_, &fd) != NCORE_OK) fd = -1;
  return eventFd_.emplace(fd);
}

void NcoreMatcher::await() {
  send();
  if (eventFd() < 0) return std::this_thread::sleep_for(AWAIT_STEP);
  pollfd ready{eventFd(), POLLIN, 0};
  ::poll(&ready, 1, AWAIT_MS);
}

/// A queue without memory is lost alone: the device has another one for the lane, now or later.
void NcoreMatcher::noteFailure(NcoreStatus status) {
  switch (status) {
    case NCORE_DEVICE_LOST:
      failure_ = EngineFailure::LOST;
      return;
    case NCORE_OUT_OF_MEMORY:
      failure_ = EngineFailure::UNAVAILABLE;
      return;
    default:
      failure_ = EngineFailure::BROKEN;
  }
}

}  // namespace

std::unique_ptr<Matcher> createNcoreMatcher(const NcoreDatabase& database, uint32_t streamSlots) {
  return std::make_unique<NcoreMatcher>(database, streamSlots);
}

}  // namespace weir
