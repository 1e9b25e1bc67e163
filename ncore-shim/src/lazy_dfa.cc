// SPDX-License-Identifier: Apache-2.0
#include "lazy_dfa.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace weir::ncore {

namespace {

// Per state, besides its row and key: the nodes and vectors that hold it. An estimate.
constexpr size_t STATE_OVERHEAD_BYTES = 112;

// Room for some states at least, whatever the caller says: below that nothing would run.
constexpr size_t STATES_LEAST = 8;

// Rows are addressed in 30 bits of entries.
constexpr size_t TABLES_BYTES_MAX = size_t{1} << 31;

}  // namespace

LazyDfa::LazyDfa(const PatternGroup& group, size_t tablesBytes)
    : group_(group),
      classCount_(group.classCount()),
      limitWanted_(std::clamp(tablesBytes,
                              STATES_LEAST * (classCount_ * sizeof(Entry) + STATE_OVERHEAD_BYTES),
                              TABLES_BYTES_MAX)),
      limit_(limitWanted_),
      reported_(group.patternCount(), 0),
      waiting_(group.positionCount(), 0) {
  // Row 0 is DEAD: no key leads to it.
  takeRow();
  dead_[0] = 1;
  Key key(1, u'\0');
  for (uint16_t position : group.firstAtStart()) {
    if (!group.waitsAnywhere(position)) key.push_back(position);
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

LazyDfa::Run LazyDfa::run(State state, std::span<const uint8_t> bytes) {
  const uint8_t* classOf = group_.classOf().data();
  const uint8_t* at = bytes.data();
  const uint8_t* const end = at + bytes.size();
  const Entry* table = table_.data();
  const auto consumed = [&] { return static_cast<size_t>(at - bytes.data()); };
  while (at != end) {
    Entry entry = table[state + classOf[*at]];
    if (entry <= ROW_MASK) {
      state = entry;
      ++at;
      continue;
    }
    if (entry == UNKNOWN) {
      if (tablesBytes_ >= limit_) return {state, state, consumed(), Stop::FULL};
      entry = explore(state, classOf[*at]);
      table = table_.data();
    }
    const State before = std::exchange(state, entry & ROW_MASK);
    ++at;
    if (entry & MATCH_FLAG) return {before, state, consumed(), Stop::MATCH};
    if (entry & DEAD_FLAG) return {before, state, consumed(), Stop::DEAD};
  }
  return {state, state, consumed(), Stop::END};
}

void LazyDfa::appendMatches(State before, State after, std::vector<uint32_t>& patternIds) const {
  const auto had = reportedIn(*keys_[rowOf(before)]);
  std::vector<char16_t> added;
  std::ranges::set_difference(reportedIn(*keys_[rowOf(after)]), had, std::back_inserter(added));
  for (uint16_t pattern : added) patternIds.push_back(group_.patternId(pattern));
}

// ------------------------------------------------------------------ building

// Calls visit(position) for every position that waits in the state, listed or implied, and takes
// the class. Implied positions of reported patterns do not wait any more.
template <typename Visit>
void LazyDfa::visitTaking(const Key& key, uint8_t byteClass, Visit visit) {
  for (uint16_t position : waitingIn(key)) {
    if (group_.takes(position, byteClass)) visit(position);
  }
  for (uint16_t position : group_.anywhereTaking(byteClass)) visit(position);
}

LazyDfa::Entry LazyDfa::explore(State state, uint8_t byteClass) {
  const Key& key = *keys_[rowOf(state)];
  for (uint16_t pattern : reportedIn(key)) reported_[pattern] = 1;
  const bool matches = markMatches(key, byteClass);
  gatherFollow(key, byteClass);
  const State target = intern(makeKey());
  Entry entry = target;
  if (matches) entry |= MATCH_FLAG;
  if (isDead(target)) entry |= DEAD_FLAG;
  table_[state + byteClass] = entry;
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

void LazyDfa::gatherFollow(const Key& key, uint8_t byteClass) {
  next_.clear();
  visitTaking(key, byteClass, [&](uint16_t position) {
    if (!reported_[group_.patternOf(position)]) follow(position);
  });
}

void LazyDfa::follow(uint16_t position) {
  for (uint16_t next : group_.follow(position)) {
    if (group_.waitsAnywhere(next) || std::exchange(waiting_[next], uint8_t{1})) continue;
    next_.push_back(next);
  }
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
  for (uint16_t position : next_) {
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
  return classCount_ * sizeof(Entry) + key.size() * sizeof(char16_t) + STATE_OVERHEAD_BYTES;
}

LazyDfa::State LazyDfa::intern(Key key) {
  const auto known = rows_.find(key);
  if (known != rows_.end()) return known->second * classCount_;
  const uint32_t row = takeRow();
  const auto [at, inserted] = rows_.emplace(std::move(key), row);
  keys_[row] = &at->first;
  dead_[row] = deadKey(at->first);
  tablesBytes_ += rowBytes(at->first);
  return row * classCount_;
}

uint32_t LazyDfa::takeRow() {
  if (!freeRows_.empty()) {
    const uint32_t row = freeRows_.back();
    freeRows_.pop_back();
    return row;
  }
  const auto row = static_cast<uint32_t>(keys_.size());
  if (table_.size() + classCount_ > ROW_MASK) throw std::bad_alloc();
  table_.resize(table_.size() + classCount_, UNKNOWN);
  keys_.push_back(nullptr);
  dead_.push_back(0);
  return row;
}

void LazyDfa::clearRow(uint32_t row) {
  std::fill_n(table_.begin() + static_cast<ptrdiff_t>(row) * classCount_, classCount_, UNKNOWN);
}

// ------------------------------------------------------------------ forgetting

void LazyDfa::collect(std::span<const State> live) {
  std::vector<uint8_t> marked(keys_.size(), 0);
  marked[rowOf(start_)] = 1;
  for (State state : live) marked[rowOf(state)] = 1;
  for (uint32_t row = 1; row < keys_.size(); ++row) {
    if (!keys_[row]) continue;
    clearRow(row);
    if (!marked[row]) dropRow(row);
  }
  limit_ = std::max(limitWanted_, 2 * tablesBytes_);
}

void LazyDfa::dropRow(uint32_t row) {
  tablesBytes_ -= rowBytes(*keys_[row]);
  rows_.erase(rows_.find(*keys_[row]));
  keys_[row] = nullptr;
  freeRows_.push_back(row);
}

}  // namespace weir::ncore
