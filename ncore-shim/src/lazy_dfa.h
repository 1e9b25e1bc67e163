// SPDX-License-Identifier: Apache-2.0
// One group of patterns as a DFA that is built while it runs: a transition is computed when the
// first byte asks for it. Owned by one queue and touched by its thread only, so nothing is locked.
//
// A state is what waits (positions) and what has been reported (patterns). Since the second is
// part of it, a stream's whole memory is one State, and a pattern that has matched costs nothing
// any more. Positions that wait at every offset are implied and not listed.
//
// Memory is bounded: run() stops with FULL when the tables reach their limit, and the owner calls
// collect() with the states that its streams are in. Only if those alone need more than half of
// the limit does the limit follow them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pattern_group.h"

namespace weir::ncore {

class LazyDfa {
 public:
  // Valid until a collect() that does not name it.
  using State = uint32_t;
  // No pattern of the group can match any more. Never passed to run().
  static constexpr State DEAD = 0;

  enum class Stop { END, MATCH, DEAD, FULL };

  struct Run {
    State before;     // MATCH: the state before the byte that completed a match
    State state;      // after `consumed` bytes
    size_t consumed;  // MATCH: including that byte
    Stop stop;
  };

  // `group` must outlive the DFA.
  LazyDfa(const PatternGroup& group, size_t tablesBytes);

  State start() const { return start_; }
  bool isDead(State state) const { return dead_[rowOf(state)] != 0; }

  Run run(State state, std::span<const uint8_t> bytes);

  // Appends the ids of the patterns that `after` has reported and `before` had not.
  void appendMatches(State before, State after, std::vector<uint32_t>& patternIds) const;

  // Forgets every transition, and every state but the start and those in `live`.
  void collect(std::span<const State> live);

  size_t stateCount() const { return keys_.size() - freeRows_.size(); }
  size_t tablesBytes() const { return tablesBytes_; }

 private:
  // A transition: the row it leads to, premultiplied by the row length, and flags.
  using Entry = uint32_t;
  static constexpr Entry MATCH_FLAG = 0x80000000;
  static constexpr Entry DEAD_FLAG = 0x40000000;
  static constexpr Entry ROW_MASK = 0x3fffffff;
  static constexpr Entry UNKNOWN = 0xffffffff;

  // Count of reported patterns, these patterns sorted, then the positions that wait, sorted.
  using Key = std::u16string;

  uint32_t rowOf(State state) const { return state / classCount_; }
  static std::span<const char16_t> reportedIn(const Key& key);
  static std::span<const char16_t> waitingIn(const Key& key);

  Entry explore(State state, uint8_t byteClass);
  bool markMatches(const Key& key, uint8_t byteClass);
  void gatherFollow(const Key& key, uint8_t byteClass);
  void follow(uint16_t position);
  Key makeKey();
  State intern(Key key);
  uint32_t takeRow();
  void clearRow(uint32_t row);
  void dropRow(uint32_t row);
  size_t rowBytes(const Key& key) const;
  bool deadKey(const Key& key) const;
  template <typename Visit>
  void visitTaking(const Key& key, uint8_t byteClass, Visit visit);

  const PatternGroup& group_;
  const uint32_t classCount_;
  const size_t limitWanted_;
  size_t limit_;
  size_t tablesBytes_ = 0;

  std::vector<Entry> table_;
  std::vector<const Key*> keys_;  // by row; null when the row is free
  std::vector<uint8_t> dead_;     // by row
  std::vector<uint32_t> freeRows_;
  std::unordered_map<Key, uint32_t> rows_;
  State start_ = DEAD;

  // Scratch of explore(), kept to save allocations.
  std::vector<uint8_t> reported_;  // by pattern
  std::vector<uint8_t> waiting_;   // by position
  std::vector<uint16_t> next_;
};

}  // namespace weir::ncore
