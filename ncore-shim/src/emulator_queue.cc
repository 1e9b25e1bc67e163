// SPDX-License-Identifier: Apache-2.0
#include "emulator_queue.h"

#include <algorithm>
#include <utility>

namespace weir::ncore {

namespace {

constexpr uint32_t STATE_FLAGS = NCORE_JOB_EXPORT | NCORE_JOB_IMPORT;
constexpr uint32_t KNOWN_JOB_FLAGS =
    NCORE_JOB_OPEN | NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA | STATE_FLAGS;
constexpr uint64_t TABLES_BYTES_DEFAULT = uint64_t{32} << 20;

NcoreQueueOptions withDefaults(NcoreQueueOptions options) {
  if (options.tablesBytes == 0) options.tablesBytes = TABLES_BYTES_DEFAULT;
  return options;
}

}  // namespace

EmulatorQueue::EmulatorQueue(EmulatorDevice& device, const NcoreQueueOptions& options)
    : device_(device), options_(withDefaults(options)), slots_(options.streams) {
  device_.addQueue();
}

EmulatorQueue::~EmulatorQueue() { device_.removeQueue(); }

uint32_t EmulatorQueue::submit(std::span<const NcoreJob> jobs) {
  followActivation();
  const size_t room = options_.depth - completions_.size();
  const size_t accepted = std::min(room, jobs.size());
  for (const NcoreJob& job : jobs.first(accepted)) run(job);
  retireMatchers();
  return static_cast<uint32_t>(accepted);
}

// Looks at one atomic that rarely changes, so the queue's path takes no lock.
void EmulatorQueue::followActivation() {
  const uint64_t activations = device_.activations();
  if (std::exchange(activationSeen_, activations) == activations) return;
  auto database = device_.active();
  const auto known = std::ranges::find_if(
      matchers_, [&](const auto& matcher) { return matcher->database() == database.get(); });
  if (known == matchers_.end()) {
    matchers_.push_back(std::make_unique<StreamMatcher>(std::move(database), options_.streams,
                                                        options_.tablesBytes));
  } else {
    std::rotate(known, known + 1, matchers_.end());
  }
}

void EmulatorQueue::retireMatchers() {
  if (matchers_.size() < 2) return;
  const auto* current = matchers_.back().get();
  std::erase_if(matchers_, [&](const auto& matcher) {
    return matcher.get() != current && matcher->openStreams() == 0;
  });
}

// ------------------------------------------------------------------ jobs

void EmulatorQueue::run(const NcoreJob& job) {
  NcoreCompletion completion{job.tag, job.slot, job.generation, check(job), 0, 0, 0};
  if (completion.status == NCORE_OK) {
    if (job.flags & NCORE_JOB_OPEN) open(job);
    scan(job, completion);
    if (job.flags & NCORE_JOB_CLOSE) close(slots_[job.slot]);
  }
  completions_.push_back(completion);
}

NcoreStatus EmulatorQueue::check(const NcoreJob& job) const {
  if (job.flags & ~KNOWN_JOB_FLAGS) return NCORE_BAD_ARGUMENT;
  if (job.flags & STATE_FLAGS) return NCORE_UNSUPPORTED;
  if (job.slot >= slots_.size()) return NCORE_BAD_ARGUMENT;
  if (job.bytes == nullptr && job.lengthBytes > 0) return NCORE_BAD_ARGUMENT;
  if (job.flags & NCORE_JOB_OPEN) return matchers_.empty() ? NCORE_NO_DATABASE : NCORE_OK;
  const Slot& slot = slots_[job.slot];
  const bool live = slot.matcher != nullptr && slot.generation == job.generation;
  return live ? NCORE_OK : NCORE_STALE_GENERATION;
}

void EmulatorQueue::open(const NcoreJob& job) {
  Slot& slot = slots_[job.slot];
  close(slot);
  slot = {matchers_.back().get(), 0, job.generation};
  slot.matcher->open(job.slot);
}

void EmulatorQueue::close(Slot& slot) {
  if (slot.matcher == nullptr) return;
  slot.matcher->close(static_cast<uint32_t>(&slot - slots_.data()));
  slot.matcher = nullptr;
}

void EmulatorQueue::scan(const NcoreJob& job, NcoreCompletion& completion) {
  Slot& slot = slots_[job.slot];
  matches_.clear();
  slot.matcher->scan(job.slot, {job.bytes, job.lengthBytes}, slot.offset, matches_);
  slot.offset += job.lengthBytes;
  if (job.flags & NCORE_JOB_END_OF_DATA) {
    // What ends with the data may have a larger id than what holds there.
    slot.matcher->testEnd(job.slot, slot.offset, matches_);
    std::sort(matches_.begin(), matches_.end());
  }
  for (const Match& match : matches_) {
    events_.push_back({match.endOffset, job.tag, job.slot, job.generation, match.patternId, 0});
  }
  completion.eventCount = static_cast<uint32_t>(matches_.size());
  if (slot.matcher->exhausted(job.slot)) completion.flags |= NCORE_COMPLETION_EXHAUSTED;
}

// ------------------------------------------------------------------ results

void EmulatorQueue::poll(NcorePoll& results) {
  results.completionCount = 0;
  results.eventCount = 0;
  while (!completions_.empty() && results.completionCount < results.completionCapacity) {
    const NcoreCompletion& completion = completions_.front();
    const uint32_t room = results.eventCapacity - results.eventCount;
    const uint32_t count = std::min(room, completion.eventCount - eventsPolled_);
    const auto begin = events_.begin();
    std::copy(begin, begin + count, results.events + results.eventCount);
    events_.erase(begin, begin + count);
    results.eventCount += count;
    eventsPolled_ += count;
    if (eventsPolled_ < completion.eventCount) return;
    eventsPolled_ = 0;
    results.completions[results.completionCount++] = completion;
    completions_.pop_front();
  }
}

size_t EmulatorQueue::tablesBytes() const {
  size_t bytes = 0;
  for (const auto& matcher : matchers_) bytes += matcher->tablesBytes();
  return bytes;
}

}  // namespace weir::ncore
