// SPDX-License-Identifier: Apache-2.0
#include "stream_table.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <tuple>

namespace hyperscan_device {
namespace {

constexpr uint32_t KNOWN_FLAGS =
    NCORE_JOB_OPEN | NCORE_JOB_CLOSE | NCORE_JOB_END_OF_DATA | NCORE_JOB_EXPORT | NCORE_JOB_IMPORT;

std::string_view bytesOf(const NcoreJob& job) {
  return {reinterpret_cast<const char*>(job.bytes), job.lengthBytes};
}

std::string_view stateOf(const NcoreJob& job) {
  return {reinterpret_cast<const char*>(job.state), job.stateBytes};
}

void addEvents(const NcoreJob& job, std::vector<Match>& matches, std::vector<NcoreEvent>& events) {
  const auto order = [](const Match& match) { return std::tie(match.endOffset, match.patternId); };
  std::sort(matches.begin(), matches.end(),
            [&](const Match& a, const Match& b) { return order(a) < order(b); });
  for (const Match& match : matches) {
    events.push_back(
        {match.endOffset, job.tag, job.slot, job.generation, match.patternId, /*reserved=*/0});
  }
}

}  // namespace

Result StreamTable::run(const Job& job) {
  Result result{{job.job.tag, job.job.slot, job.job.generation, NCORE_OK, 0, 0, 0}, {}};
  try {
    result.completion.status = perform(job, result);
  } catch (const std::exception&) {
    // No memory, or a state too large. The stream has missed bytes: what it would tell from now on
    // could be wrong.
    slots_[job.job.slot].stream.reset();
    result.completion.status = NCORE_TIMEOUT;
    result.events.clear();
  }
  result.completion.eventCount = static_cast<uint32_t>(result.events.size());
  return result;
}

NcoreStatus StreamTable::check(const NcoreJob& job) const {
  const bool imports = job.flags & NCORE_JOB_IMPORT;
  const bool exports = job.flags & NCORE_JOB_EXPORT;
  if (job.flags & ~KNOWN_FLAGS || job.reserved != 0) return NCORE_BAD_ARGUMENT;
  if (job.slot >= slots_.size()) return NCORE_BAD_ARGUMENT;
  if (job.bytes == nullptr && job.lengthBytes > 0) return NCORE_BAD_ARGUMENT;
  if (imports && (exports || !(job.flags & NCORE_JOB_OPEN))) return NCORE_BAD_ARGUMENT;
  if ((imports || exports) && job.state == nullptr) return NCORE_BAD_ARGUMENT;
  const Slot& slot = slots_[job.slot];
  if (job.flags & NCORE_JOB_OPEN) return NCORE_OK;
  if (!slot.stream || slot.generation != job.generation) return NCORE_STALE_GENERATION;
  return NCORE_OK;
}

NcoreStatus StreamTable::open(const Job& job, std::unique_ptr<Stream>& stream) {
  if (!(job.job.flags & NCORE_JOB_IMPORT)) {
    if (!job.database) return NCORE_NO_DATABASE;
    stream = std::make_unique<Stream>(job.database);
    return NCORE_OK;
  }
  if (!Stream::databaseOf(stateOf(job.job))) return NCORE_BAD_FORMAT;
  if (!job.database) return NCORE_NO_DATABASE;
  stream = Stream::import(job.database, stateOf(job.job));
  return stream ? NCORE_OK : NCORE_BAD_FORMAT;
}

NcoreStatus StreamTable::perform(const Job& job, Result& result) {
  const NcoreJob& order = job.job;
  if (const NcoreStatus status = check(order); status != NCORE_OK) return status;
  Slot& slot = slots_[order.slot];
  std::unique_ptr<Stream> opened;
  if (order.flags & NCORE_JOB_OPEN) {
    if (const NcoreStatus status = open(job, opened); status != NCORE_OK) return status;
  }
  const Database& database = opened ? opened->database() : slot.stream->database();
  // Told before anything is done: a job that fails changes nothing.
  if (order.flags & NCORE_JOB_EXPORT && order.stateBytes < Stream::stateBytesMax(database)) {
    return NCORE_BAD_ARGUMENT;
  }
  if (opened) slot = {std::move(opened), order.generation};
  scratch_.reserveFor(database);
  matches_.clear();
  slot.stream->scan(bytesOf(order), scratch_.get(), matches_);
  if (order.flags & NCORE_JOB_END_OF_DATA) slot.stream->testEnd(scratch_.get(), matches_);
  if (order.flags & NCORE_JOB_EXPORT) {
    const std::string state = slot.stream->exportState();
    std::memcpy(order.state, state.data(), state.size());
    result.completion.stateBytes = static_cast<uint32_t>(state.size());
  }
  addEvents(order, matches_, result.events);
  if (order.flags & NCORE_JOB_CLOSE) slot.stream.reset();
  return NCORE_OK;
}

}  // namespace hyperscan_device
