// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_jobs.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

/// What waits of one stream becomes no longer job than this.
constexpr size_t GATHERED_BYTES_MAX = 65535;

/// Those of more jobs than are usual are not kept for the next ones.
constexpr size_t SPARE_JOBS_MAX = 1024;

/// Of a lane: 2 KiB for each job that is in a device as a rule.
constexpr size_t MEMORY_BYTES = size_t{8} << 20;

bool isWhole(NcoreStatus status) { return status == NCORE_OK; }

}  // namespace

NcoreJobs::NcoreJobs(uint32_t streamSlots, uint32_t jobBytesMax)
    : jobBytesMax_(jobBytesMax == 0 ? GATHERED_BYTES_MAX
                                    : std::min<size_t>(jobBytesMax, GATHERED_BYTES_MAX)),
      memory_(MEMORY_BYTES),
      streams_(streamSlots) {}

NcoreJobs::~NcoreJobs() {
  for (Job& job : jobs_) memory_.giveBack(job.octets);
}

void NcoreJobs::add(const ScanRequest& request, bool testsEnd) {
  if (request.startOfStream) streams_[request.slot] = {};
  Request& added = requests_.emplace_back();
  added.tag = request.tag;
  added.endOffset = streams_[request.slot].offset + request.bytes.size();
  added.part = request.part;
  added.hasOctets = !request.bytes.empty();
  ScanRequest piece = request;
  std::span<const uint8_t> left = request.bytes;
  for (; left.size() > jobBytesMax_; left = left.subspan(jobBytesMax_)) {
    piece.bytes = left.first(jobBytesMax_);
    piece.endOfStream = false;
    addPiece(piece, false);
    piece.startOfStream = false;
  }
  piece.bytes = left;
  piece.endOfStream = request.endOfStream;
  addPiece(piece, testsEnd && added.hasOctets);
}

/// Of the request that was added last; it fits into one job.
void NcoreJobs::addPiece(const ScanRequest& piece, bool testsEnd) {
  Job& job = jobFor(piece);
  memory_.append(job.octets, piece.bytes);
  if (piece.endOfStream) job.flags |= NCORE_JOB_CLOSE;
  if (testsEnd) job.flags |= NCORE_JOB_END_OF_DATA;
  streams_[piece.slot].offset += piece.bytes.size();
  unsentBytes_ += piece.bytes.size();
  job.requests.push_back(firstRequest_ + requests_.size() - 1);
  ++requests_.back().jobs;
}

NcoreJobs::Job& NcoreJobs::jobFor(const ScanRequest& piece) {
  if (Job* const waiting = waitingJobOf(piece); waiting != nullptr) return *waiting;
  if (spare_.empty()) spare_.emplace_back();
  Job& job = jobs_.emplace_back();
  job.requests = std::move(spare_.back());
  spare_.pop_back();
  job.slot = piece.slot;
  job.generation = piece.generation;
  job.flags = piece.startOfStream ? NCORE_JOB_OPEN : 0U;
  streams_[piece.slot].lastJob = firstJob_ + jobs_.size();
  return job;
}

/// A job of the piece's stream that it can become a part of: the last one, while it waits. What
/// is tested as the end of data must be the end of a job.
NcoreJobs::Job* NcoreJobs::waitingJobOf(const ScanRequest& piece) {
  const uint64_t last = streams_[piece.slot].lastJob;
  if (piece.startOfStream || last <= firstJob_ + sent_) return nullptr;
  Job& job = jobs_[last - 1 - firstJob_];
  const bool isEnded = (job.flags & NCORE_JOB_CLOSE) != 0 ||
                       ((job.flags & NCORE_JOB_END_OF_DATA) != 0 && !piece.bytes.empty());
  const bool fits = job.octets.size() + piece.bytes.size() <= jobBytesMax_;
  return !isEnded && fits && job.generation == piece.generation ? &job : nullptr;
}

std::span<const NcoreJob> NcoreJobs::unsent(uint32_t count) {
  descriptors_.clear();
  const size_t end = std::min(jobs_.size(), sent_ + count);
  for (size_t i = sent_; i < end; ++i) {
    const Job& job = jobs_[i];
    descriptors_.push_back({job.octets.data(), job.octets.size(), job.flags, job.slot,
                            job.generation, firstJob_ + i, nullptr, 0, 0});
  }
  return descriptors_;
}

void NcoreJobs::markSent(uint32_t count) {
  for (; count > 0; --count) unsentBytes_ -= jobs_[sent_++].octets.size();
}

NcoreJobs::Found NcoreJobs::find(const NcoreEvent& event) {
  if (event.tag < firstJob_ || event.tag - firstJob_ >= sent_) return {};
  Job& job = jobs_[event.tag - firstJob_];
  const auto endsBefore = [&](uint64_t number, uint64_t offset) {
    return requestAt(number).endOffset < offset;
  };
  const auto at =
      std::lower_bound(job.requests.begin(), job.requests.end(), event.endOffset, endsBefore);
  if (at == job.requests.end() || job.slot != event.slot || job.generation != event.generation)
    return {};
  ++job.events;
  Request& request = requestAt(*at);
  return {&request.events, request.tag, request.part};
}

bool NcoreJobs::complete(const NcoreCompletion& completion, std::vector<uint64_t>& incomplete) {
  if (sent_ == 0 || completion.tag != firstJob_) return false;
  Job& job = jobs_.front();
  if (completion.eventCount != job.events) return false;
  for (const uint64_t number : job.requests) {
    Request& request = requestAt(number);
    --request.jobs;
    request.isWhole = request.isWhole && isWhole(completion.status);
    const bool lacks = request.jobs == 0 && !request.isWhole && request.hasOctets;
    if (lacks) incomplete.push_back(request.tag);
  }
  dropFirst();
  return true;
}

void NcoreJobs::dropFirst() {
  Job& job = jobs_.front();
  memory_.giveBack(job.octets);
  if (spare_.size() < SPARE_JOBS_MAX) {
    job.requests.clear();
    spare_.push_back(std::move(job.requests));
  }
  jobs_.pop_front();
  ++firstJob_;
  --sent_;
}

size_t NcoreJobs::takeCompleted(std::vector<MatchEvent>& events) {
  size_t completed = 0;
  for (; !requests_.empty() && requests_.front().jobs == 0; ++completed) {
    const std::vector<MatchEvent>& found = requests_.front().events;
    events.insert(events.end(), found.begin(), found.end());
    requests_.pop_front();
    ++firstRequest_;
  }
  return completed;
}

}  // namespace weir
