// SPDX-License-Identifier: Apache-2.0
// The streams in the slots of a queue that one channel serves, and what a job does to them. Touched
// by one thread only: the queue's owner, or the channel's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ncore.h"
#include "pattern_database.h"
#include "stream_matcher.h"

namespace weir::ncore {

// A job and what it needs to know that was so when it was submitted.
struct StreamJob {
  NcoreJob job{};
  // OPEN: the active one, or the state's. CLOSE: the active one, whose tables are worth keeping.
  std::shared_ptr<const PatternDatabase> database;
  NcoreStatus refused = NCORE_OK;  // why it is not run
  uint32_t eventsMax = UINT32_MAX;
};

class StreamTable {
 public:
  // Of `streams` slots in all, those of one of `channels` channels: of each run of as many slots
  // one.
  struct Share {
    uint32_t streams;
    uint32_t channels;

    // Each run begins one channel further than the run before it: a host that uses every second
    // slot, or every twelfth, for what is busy keeps all channels busy.
    uint32_t channelOf(uint32_t slot) const {
      return static_cast<uint32_t>((uint64_t{slot} + slot / channels) % channels);
    }
    uint32_t slots() const { return streams / channels + (streams % channels == 0 ? 0 : 1); }
  };

  StreamTable(const Share& share, uint64_t tablesBytes);

  // Appends the job's events.
  NcoreCompletion run(const StreamJob& job, std::vector<NcoreEvent>& events);

  // Memory that an open stream takes.
  static size_t streamBytes(const PatternDatabase& database) {
    return sizeof(Slot) + StreamMatcher::streamBytes(database);
  }
  static size_t stateBytesMax(const PatternDatabase& database);
  size_t tablesBytes() const;

 private:
  struct Slot {
    StreamMatcher* matcher = nullptr;  // null: no stream
    uint64_t offset = 0;
    uint32_t generation = 0;
  };

  // Divisions are what a small job would feel.
  uint32_t placeOf(const NcoreJob& job) const {
    return share_.channels == 1 ? job.slot : job.slot / share_.channels;
  }
  NcoreStatus check(const StreamJob& job) const;
  NcoreStatus checkArguments(const NcoreJob& job) const;
  NcoreStatus checkState(const StreamJob& job) const;
  NcoreStatus begin(const StreamJob& job);
  NcoreStatus import(const StreamJob& job, Slot& slot);
  void scan(const StreamJob& job, NcoreCompletion& completion, std::vector<NcoreEvent>& events);
  uint32_t write(const NcoreJob& job);
  StreamMatcher& matcherFor(const std::shared_ptr<const PatternDatabase>& database);
  void close(Slot& slot);
  void retireMatchers(const PatternDatabase* wanted);

  const Share share_;
  const uint64_t tablesBytes_;
  std::vector<Slot> slots_;
  // Those without a stream stay for the database that openings want, and go when it is another.
  std::vector<std::unique_ptr<StreamMatcher>> matchers_;
  std::vector<Match> matches_;  // scratch
  std::vector<uint8_t> state_;  // scratch
};

// The content of the database that a state belongs to; nothing for damaged states.
std::optional<uint64_t> databaseOfState(std::span<const uint8_t> state);

}  // namespace weir::ncore
