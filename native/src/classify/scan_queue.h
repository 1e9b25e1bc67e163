// SPDX-License-Identifier: Apache-2.0
// The way of scan requests through a matcher: gathered into batches, submitted, and each completed
// with the pattern that counts. Owned by one classifier.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "classify/classifier.h"
#include "classify/matcher.h"
#include "classify/segment_pool.h"
#include "classify/stream_assembler.h"
#include "classify/verdict_rules.h"

namespace weir {

/// Whom a request was for.
struct ScanOwner {
  uint32_t slot = 0;  ///< as in ScanRequest
  uint32_t generation = 0;
};

/// The packet that a request's octets came with.
struct ScanPacket {
  uint32_t datagramBytes = 0;  ///< as DecodedPacket::datagramBytes
  uint16_t flowPackets = 0;    ///< with payload, of both directions, up to this one
};

struct ScanResult {
  uint32_t pattern = VerdictRules::NO_PATTERN;  ///< the best of those that match
  uint16_t flowPackets = 0;                     ///< as in ScanPacket
};

/// Where in its stream a request stands.
enum class StreamPlace : uint8_t { START, LATER };

class ScanReceiver {
 public:
  virtual ~ScanReceiver() = default;

  /// May add requests without octets.
  virtual void scanned(const ScanOwner& owner, const ScanResult& result) = 0;

  /// The matcher has no room, and the octets cannot be kept: it knows no stream that would have
  /// begun with them.
  virtual void refused(const ScanOwner& owner, StreamPlace place) = 0;
};

class ScanQueue {
 public:
  ScanQueue(std::unique_ptr<Matcher> matcher, const VerdictRules& rules, SegmentPool& segments,
            ScanPatience patience = ScanPatience::NEVER_WAITS)
      : matcher_(std::move(matcher)),
        rules_(rules),
        segments_(segments),
        waitsUntil_(patience == ScanPatience::NEVER_WAITS ? Clock::time_point::min()
                                                          : Clock::time_point::max()) {}

  /// Octets are borrowed until the next `flush`, `block` goes back to the pool then.
  void add(ScanRequest request, const ScanPacket& packet, uint32_t block);

  /// Has the matcher give a stream's state back, behind all requests for it: as soon as it has
  /// room.
  void close(const ScanOwner& owner, DatabasePart part);

  /// From now on results are waited for, for so long in all.
  void beginToWait(std::chrono::nanoseconds atMost) {
    waitsUntil_ = std::max(waitsUntil_, Clock::now() + atMost);
  }

  /// As Matcher's.
  [[nodiscard]] size_t pooledBytes() const { return matcher_->pooledBytes(); }

  [[nodiscard]] bool isFull() const { return batch_.size() >= carried_ + BATCH_REQUESTS_MAX; }

  /// Submits what was added and hands out what has been completed: all of it if it may wait.
  void flush(ScanReceiver& receiver);

  /// As `flush`, where that brings results that would not come as well at the end of the packets'
  /// batch: to ask a device for each packet costs more than the packet.
  void catchUp(ScanReceiver& receiver);

  /// As `flush`, with nothing left to wait for more requests.
  void flushNow(ScanReceiver& receiver);

 private:
  using Clock = std::chrono::steady_clock;

  /// Requests gathered before they are submitted without waiting for the end of the packets' batch.
  static constexpr size_t BATCH_REQUESTS_MAX = 256;

  /// A request that was submitted and waits for its result.
  struct Pending {
    uint64_t tag;
    ScanOwner owner;
    ScanPacket packet;
  };

  [[nodiscard]] bool mayWait() const {
    if (waitsUntil_ == Clock::time_point::min()) return false;
    return waitsUntil_ == Clock::time_point::max() || Clock::now() < waitsUntil_;
  }
  void submitAll(ScanReceiver& receiver);
  void refuseFrom(size_t offered, ScanReceiver& receiver);
  void carryFrom(size_t offered);
  void collect(ScanReceiver& receiver);
  void dropHandedOut();
  void complete(const Pending& request, ScanReceiver& receiver);

  const std::unique_ptr<Matcher> matcher_;
  const VerdictRules& rules_;
  SegmentPool& segments_;
  Clock::time_point waitsUntil_;  ///< the end of all patience

  std::vector<ScanRequest> batch_;
  std::vector<ScanPacket> batchPackets_;  ///< by request of `batch_`
  std::vector<uint32_t> batchBlocks_;     ///< of the segment pool, read until submission
  size_t carried_ = 0;                    ///< requests of `batch_` that were refused before
  std::vector<Pending> pending_;          ///< in order of submission, from `pendingHead_` on
  size_t pendingHead_ = 0;
  std::array<MatchEvent, 256> polled_;
  std::vector<MatchEvent> events_;  ///< polled, their request not completed, from `eventHead_` on
  size_t eventHead_ = 0;
  uint64_t nextTag_ = 0;
};

}  // namespace weir
