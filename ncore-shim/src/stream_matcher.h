// SPDX-License-Identifier: Apache-2.0
// The streams of one database in some slots: a lazy DFA per group, and for each slot the state that
// its stream is in within each group. Touched by one thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "byte_format.h"
#include "lazy_dfa.h"
#include "pattern_database.h"

namespace weir::ncore {

struct Match {
  uint64_t endOffset;
  uint32_t patternId;

  friend bool operator<(const Match& a, const Match& b) {
    return std::tie(a.endOffset, a.patternId) < std::tie(b.endOffset, b.patternId);
  }
};

class StreamMatcher {
 public:
  StreamMatcher(std::shared_ptr<const PatternDatabase> database, uint32_t slots,
                size_t tablesBytes);

  const PatternDatabase* database() const { return database_.get(); }
  uint32_t openStreams() const { return openStreams_; }

  // A slot is opened, here or by restore(), before the others are called, and closed before it is
  // opened again.
  void open(uint32_t slot);
  void close(uint32_t slot);

  // The stream's next bytes, `offset` being where they begin. Matches are appended sorted.
  void scan(uint32_t slot, std::span<const uint8_t> bytes, uint64_t offset,
            std::vector<Match>& matches);
  // Tests what holds if the data ends here, at `offset`. Matches are appended sorted.
  void testEnd(uint32_t slot, uint64_t offset, std::vector<Match>& matches);

  // No further match can come.
  bool exhausted(uint32_t slot) const;

  // What the stream has seen, the same for the same stream whatever the tables went through. At
  // most savedBytesMax() bytes.
  void save(uint32_t slot, ByteWriter& bytes) const;
  static size_t savedBytesMax(const PatternDatabase& database);
  // By group; an empty key stands for a dead one.
  using Saved = std::vector<LazyDfa::Key>;
  // Nothing for what save() has not written.
  std::optional<Saved> read(ByteReader& bytes) const;
  // Opens the slot.
  void restore(uint32_t slot, const Saved& saved);

  // Memory of a stream in an open slot, its key apart while it is parked (see lazy_dfa.h).
  static size_t streamBytes(const PatternDatabase& database) {
    return database.groups().size() * sizeof(LazyDfa::State);
  }
  size_t tablesBytes() const;

 private:
  LazyDfa::State awake(size_t group, LazyDfa::State& state);
  void scanGroup(size_t group, LazyDfa::State& state, std::span<const uint8_t> bytes,
                 uint64_t offset, std::vector<Match>& matches);
  void testGroupEnd(size_t group, LazyDfa::State& state, uint64_t offset,
                    std::vector<Match>& matches);
  void enter(size_t group, LazyDfa::State& state, const LazyDfa::Run& run, uint64_t offset,
             std::vector<Match>& matches);
  void collect(size_t group);
  bool readGroup(size_t group, LazyDfa::Key& key, ByteReader& bytes) const;
  void forget(uint32_t slot);

  std::span<LazyDfa::State> statesOf(uint32_t slot) {
    return std::span(states_).subspan(size_t{slot} * dfas_.size(), dfas_.size());
  }
  std::span<const LazyDfa::State> statesOf(uint32_t slot) const {
    return std::span(states_).subspan(size_t{slot} * dfas_.size(), dfas_.size());
  }

  std::shared_ptr<const PatternDatabase> database_;
  std::vector<LazyDfa> dfas_;
  std::vector<LazyDfa::State> states_;  // slot by slot; DEAD where no stream is open
  std::vector<uint32_t> ids_;           // scratch
  uint32_t openStreams_ = 0;
};

}  // namespace weir::ncore
