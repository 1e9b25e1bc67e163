// SPDX-License-Identifier: Apache-2.0
#include "stream_matcher.h"

#include <algorithm>
#include <utility>

namespace weir::ncore {

namespace {

// A rising list of numbers as the gaps between them, most of which take one byte.
void writeRising(std::span<const char16_t> numbers, ByteWriter& bytes) {
  unsigned next = 0;
  for (const uint16_t number : numbers) {
    bytes.varied(number - next);
    next = number + 1U;
  }
}

bool readRising(uint64_t count, ByteReader& bytes, LazyDfa::Key& key) {
  uint64_t next = 0;
  for (; count > 0; --count) {
    const uint64_t gap = bytes.varied();
    if (!bytes.ok() || gap > UINT16_MAX || next + gap > UINT16_MAX) return false;
    key.push_back(static_cast<char16_t>(next + gap));
    next += gap + 1;
  }
  return true;
}

// Before each group's key: that the group is dead, or how many patterns it has reported.
constexpr uint64_t GROUP_DEAD = 0;
constexpr uint64_t GROUP_LIVES = 1;
constexpr size_t COUNT_BYTES_MAX = 3;

}  // namespace

StreamMatcher::StreamMatcher(std::shared_ptr<const PatternDatabase> database, uint32_t slots,
                             size_t tablesBytes)
    : database_(std::move(database)) {
  const auto& groups = database_->groups();
  dfas_.reserve(groups.size());
  for (const PatternGroup& group : groups) dfas_.emplace_back(group, tablesBytes / groups.size());
  states_.assign(size_t{slots} * dfas_.size(), LazyDfa::DEAD);
}

void StreamMatcher::open(uint32_t slot) {
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    const LazyDfa& dfa = dfas_[group];
    states[group] = dfa.isDead(dfa.start()) ? LazyDfa::DEAD : dfa.start();
  }
  ++openStreams_;
}

void StreamMatcher::close(uint32_t slot) {
  forget(slot);
  --openStreams_;
}

void StreamMatcher::forget(uint32_t slot) {
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    dfas_[group].drop(states[group]);
    states[group] = LazyDfa::DEAD;
  }
}

// ------------------------------------------------------------------ matching

void StreamMatcher::scan(uint32_t slot, std::span<const uint8_t> bytes, uint64_t offset,
                         std::vector<Match>& matches) {
  const size_t before = matches.size();
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    scanGroup(group, states[group], bytes, offset, matches);
  }
  std::sort(matches.begin() + static_cast<ptrdiff_t>(before), matches.end());
}

void StreamMatcher::scanGroup(size_t group, LazyDfa::State& state, std::span<const uint8_t> bytes,
                              uint64_t offset, std::vector<Match>& matches) {
  while (state != LazyDfa::DEAD && !bytes.empty()) {
    const LazyDfa::Run run = dfas_[group].run(awake(group, state), bytes);
    bytes = bytes.subspan(run.consumed);
    offset += run.consumed;
    enter(group, state, run, offset, matches);
  }
}

void StreamMatcher::testEnd(uint32_t slot, uint64_t offset, std::vector<Match>& matches) {
  const size_t before = matches.size();
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    if (!database_->groups()[group].testsEnd()) continue;
    testGroupEnd(group, states[group], offset, matches);
  }
  std::sort(matches.begin() + static_cast<ptrdiff_t>(before), matches.end());
}

void StreamMatcher::testGroupEnd(size_t group, LazyDfa::State& state, uint64_t offset,
                                 std::vector<Match>& matches) {
  LazyDfa::Stop stop = LazyDfa::Stop::FULL;
  while (state != LazyDfa::DEAD && stop == LazyDfa::Stop::FULL) {
    const LazyDfa::Run run = dfas_[group].testEnd(awake(group, state));
    stop = run.stop;
    enter(group, state, run, offset, matches);
  }
}

