// SPDX-License-Identifier: Apache-2.0
// One queue's work on one database: a lazy DFA per group, and for each slot the state that its
// stream is in within each group. Touched by the queue's owner thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

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

  // A slot is opened once before the others are called, and closed before it is opened again.
  void open(uint32_t slot);
  void close(uint32_t slot);

  // The stream's next bytes, `offset` being where they begin. Matches are appended sorted.
  void scan(uint32_t slot, std::span<const uint8_t> bytes, uint64_t offset,
            std::vector<Match>& matches);

  // No further match can come.
  bool exhausted(uint32_t slot) const;

  size_t tablesBytes() const;

 private:
  void scanGroup(size_t group, LazyDfa::State& state, std::span<const uint8_t> bytes,
                 uint64_t offset, std::vector<Match>& matches);
  void collect(size_t group, LazyDfa::State current);

  std::span<LazyDfa::State> statesOf(uint32_t slot) {
    return std::span(states_).subspan(size_t{slot} * dfas_.size(), dfas_.size());
  }

  std::shared_ptr<const PatternDatabase> database_;
  std::vector<LazyDfa> dfas_;
  std::vector<LazyDfa::State> states_;  // slot by slot; DEAD where no stream is open
  std::vector<uint32_t> ids_;           // scratch
  uint32_t openStreams_ = 0;
};

}  // namespace weir::ncore
