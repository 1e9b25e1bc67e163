// SPDX-License-Identifier: Apache-2.0
#include "lazy_dfa.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <new>
#include <utility>

namespace weir::ncore {

namespace {

// Per state, besides its row and key: the nodes and vectors that hold it. An estimate.
constexpr size_t STATE_OVERHEAD_BYTES = 112;

// Room for some states at least, however long their keys: with less, a stream that is given a row
// would find the tables full again before it took a byte.
constexpr size_t STATES_LEAST = 8;

// Rows are addressed in 30 bits of entries.
constexpr size_t TABLES_BYTES_MAX = size_t{1} << 31;

uint32_t rowLengthOf(const PatternGroup& group) {
  return group.classCount() + (group.testsEnd() ? 1 : 0);
}

// A key with everything in it, which is more than any has: what was reported does not wait.
size_t rowBytesMax(const PatternGroup& group) {
  const size_t keyUnits = 1 + group.patternCount() + group.positionCount();
  return rowLengthOf(group) * sizeof(uint32_t) + keyUnits * sizeof(char16_t) + STATE_OVERHEAD_BYTES;
}

template <typename Items>
bool strictlyRising(const Items& items) {
  return std::ranges::adjacent_find(items, std::greater_equal<>()) == items.end();
}

}  // namespace

LazyDfa::LazyDfa(const PatternGroup& group, size_t tablesBytes)
    : group_(group),
      classCount_(group.classCount()),
      rowLength_(rowLengthOf(group)),
      stepBytes_(rowBytesMax(group)),
      limit_(std::clamp(tablesBytes, STATES_LEAST * stepBytes_, TABLES_BYTES_MAX)),
      reported_(group.patternCount(), 0),
      waiting_(group.positionCount(), 0) {
  clear();
}

void LazyDfa::clear() {
  table_.clear();
  keys_.clear();
  dead_.clear();
  rows_.clear();
  tablesBytes_ = 0;
  addRow();  // DEAD: no key leads to it
  dead_[0] = 1;
  Key key(1, u'\0');
  for (const uint16_t position : group_.firstAtStart()) {
    if (!group_.waitsAnywhere(position)) key.push_back(position);
  }
  std::sort(key.begin() + 1, key.end());
  start_ = intern(std::move(key));
}

std::span<const char16_t> LazyDfa::reportedIn(const Key& key) {
  return std::span(key).subspan(1, key[0]);
}

std::span<const char16_t> LazyDfa::waitingIn(const Key& key) {
  return std::span(key).subspan(size_t{1} + key[0]);
}

LazyDfa::Run LazyDfa::run(State from, std::span<const uint8_t> bytes) {
  State state = from & ROW_MASK;
  const uint8_t* classOf = group_.classOf().data();
  const uint8_t* at = bytes.data();
  const uint8_t* const end = at + bytes.size();
  const Entry* table = table_.data();
  const auto stop = [&](State before, Stop why) {
    const auto consumed = static_cast<size_t>(at - bytes.data());
    return Run{before | generation_, state | generation_, consumed, why};
  };
  while (at != end) {
    Entry entry = table[state + classOf[*at]];
    if (entry <= ROW_MASK) {
      state = entry;
      ++at;
      continue;
    }
    if (entry == UNKNOWN) {
      if (isFull()) return stop(state, Stop::FULL);
      entry = explore(state, classOf[*at]);
      table = table_.data();
    }
    const State before = std::exchange(state, entry & ROW_MASK);
    ++at;
    if (entry & MATCH_FLAG) return stop(before, Stop::MATCH);
    if (entry & DEAD_FLAG) return stop(before, Stop::DEAD);
  }
  return stop(state, Stop::END);
}

LazyDfa::Run LazyDfa::testEnd(State state) {
  if (!group_.testsEnd()) return {state, state, 0, Stop::END};
  const State row = state & ROW_MASK;
  Entry entry = table_[row + classCount_];
  if (entry == UNKNOWN) {
    if (isFull()) return {state, state, 0, Stop::FULL};
    entry = exploreEnd(row);
  }
  Stop stop = entry & DEAD_FLAG ? Stop::DEAD : Stop::END;
  if (entry & MATCH_FLAG) stop = Stop::MATCH;
  return {state, (entry & ROW_MASK) | generation_, 0, stop};
}

void LazyDfa::appendMatches(State before, State after, std::vector<uint32_t>& patternIds) const {
  const auto had = reportedIn(*keys_[rowOf(before)]);
  std::vector<char16_t> added;
  std::ranges::set_difference(reportedIn(*keys_[rowOf(after)]), had, std::back_inserter(added));
  for (const uint16_t pattern : added) patternIds.push_back(group_.patternId(pattern));
}

// ------------------------------------------------------------------ building

// Calls visit(position) for every position that waits in the state, listed or implied, and takes
// the class. Implied positions of reported patterns do not wait any more.
template <typename Visit>
void LazyDfa::visitTaking(const Key& key, uint8_t byteClass, Visit visit) {
  for (const uint16_t position : waitingIn(key)) {
    if (group_.takes(position, byteClass)) visit(position);
  }
  for (const uint16_t position : group_.anywhereTaking(byteClass)) visit(position);
}

LazyDfa::Entry LazyDfa::explore(State state, uint8_t byteClass) {
  const Key& key = *keys_[rowOf(state)];
  for (const uint16_t pattern : reportedIn(key)) reported_[pattern] = 1;
  const bool matches = markMatches(key, byteClass);
  gatherFollow(key, byteClass);
  return enter(state, byteClass, matches);
}

LazyDfa::Entry LazyDfa::exploreEnd(State state) {
  const Key& key = *keys_[rowOf(state)];
  for (const uint16_t pattern : reportedIn(key)) reported_[pattern] = 1;
  const bool matches = markMatchesAtEnd(key);
  gatherWaiting(key);
  return enter(state, classCount_, matches);
}

LazyDfa::Entry LazyDfa::enter(State state, size_t column, bool matches) {
  const State target = intern(makeKey());
  Entry entry = target;
  if (matches) entry |= MATCH_FLAG;
  if (isDead(target)) entry |= DEAD_FLAG;
  table_[state + column] = entry;
  return entry;
}

bool LazyDfa::markMatches(const Key& key, uint8_t byteClass) {
  bool any = false;
  visitTaking(key, byteClass, [&](uint16_t position) {
    if (!group_.accepts(position)) return;
    any |= std::exchange(reported_[group_.patternOf(position)], uint8_t{1}) == 0;
  });
  return any;
}

// No position of the end waits at every offset: its pattern would match the empty string.
bool LazyDfa::markMatchesAtEnd(const Key& key) {
  bool any = false;
  for (const uint16_t position : waitingIn(key)) {
    if (!group_.atEnd(position)) continue;
    any |= std::exchange(reported_[group_.patternOf(position)], uint8_t{1}) == 0;
  }
  return any;
}

void LazyDfa::gatherFollow(const Key& key, uint8_t byteClass) {
  next_.clear();
  visitTaking(key, byteClass, [&](uint16_t position) {
    if (!reported_[group_.patternOf(position)]) follow(position);
  });
}

void LazyDfa::gatherWaiting(const Key& key) {
  next_.clear();
  for (const uint16_t position : waitingIn(key)) {
    if (!reported_[group_.patternOf(position)]) wait(position);
  }
}

void LazyDfa::follow(uint16_t position) {
  for (const uint16_t next : group_.follow(position)) {
    if (!group_.waitsAnywhere(next)) wait(next);
  }
}

void LazyDfa::wait(uint16_t position) {
  if (!std::exchange(waiting_[position], uint8_t{1})) next_.push_back(position);
}

// From the scratch, which it leaves clean for the next time.
LazyDfa::Key LazyDfa::makeKey() {
  Key key(1, u'\0');
  for (size_t pattern = 0; pattern < reported_.size(); ++pattern) {
    if (std::exchange(reported_[pattern], uint8_t{0})) {
      key.push_back(static_cast<char16_t>(pattern));
    }
  }
  key[0] = static_cast<char16_t>(key.size() - 1);
  std::sort(next_.begin(), next_.end());
  for (const uint16_t position : next_) {
    waiting_[position] = 0;
    key.push_back(position);
  }
  return key;
}

bool LazyDfa::deadKey(const Key& key) const {
  if (!waitingIn(key).empty()) return false;
  const auto ended = std::ranges::count_if(
      reportedIn(key), [&](uint16_t pattern) { return group_.startsAnywhere(pattern); });
  return static_cast<size_t>(ended) == group_.startsAnywhereCount();
}

size_t LazyDfa::rowBytes(const Key& key) const {
  return rowLength_ * sizeof(Entry) + key.size() * sizeof(char16_t) + STATE_OVERHEAD_BYTES;
}

LazyDfa::State LazyDfa::intern(Key key) {
  const auto [at, inserted] =
      rows_.try_emplace(std::move(key), static_cast<uint32_t>(keys_.size()));
  if (inserted) {
    const uint32_t row = addRow();
    keys_[row] = &at->first;
    dead_[row] = deadKey(at->first);
    tablesBytes_ += rowBytes(at->first);
  }
  return at->second * rowLength_;
}

uint32_t LazyDfa::addRow() {
  const auto row = static_cast<uint32_t>(keys_.size());
  const size_t length = table_.size() + rowLength_;
  if (length > ROW_MASK) throw std::bad_alloc();
  // Grows twofold like any vector, but not beyond what the limit lets it need.
  if (length > table_.capacity()) {
    const size_t most = std::max(limit_ / sizeof(Entry) + 2 * rowLength_, length);
    table_.reserve(std::clamp(2 * table_.capacity(), length, most));
  }
  table_.resize(length, UNKNOWN);
  keys_.push_back(nullptr);
  dead_.push_back(0);
  return row;
}

bool LazyDfa::buildAll(size_t statesMax, size_t keyUnitsMax) {
  size_t keyUnits = 0;
  for (uint32_t row = 1; row < keys_.size(); ++row) {
    keyUnits += keys_[row]->size();
    if (keys_.size() > statesMax || keyUnits > keyUnitsMax) return false;
    if (dead_[row]) continue;
    const State state = row * rowLength_;
    for (uint32_t byteClass = 0; byteClass < classCount_; ++byteClass) {
      explore(state, static_cast<uint8_t>(byteClass));
    }
    if (group_.testsEnd()) exploreEnd(state);
  }
  return true;
}

// ------------------------------------------------------------------ parking

// What is left to be parked is shared out over the rows that there is room for.
void LazyDfa::collect(std::span<State> states, size_t stride) {
  if (!isSweeping()) retire();
  const size_t left = (states.size() - retired_.next + stride - 1) / stride;
  const size_t room = limit_ - std::min(limit_, tablesBytes_);
  const size_t steps = std::max<size_t>(room / stepBytes_, 1);
  sweep(states, stride, (left + steps - 1) / steps);
  stopAt_ = isSweeping() ? std::min(limit_, tablesBytes_ + stepBytes_) : limit_;
}

void LazyDfa::retire() {
  std::swap(retired_.keys, keys_);
  std::swap(retired_.rows, rows_);
  retired_.parkedAs.assign(retired_.keys.size(), NONE);
  for (const auto& [key, row] : retired_.rows) retired_.keyBytes += parkedBytesOf(key);
  generation_ ^= GENERATION_FLAG;
  clear();
}

void LazyDfa::sweep(std::span<State> states, size_t stride, size_t count) {
  for (; count > 0 && retired_.next < states.size(); --count, retired_.next += stride) {
    parkRetired(states[retired_.next]);
  }
  if (retired_.next >= states.size()) retired_ = {};
}

// The start's row is the same in all tables.
void LazyDfa::parkRetired(State& state) {
  if (state == DEAD || isParked(state) || hasRow(state)) return;
  const uint32_t row = rowOf(state);
  if ((state & ROW_MASK) == start_) {
    state = start();
    return;
  }
  uint32_t& index = retired_.parkedAs[row];
  if (index == NONE) {
    index = park(*retired_.keys[row]);
    parked_[index].row = row;
  }
  ++parked_[index].streams;
  state = PARKED_FLAG | index;
}

uint32_t LazyDfa::park(const Key& key) {
  parkedBytes_ += parkedBytesOf(key);
  if (freeParked_.empty()) {
    parked_.push_back({key});
    return static_cast<uint32_t>(parked_.size() - 1);
  }
  const uint32_t index = freeParked_.back();
  freeParked_.pop_back();
  parked_[index] = {key};
  return index;
}

size_t LazyDfa::parkedBytesOf(const Key& key) {
  return sizeof(Parked) + key.size() * sizeof(char16_t);
}

LazyDfa::State LazyDfa::awaken(State state) {
  const State row = intern(keyOf(state));
  drop(state);
  return row | generation_;
}

void LazyDfa::dropParked(State parked) {
  const uint32_t index = parked & ~PARKED_FLAG;
  Parked& entry = parked_[index];
  if (--entry.streams > 0) return;
  // Another stream may be in its retired row still, and is parked in a place of its own.
  if (entry.row < retired_.parkedAs.size() && retired_.parkedAs[entry.row] == index) {
    retired_.parkedAs[entry.row] = NONE;
  }
  parkedBytes_ -= parkedBytesOf(entry.key);
  entry = {};
  freeParked_.push_back(index);
}

const LazyDfa::Key& LazyDfa::keyOf(State state) const {
  if (isParked(state)) return parked_[state & ~PARKED_FLAG].key;
  return hasRow(state) ? *keys_[rowOf(state)] : *retired_.keys[rowOf(state)];
}

LazyDfa::State LazyDfa::adopt(const Key& key) {
  const uint32_t index = park(key);
  parked_[index].streams = 1;
  return PARKED_FLAG | index;
}

bool LazyDfa::validKey(const Key& key) const {
  if (key.empty() || key[0] > key.size() - 1) return false;
  const auto reported = reportedIn(key);
  if (!strictlyRising(reported) || !strictlyRising(waitingIn(key))) return false;
  if (!reported.empty() && reported.back() >= group_.patternCount()) return false;
  return validWaiting(waitingIn(key), reported);
}

bool LazyDfa::validWaiting(std::span<const char16_t> waiting,
                           std::span<const char16_t> reported) const {
  if (!waiting.empty() && waiting.back() >= group_.positionCount()) return false;
  return std::ranges::none_of(waiting, [&](uint16_t position) {
    return group_.waitsAnywhere(position) ||
           std::ranges::binary_search(reported, group_.patternOf(position));
  });
}

}  // namespace weir::ncore