// The state with a row, which it may have lost. Collecting parks states, this one among them.
LazyDfa::State StreamMatcher::awake(size_t group, LazyDfa::State& state) {
  LazyDfa& dfa = dfas_[group];
  while (!dfa.hasRow(state)) {
    if (dfa.isFull()) {
      collect(group);
    } else {
      state = dfa.awaken(state);
    }
  }
  return state;
}

void StreamMatcher::enter(size_t group, LazyDfa::State& state, const LazyDfa::Run& run,
                          uint64_t offset, std::vector<Match>& matches) {
  LazyDfa& dfa = dfas_[group];
  if (run.stop == LazyDfa::Stop::MATCH) {
    ids_.clear();
    dfa.appendMatches(run.before, run.state, ids_);
    for (const uint32_t id : ids_) matches.push_back({offset, id});
  }
  const bool isDead = run.stop == LazyDfa::Stop::DEAD ||
                      (run.stop == LazyDfa::Stop::MATCH && dfa.isDead(run.state));
  state = isDead ? LazyDfa::DEAD : run.state;
  if (run.stop == LazyDfa::Stop::FULL) collect(group);
}

void StreamMatcher::collect(size_t group) {
  if (!states_.empty()) dfas_[group].collect(std::span(states_).subspan(group), dfas_.size());
}

bool StreamMatcher::exhausted(uint32_t slot) const {
  return std::ranges::all_of(statesOf(slot),
                             [](LazyDfa::State state) { return state == LazyDfa::DEAD; });
}

// ------------------------------------------------------------------ moving

size_t StreamMatcher::savedBytesMax(const PatternDatabase& database) {
  size_t bytes = 0;
  // A gap of a byte is for one number at least, one of two bytes for 128, and so on.
  for (const PatternGroup& group : database.groups()) {
    bytes += 2 * COUNT_BYTES_MAX + group.patternCount() + group.positionCount();
  }
  return bytes;
}

void StreamMatcher::save(uint32_t slot, ByteWriter& bytes) const {
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    if (states[group] == LazyDfa::DEAD) {
      bytes.varied(GROUP_DEAD);
      continue;
    }
    const std::span<const char16_t> key(dfas_[group].keyOf(states[group]));
    const size_t reported = key[0];
    bytes.varied(GROUP_LIVES + reported);
    writeRising(key.subspan(1, reported), bytes);
    bytes.varied(key.size() - 1 - reported);
    writeRising(key.subspan(1 + reported), bytes);
  }
}

std::optional<StreamMatcher::Saved> StreamMatcher::read(ByteReader& bytes) const {
  Saved saved(dfas_.size());
  for (size_t group = 0; group < dfas_.size(); ++group) {
    if (!readGroup(group, saved[group], bytes)) return std::nullopt;
  }
  return saved;
}

bool StreamMatcher::readGroup(size_t group, LazyDfa::Key& key, ByteReader& bytes) const {
  const uint64_t head = bytes.varied();
  if (!bytes.ok()) return false;
  if (head == GROUP_DEAD) return true;
  const uint64_t reported = head - GROUP_LIVES;
  if (reported > database_->groups()[group].patternCount()) return false;
  key.assign(1, static_cast<char16_t>(reported));
  if (!readRising(reported, bytes, key)) return false;
  if (!readRising(bytes.varied(), bytes, key) || !bytes.ok()) return false;
  return dfas_[group].isLiveKey(key);
}

void StreamMatcher::restore(uint32_t slot, const Saved& saved) {
  const auto states = statesOf(slot);
  for (size_t group = 0; group < dfas_.size(); ++group) {
    if (!saved[group].empty()) states[group] = dfas_[group].adopt(saved[group]);
  }
  ++openStreams_;
}

size_t StreamMatcher::tablesBytes() const {
  size_t bytes = states_.size() * sizeof(LazyDfa::State);
  for (const LazyDfa& dfa : dfas_) bytes += dfa.tablesBytes() + dfa.parkedBytes();
  return bytes;
}

}  // namespace weir::ncore
