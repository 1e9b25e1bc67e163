// SPDX-License-Identifier: Apache-2.0
// Keeps the live biflows of a lane: one probe and two cache lines for each packet.
#pragma once

#include <array>
#include <cstdint>

#include "decode/decoded_packet.h"
#include "flow/entry_pool.h"
#include "flow/flow_hash.h"
#include "flow/flow_index.h"
#include "flow/flow_record.h"
#include "flow/timer_wheel.h"

namespace weir {

struct FlowTimeouts {
  int64_t idleNs = 15'000'000'000;
  int64_t activeNs = 60'000'000'000;
};

struct FlowTableOptions {
  int64_t idleTimeoutNs = 15'000'000'000;
  int64_t activeTimeoutNs = 60'000'000'000;
  /// How long a closed TCP flow (RST, or FIN both ways) stays for the segments that come late.
  int64_t closedLingerNs = 1'000'000'000;
  /// How long a named TCP connection that went idle, or was reset, is remembered: its later
  /// segments carry nothing that could be named, and often come from the responder. An RST may be
  /// forged.
  int64_t dormantTimeoutNs = 300'000'000'000;
  uint32_t maximumFlows = 1U << 20U;
};

/// Where the table hands its records. Called on the lane's thread, inside update, advance and
/// flush.
class FlowSink {
 public:
  virtual ~FlowSink() = default;

  /// A record is due: `entry` holds counters that are not zero. They are cleared after the call.
  virtual void record(FlowEntry& entry, EndReason reason) = 0;

  /// The flow is over; its entry is about to be cleared or reused.
  virtual void ended(FlowEntry& entry) = 0;
};

struct FlowTableCounters {
  uint64_t flows = 0;         ///< flows ever created
  uint64_t evictedFlows = 0;  ///< ended for lack of room (reason 5)
};

/// Owned by one lane. Time is the packets' own: what a record says depends on the packets alone,
/// never on when `advance` is called.
class FlowTable {
 public:
  FlowTable(const FlowTableOptions& options, const FlowHash::Seed& seed);

  /// Holds for all flows from the next packet or `advance` on. A flow that has been silent for
  /// longer than a shorter timeout is looked at when the old one is due; its record is the same.
  void setTimeouts(const FlowTimeouts& timeouts);

  /// Each packet from now on counts for so many, of which it is the one that the lane looks at.
  void setWeight(uint32_t weight) { weight_ = weight; }

  /// First of three steps for each packet, with other packets' steps between them while memory
  /// answers: gives the hash for the others, and asks for the index's line.
  [[nodiscard]] uint32_t locate(const DecodedPacket& packet) const {
    const uint32_t hash = hash_(packet.key);
    index_.prefetch(hash);
    return hash;
  }

  /// Second step: asks for the lines of the entry that it gives as the likely one, NO_INDEX when
  /// there is none.
  [[nodiscard]] uint32_t fetch(uint32_t hash) {
    const uint32_t likely = index_.find(hash, [](uint32_t) { return true; });
    if (likely != FlowEntry::NO_INDEX) pool_.prefetch(likely);
    return likely;
  }

  /// Third step: counts one packet into its flow, which is created when there is none. `likely` is
  /// only a hint: other packets may have ended that flow since.
  FlowEntry& update(const DecodedPacket& packet, uint32_t hash, uint32_t likely, FlowSink& sink);

  /// Ends what is due at `nowNs`; of very much a part, so that packets need not wait for long, and
  /// more with the next call.
  void advance(int64_t nowNs, FlowSink& sink);

  /// Gives a record of `entry` at once and goes on counting from zero (reason 2).
  void exportNow(FlowEntry& entry, FlowSink& sink);

  /// Ends all flows: what is due at `nowNs` for its own reason, the others with reason 4.
  void flush(int64_t nowNs, FlowSink& sink);

  /// The record of what `entry` holds now; inside FlowSink::record only.
  [[nodiscard]] FlowRecord recordOf(const FlowEntry& entry, EndReason reason);

  [[nodiscard]] uint32_t liveFlows() const { return pool_.used(); }
  [[nodiscard]] const FlowTableCounters& counters() const { return counters_; }

 private:
  /// Flows looked at together when their time has come, so that their index lines come in together.
  static constexpr size_t DUE_BATCH = 16;
  /// About 10 ms of work.
  static constexpr size_t DUE_AT_ONCE = 16'384;
  /// At once: each chance is paid for by a packet, but they may come together.
  static constexpr int EVICTION_CHANCES = 1024;

  struct Deadline {
    int64_t atNs;
    EndReason reason;
  };

  [[nodiscard]] Deadline deadline(const FlowEntry& entry) const;
  [[nodiscard]] int64_t quietAtNs(const FlowEntry& entry) const;
  [[nodiscard]] int64_t activeAtNs(const FlowEntry& entry) const {
    return entry.recordStartNs + options_.activeTimeoutNs;
  }
  [[nodiscard]] bool isActiveDue(const FlowEntry& entry, int64_t nowNs) const;
  [[nodiscard]] bool isLongBefore(const FlowEntry& entry, const DecodedPacket& packet) const;
  [[nodiscard]] bool maySleep(const FlowEntry& entry) const;
  bool endIfDue(FlowEntry& entry, int64_t nowNs, FlowSink& sink);
  void end(FlowEntry& entry, EndReason reason, FlowSink& sink);
  [[nodiscard]] uint32_t find(const DecodedPacket& packet, uint32_t hash, uint32_t likely);
  void settleDue(uint32_t index, uint32_t hash, int64_t nowNs, FlowSink& sink);
  void remove(uint32_t index, uint32_t hash);
  uint32_t create(const DecodedPacket& packet, uint32_t hash, FlowSink& sink);
  void wake(uint32_t index, int64_t nowNs);
  void endSleepers(int64_t nowNs, FlowSink& sink);
  void evictOne(FlowSink& sink);
  void start(uint32_t index, const DecodedPacket& packet);
  void count(FlowEntry& entry, const DecodedPacket& packet);
  void countOverlay(uint32_t index, const DecodedPacket& packet);
  void clearCounters(FlowEntry& entry);
  void noteTcp(FlowEntry& entry, const DecodedPacket& packet);

  FlowTableOptions options_;
  FlowHash hash_;
  EntryPool pool_;
  FlowIndex index_;
  TimerWheel wheel_;
  FlowTableCounters counters_;
  uint32_t weight_ = 1;
};

}  // namespace weir
