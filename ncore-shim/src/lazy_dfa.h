// SPDX-License-Identifier: Apache-2.0
// One group of patterns as a DFA that is built while it runs: a transition is computed when the
// first byte asks for it. Owned by one queue or channel and touched by its thread only, so nothing
// is locked.
//
// A state is what waits (positions) and what has been reported (patterns). Since the second is
// part of it, a stream's whole memory is one State, and a pattern that has matched costs nothing
// any more. Positions that wait at every offset are implied and not listed.
//
// The tables are bounded: run() stops with FULL when they reach their limit, and the owner calls
// collect(), which retires them: rows are forgotten, their keys are kept for now. A stream in a
// retired state gets a row again when it goes on. The others are parked, some at a time, each time
// that the new tables have grown by a row's size, so that all are before these are full: a parked
// state is its key only, a few bytes. So a sender who drives each stream into a state of its own
// costs a key for each stream, never a row, and a job never waits until millions of streams have
// been looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pattern_group.h"

namespace weir::ncore {

class LazyDfa {
 public:
  // Valid until a collect() that does not get it.
  using State = uint32_t;
  // No pattern of the group can match any more. Never passed to run() and its kin.
  static constexpr State DEAD = 0;

  // Count of reported patterns, these patterns sorted, then the positions that wait, sorted.
  using Key = std::u16string;

  enum class Stop { END, MATCH, DEAD, FULL };

  struct Run {
    State before;     // MATCH: the state before the byte that completed a match
    State state;      // after `consumed` bytes
    size_t consumed;  // MATCH: including that byte
    Stop stop;
  };

  // `group` must outlive the DFA.
  LazyDfa(const PatternGroup& group, size_t tablesBytes);

  State start() const { return start_ | generation_; }
  // `state` has a row, here and in the next three.
  bool isDead(State state) const { return dead_[rowOf(state)] != 0; }

  Run run(State state, std::span<const uint8_t> bytes);
  // What holds if the data ends here, as a transition that takes no byte.
  Run testEnd(State state);
  // Appends the ids of the patterns that `after` has reported and `before` had not.
  void appendMatches(State before, State after, std::vector<uint32_t>& patternIds) const;

  // Whether run() can go on from it.
  bool hasRow(State state) const { return (state & ~ROW_MASK) == generation_; }
  // The same with a row, in its place. Wants room: see isFull().
  State awaken(State state);
  // Before a stream ends, whatever its state.
  void drop(State state) {
    if (isParked(state)) dropParked(state);
  }
  // collect() is to be called.
  bool isFull() const { return tablesBytes_ >= stopAt_; }
  // states[0], states[stride] ... are all of the streams' states, DEAD where there is none. Retires
  // the tables when they are full, and parks some of the states that are in retired ones, in place.
  void collect(std::span<State> states, size_t stride);

  const Key& keyOf(State state) const;
  // Whether a key from outside is one that a state may have, and not a dead one.
  bool isLiveKey(const Key& key) const { return validKey(key) && !deadKey(key); }
  // The parked state of such a key, for one stream.
  State adopt(const Key& key);

  // Builds all states; false as soon as there are more than these, or keys longer together.
  bool buildAll(size_t statesMax, size_t keyUnitsMax);

  size_t stateCount() const { return keys_.size(); }
  size_t tablesBytes() const { return tablesBytes_; }
  // Of keys that are kept for streams without a row.
  size_t parkedBytes() const { return parkedBytes_ + retired_.keyBytes; }

 private:
  // A transition: the row it leads to, premultiplied by the row length, and flags.
  using Entry = uint32_t;
  static constexpr Entry MATCH_FLAG = 0x80000000;
  static constexpr Entry DEAD_FLAG = 0x40000000;
  static constexpr Entry ROW_MASK = 0x3fffffff;
  static constexpr Entry UNKNOWN = 0xffffffff;
  static constexpr uint32_t NONE = 0xffffffff;

  // Above the row: in which tables it is, of two in turn; or the place in parked_.
  static constexpr State PARKED_FLAG = 0x80000000;
  static constexpr State GENERATION_FLAG = 0x40000000;

  struct Parked {
    Key key;
    uint32_t streams = 0;  // that are in it
    uint32_t row = NONE;   // whose state it was
  };

  // Tables whose rows are forgotten, while streams may be in them.
  struct Retired {
    std::vector<const Key*> keys;  // by row; empty: there are none
    std::unordered_map<Key, uint32_t> rows;
    std::vector<uint32_t> parkedAs;  // by row; NONE as soon as no stream is in it
    size_t next = 0;                 // of the states that collect() is given
    size_t keyBytes = 0;
  };

  uint32_t rowOf(State state) const { return (state & ROW_MASK) / rowLength_; }
  static bool isParked(State state) { return (state & PARKED_FLAG) != 0; }
  static std::span<const char16_t> reportedIn(const Key& key);
  static std::span<const char16_t> waitingIn(const Key& key);

  Entry explore(State state, uint8_t byteClass);
  Entry exploreEnd(State state);
  Entry enter(State state, size_t column, bool matches);
  bool markMatches(const Key& key, uint8_t byteClass);
  bool markMatchesAtEnd(const Key& key);
  void gatherFollow(const Key& key, uint8_t byteClass);
  void gatherWaiting(const Key& key);
  void follow(uint16_t position);
  void wait(uint16_t position);
  Key makeKey();
  State intern(Key key);
  uint32_t addRow();
  void clear();
  bool validKey(const Key& key) const;
  bool validWaiting(std::span<const char16_t> waiting, std::span<const char16_t> reported) const;
  size_t rowBytes(const Key& key) const;
  static size_t parkedBytesOf(const Key& key);
  bool isSweeping() const { return !retired_.keys.empty(); }
  void retire();
  void sweep(std::span<State> states, size_t stride, size_t count);
  void parkRetired(State& state);
  void dropParked(State parked);
  bool deadKey(const Key& key) const;
  uint32_t park(const Key& key);
  template <typename Visit>
  void visitTaking(const Key& key, uint8_t byteClass, Visit visit);

  const PatternGroup& group_;
  const uint32_t classCount_;
  const uint32_t rowLength_;  // a column for each class, and one for the end of data
  const size_t stepBytes_;    // the largest row's
  const size_t limit_;
  size_t stopAt_ = limit_;  // earlier while there are states to be parked
  size_t tablesBytes_ = 0;
  size_t parkedBytes_ = 0;

  std::vector<Entry> table_;
  std::vector<const Key*> keys_;  // by row; null for DEAD
  std::vector<uint8_t> dead_;     // by row
  std::unordered_map<Key, uint32_t> rows_;
  State start_ = DEAD;  // its row alone
  State generation_ = 0;
  Retired retired_;
  std::vector<Parked> parked_;
  std::vector<uint32_t> freeParked_;

  // Scratch of explore(), kept to save allocations.
  std::vector<uint8_t> reported_;  // by pattern
  std::vector<uint8_t> waiting_;   // by position
  std::vector<uint16_t> next_;
};

}  // namespace weir::ncore
