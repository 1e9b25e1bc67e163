// SPDX-License-Identifier: Apache-2.0
// The requests of one lane on their way through a device, as jobs: in the order in which they were
// made, each with the requests that it answers. Used by the lane's thread only.
#pragma once

#include <ncore.h>

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "classify/job_memory.h"
#include "classify/matcher.h"

namespace weir {

class NcoreJobs {
 public:
  /// `jobBytesMax`: of the device; 0: it has no limit of its own.
  NcoreJobs(uint32_t streamSlots, uint32_t jobBytesMax);
  ~NcoreJobs();
  NcoreJobs(const NcoreJobs&) = delete;
  NcoreJobs& operator=(const NcoreJobs&) = delete;

  /// Where the octets of most jobs lie.
  [[nodiscard]] std::span<uint8_t> memory() const { return memory_.whole(); }

  /// Copies the request's octets, into as many jobs as they need. `testsEnd`: its end is tested as
  /// the end of data.
  void add(const ScanRequest& request, bool testsEnd);

  /// Events that another engine found in the request that was added last.
  void addEvent(const MatchEvent& event) { requests_.back().events.push_back(event); }

  /// Jobs that were not submitted yet, oldest first, at most `count`; valid until the next call.
  std::span<const NcoreJob> unsent(uint32_t count);
  void markSent(uint32_t count);

  [[nodiscard]] uint32_t sentJobs() const { return static_cast<uint32_t>(sent_); }
  [[nodiscard]] uint32_t unsentJobs() const { return static_cast<uint32_t>(jobs_.size() - sent_); }
  [[nodiscard]] uint64_t unsentBytes() const { return unsentBytes_; }
  [[nodiscard]] size_t requests() const { return requests_.size(); }
  [[nodiscard]] size_t spareJobs() const { return spare_.size(); }

  /// The request in which the match ended; null when the device tells of no job that it has. Counts
  /// the event as one of its job's.
  struct Found {
    std::vector<MatchEvent>* events = nullptr;
    uint64_t tag = 0;
    DatabasePart part = DatabasePart::TCP_CLIENT;
  };
  Found find(const NcoreEvent& event);

  /// False when it is not the oldest job's, or does not count its events as they came. Tags of
  /// requests that may lack events go to `incomplete`.
  bool complete(const NcoreCompletion& completion, std::vector<uint64_t>& incomplete);

  /// Moves the events of requests that are completed to `events`, in order; how many there were.
  size_t takeCompleted(std::vector<MatchEvent>& events);

 private:
  struct Request {
    uint64_t tag = 0;
    uint64_t endOffset = 0;  ///< in the stream
    uint32_t jobs = 0;       ///< not completed, with octets of it
    DatabasePart part = DatabasePart::TCP_CLIENT;
    bool hasOctets = false;
    bool isWhole = true;  ///< until a job of it was not
    std::vector<MatchEvent> events;
  };
  struct Job {
    std::vector<uint64_t> requests;  ///< in the order of all requests, first to last
    JobMemory::Octets octets;
    uint32_t flags = 0;
    uint32_t slot = 0;
    uint32_t generation = 0;
    uint32_t events = 0;  ///< that came
  };
  struct Stream {
    uint64_t offset = 0;   ///< of what comes next
    uint64_t lastJob = 0;  ///< plus one; 0: none
  };

  Job& jobFor(const ScanRequest& piece);
  Job* waitingJobOf(const ScanRequest& piece);
  void addPiece(const ScanRequest& piece, bool testsEnd);
  void dropFirst();
  Request& requestAt(uint64_t number) { return requests_[number - firstRequest_]; }

  const size_t jobBytesMax_;
  JobMemory memory_;
  std::vector<Stream> streams_;  ///< by slot
  std::deque<Request> requests_;
  uint64_t firstRequest_ = 0;  ///< number of requests_.front()
  std::deque<Job> jobs_;       ///< not completed; the first `sent_` are in the device
  uint64_t firstJob_ = 0;      ///< number of jobs_.front()
  size_t sent_ = 0;
  uint64_t unsentBytes_ = 0;
  std::vector<std::vector<uint64_t>> spare_;  ///< for Job::requests
  std::vector<NcoreJob> descriptors_;
};

}  // namespace weir
