// SPDX-License-Identifier: Apache-2.0
#include "stream_matcher.h"

#include <algorithm>
#include <utility>

namespace weir::ncore {

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
  std::ranges::fill(statesOf(slot), LazyDfa::DEAD);
  --openStreams_;
}

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
  LazyDfa& dfa = dfas_[group];
  while (state != LazyDfa::DEAD && !bytes.empty()) {
    const LazyDfa::Run run = dfa.run(state, bytes);
    bytes = bytes.subspan(run.consumed);
    offset += run.consumed;
    if (run.stop == LazyDfa::Stop::MATCH) {
      ids_.clear();
      dfa.appendMatches(run.before, run.state, ids_);
      for (uint32_t id : ids_) matches.push_back({offset, id});
    }
    if (run.stop == LazyDfa::Stop::FULL) collect(group, run.state);
    state = dfa.isDead(run.state) ? LazyDfa::DEAD : run.state;
  }
}

void StreamMatcher::collect(size_t group, LazyDfa::State current) {
  std::vector<LazyDfa::State> live(1, current);
  for (size_t at = group; at < states_.size(); at += dfas_.size()) live.push_back(states_[at]);
  dfas_[group].collect(live);
}

bool StreamMatcher::exhausted(uint32_t slot) const {
  const auto states = std::span(states_).subspan(size_t{slot} * dfas_.size(), dfas_.size());
  return std::ranges::all_of(states, [](LazyDfa::State state) { return state == LazyDfa::DEAD; });
}

size_t StreamMatcher::tablesBytes() const {
  size_t bytes = states_.size() * sizeof(LazyDfa::State);
  for (const LazyDfa& dfa : dfas_) bytes += dfa.tablesBytes();
  return bytes;
}

}  // namespace weir::ncore
