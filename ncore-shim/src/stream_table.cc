// SPDX-License-Identifier: Apache-2.0
#include "stream_table.h"

#include <algorithm>
#include <utility>

namespace weir::ncore {

namespace {

constexpr uint32_t STATE_FLAGS = NCORE_JOB_EXPORT | NCORE_JOB_IMPORT;
constexpr uint32_t KNOWN_FLAGS =
    NCORE_JOB_OPEN | NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA | STATE_FLAGS;

// A state: "WNST", the version of what follows, the database's digest, the offset as a varied
// number, each group's key, a seal. See StreamMatcher::save() for the keys.
constexpr uint32_t STATE_MAGIC = 0x54534e57;
constexpr uint32_t STATE_VERSION = 1;
constexpr size_t STATE_FRAME_BYTES = 4 + 4 + 8 + 10 + 8;

struct StateHead {
  uint64_t digest;
  uint64_t offset;
};

std::optional<StateHead> readHead(ByteReader& bytes) {
  if (!bytes.unseal()) return std::nullopt;
  if (bytes.fixed(4) != STATE_MAGIC || bytes.fixed(4) != STATE_VERSION) return std::nullopt;
  const uint64_t digest = bytes.fixed(8);
  const uint64_t offset = bytes.varied();
  if (!bytes.ok()) return std::nullopt;
  return StateHead{digest, offset};
}

}  // namespace

std::optional<uint64_t> databaseOfState(std::span<const uint8_t> state) {
  ByteReader bytes(state);
  const auto head = readHead(bytes);
  return head ? std::optional(head->digest) : std::nullopt;
}

StreamTable::StreamTable(const Share& share, uint64_t tablesBytes)
    : share_(share), tablesBytes_(tablesBytes), slots_(share.slots()) {}

NcoreCompletion StreamTable::run(const StreamJob& job, std::vector<NcoreEvent>& events) {
  NcoreCompletion completion{job.job.tag, job.job.slot, job.job.generation, check(job), 0, 0, 0};
  if (completion.status == NCORE_TIMEOUT) close(slots_[placeOf(job.job)]);
  if (completion.status == NCORE_OK) completion.status = begin(job);
  if (completion.status != NCORE_OK) return completion;
  scan(job, completion, events);
  if (job.job.flags & NCORE_JOB_EXPORT) completion.stateBytes = write(job.job);
  if (job.job.flags & NCORE_JOB_CLOSE) close(slots_[placeOf(job.job)]);
  retireMatchers(job.database.get());
  return completion;
}

// ------------------------------------------------------------------ what may be run

NcoreStatus StreamTable::check(const StreamJob& job) const {
  NcoreStatus status = checkArguments(job.job);
  if (job.refused == NCORE_BAD_ARGUMENT) status = NCORE_BAD_ARGUMENT;
  if (status == NCORE_OK && !(job.job.flags & NCORE_JOB_OPEN)) {
    const Slot& slot = slots_[placeOf(job.job)];
    const bool live = slot.matcher != nullptr && slot.generation == job.job.generation;
    if (!live) status = NCORE_STALE_GENERATION;
  }
  if (status == NCORE_OK) status = job.refused;
  return status == NCORE_OK ? checkState(job) : status;
}

NcoreStatus StreamTable::checkArguments(const NcoreJob& job) const {
  if (job.flags & ~KNOWN_FLAGS || job.reserved != 0) return NCORE_BAD_ARGUMENT;
  if (job.slot >= share_.streams) return NCORE_BAD_ARGUMENT;
  if (job.bytes == nullptr && job.lengthBytes > 0) return NCORE_BAD_ARGUMENT;
  if ((job.flags & STATE_FLAGS) == 0) return NCORE_OK;
  if (job.state == nullptr || (job.flags & STATE_FLAGS) == STATE_FLAGS) return NCORE_BAD_ARGUMENT;
  const bool importsInto = (job.flags & NCORE_JOB_IMPORT) && !(job.flags & NCORE_JOB_OPEN);
  return importsInto ? NCORE_BAD_ARGUMENT : NCORE_OK;
}

NcoreStatus StreamTable::checkState(const StreamJob& job) const {
  const bool opens = (job.job.flags & NCORE_JOB_OPEN) != 0;
  if (opens && job.database == nullptr) return NCORE_NO_DATABASE;
  if (!(job.job.flags & NCORE_JOB_EXPORT)) return NCORE_OK;
  const PatternDatabase& database =
      opens ? *job.database : *slots_[placeOf(job.job)].matcher->database();
  return job.job.stateBytes < stateBytesMax(database) ? NCORE_BAD_ARGUMENT : NCORE_OK;
}

// ------------------------------------------------------------------ streams

NcoreStatus StreamTable::begin(const StreamJob& job) {
  Slot& slot = slots_[placeOf(job.job)];
  if (job.job.flags & NCORE_JOB_IMPORT) return import(job, slot);
  if (!(job.job.flags & NCORE_JOB_OPEN)) return NCORE_OK;
  StreamMatcher& matcher = matcherFor(job.database);
  close(slot);
  slot = {&matcher, 0, job.job.generation};
  matcher.open(placeOf(job.job));
  return NCORE_OK;
}

// The slot's stream is dropped only when the state was read in whole.
NcoreStatus StreamTable::import(const StreamJob& job, Slot& slot) {
  ByteReader bytes({job.job.state, job.job.stateBytes});
  const auto head = readHead(bytes);
  if (!head || head->digest != job.database->digest()) return NCORE_BAD_FORMAT;
  StreamMatcher& matcher = matcherFor(job.database);
  const auto saved = matcher.read(bytes);
  if (!saved || !bytes.atEnd()) return NCORE_BAD_FORMAT;
  close(slot);
  slot = {&matcher, head->offset, job.job.generation};
  matcher.restore(placeOf(job.job), *saved);
  return NCORE_OK;
}

void StreamTable::scan(const StreamJob& job, NcoreCompletion& completion,
                       std::vector<NcoreEvent>& events) {
  const NcoreJob& at = job.job;
  Slot& slot = slots_[placeOf(at)];
  matches_.clear();
  slot.matcher->scan(placeOf(at), {at.bytes, at.lengthBytes}, slot.offset, matches_);
  slot.offset += at.lengthBytes;
  if (at.flags & NCORE_JOB_END_OF_DATA) {
    // Sorted still: nothing ends behind the end of data, but what ends there may have a larger id.
    const size_t before = matches_.size();
    slot.matcher->testEnd(placeOf(at), slot.offset, matches_);
    if (before > 0) std::sort(matches_.begin(), matches_.end());
  }
  if (matches_.size() > job.eventsMax) {
    matches_.resize(job.eventsMax);
    completion.status = NCORE_EVENTS_TRUNCATED;
  }
  for (const Match& match : matches_) {
    events.push_back({match.endOffset, at.tag, at.slot, at.generation, match.patternId, 0});
  }
  completion.eventCount = static_cast<uint32_t>(matches_.size());
  if (slot.matcher->exhausted(placeOf(at))) completion.flags |= NCORE_COMPLETION_EXHAUSTED;
}

uint32_t StreamTable::write(const NcoreJob& job) {
  const Slot& slot = slots_[placeOf(job)];
  state_.clear();
  ByteWriter bytes(state_);
  bytes.fixed(STATE_MAGIC, 4);
  bytes.fixed(STATE_VERSION, 4);
  bytes.fixed(slot.matcher->database()->digest(), 8);
  bytes.varied(slot.offset);
  slot.matcher->save(placeOf(job), bytes);
  bytes.seal();
  std::copy(state_.begin(), state_.end(), job.state);
  return static_cast<uint32_t>(state_.size());
}

size_t StreamTable::stateBytesMax(const PatternDatabase& database) {
  return STATE_FRAME_BYTES + StreamMatcher::savedBytesMax(database);
}

void StreamTable::close(Slot& slot) {
  if (slot.matcher == nullptr) return;
  slot.matcher->close(static_cast<uint32_t>(&slot - slots_.data()));
  slot.matcher = nullptr;
}

// ------------------------------------------------------------------ databases

StreamMatcher& StreamTable::matcherFor(const std::shared_ptr<const PatternDatabase>& database) {
  const auto known = std::ranges::find_if(
      matchers_, [&](const auto& matcher) { return matcher->database() == database.get(); });
  if (known == matchers_.end()) {
    matchers_.push_back(std::make_unique<StreamMatcher>(
        database, static_cast<uint32_t>(slots_.size()), tablesBytes_));
  } else if (known + 1 != matchers_.end()) {
    std::rotate(known, known + 1, matchers_.end());
  }
  return *matchers_.back();
}

// `wanted`: null when the job did not say.
void StreamTable::retireMatchers(const PatternDatabase* wanted) {
  if (wanted == nullptr) return;
  std::erase_if(matchers_, [&](const auto& matcher) {
    return matcher->database() != wanted && matcher->openStreams() == 0;
  });
}

size_t StreamTable::tablesBytes() const {
  size_t bytes = slots_.size() * sizeof(Slot);
  for (const auto& matcher : matchers_) bytes += matcher->tablesBytes();
  return bytes;
}

}  // namespace weir::ncore
