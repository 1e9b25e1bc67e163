// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_jobs.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

constexpr size_t JOB_BYTES_MAX = 65535;

/// Buffers of jobs that were unusually long are not kept for the next ones.
constexpr size_t SPARE_BYTES_MAX = 4096;

bool isWhole(NcoreStatus status) { return status == NCORE_OK; }

}  // namespace

void NcoreJobs::add(const ScanRequest& request, bool testsEnd) {
  Stream& stream = streams_[request.slot];
  if (request.startOfStream) stream = {};
  Job* job = waitingJobOf(request);
  if (job == nullptr) {
    if (spare_.empty()) spare_.emplace_back();
    job = &jobs_.emplace_back(std::move(spare_.back()));
    spare_.pop_back();
    job->slot = request.slot;
    job->generation = request.generation;
    job->flags = request.startOfStream ? NCORE_JOB_OPEN : 0U;
    stream.lastJob = firstJob_ + jobs_.size();
  }
  job->octets.insert(job->octets.end(), request.bytes.begin(), request.bytes.end());
  if (request.endOfStream) job->flags |= NCORE_JOB_CLOSE;
  if (testsEnd && !request.bytes.empty()) job->flags |= NCORE_JOB_END_OF_DATA;
  stream.offset += request.bytes.size();
  unsentBytes_ += request.bytes.size();
  job->requests.push_back(firstRequest_ + requests_.size());
  Request& added = requests_.emplace_back();
  added.tag = request.tag;
  added.endOffset = stream.offset;
  added.part = request.part;
  added.hasOctets = !request.bytes.empty();
}

/// A job of the request's stream that it can become a part of: the last one, while it waits. What
/// is tested as the end of data must be the end of a job.
NcoreJobs::Job* NcoreJobs::waitingJobOf(const ScanRequest& request) {
  const uint64_t last = streams_[request.slot].lastJob;
  if (request.startOfStream || last <= firstJob_ + sent_) return nullptr;
  Job& job = jobs_[last - 1 - firstJob_];
  const bool isEnded = (job.flags & NCORE_JOB_CLOSE) != 0 ||
                       ((job.flags & NCORE_JOB_END_OF_DATA) != 0 && !request.bytes.empty());
  const bool fits = job.octets.size() + request.bytes.size() <= JOB_BYTES_MAX;
  return !isEnded && fits && job.generation == request.generation ? &job : nullptr;
}

std::span<const NcoreJob> NcoreJobs::unsent(uint32_t count) {
  descriptors_.clear();
  const size_t end = std::min(jobs_.size(), sent_ + count);
  for (size_t i = sent_; i < end; ++i) {
    const Job& job = jobs_[i];
    descriptors_.push_back({job.octets.data(), static_cast<uint32_t>(job.octets.size()), job.flags,
                            job.slot, job.generation, firstJob_ + i, nullptr, 0, 0});
  }
  return descriptors_;
}

void NcoreJobs::markSent(uint32_t count) {
  for (; count > 0; --count) unsentBytes_ -= jobs_[sent_++].octets.size();
}

NcoreJobs::Found NcoreJobs::find(const NcoreEvent& event) {
  if (event.tag < firstJob_ || event.tag - firstJob_ >= sent_) return {};
  const Job& job = jobs_[event.tag - firstJob_];
  const auto endsBefore = [&](uint64_t number, uint64_t offset) {
    return requestAt(number).endOffset < offset;
  };
  const auto at =
      std::lower_bound(job.requests.begin(), job.requests.end(), event.endOffset, endsBefore);
  if (at == job.requests.end() || job.slot != event.slot || job.generation != event.generation)
    return {};
  Request& request = requestAt(*at);
  return {&request.events, request.tag, request.part};
}

bool NcoreJobs::complete(const NcoreCompletion& completion, std::vector<uint64_t>& incomplete) {
  if (sent_ == 0 || completion.tag != firstJob_) return false;
  Job& job = jobs_.front();
  for (const uint64_t number : job.requests) {
    Request& request = requestAt(number);
    request.isDone = true;
    if (!isWhole(completion.status) && request.hasOctets) incomplete.push_back(request.tag);
  }
  if (job.octets.capacity() <= SPARE_BYTES_MAX) {
    job.octets.clear();
    job.requests.clear();
    spare_.push_back(std::move(job));
  }
  jobs_.pop_front();
  ++firstJob_;
  --sent_;
  return true;
}

size_t NcoreJobs::takeCompleted(std::vector<MatchEvent>& events) {
  size_t completed = 0;
  for (; !requests_.empty() && requests_.front().isDone; ++completed) {
    const std::vector<MatchEvent>& found = requests_.front().events;
    events.insert(events.end(), found.begin(), found.end());
    requests_.pop_front();
    ++firstRequest_;
  }
  return completed;
}

}  // namespace weir
