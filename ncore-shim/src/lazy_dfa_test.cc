// SPDX-License-Identifier: Apache-2.0
// The tables of a DFA stay within their limit on patterns that would have millions of states.
// That forgetting changes no event is tested in semantics_test.cc.
#include "lazy_dfa.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "pattern_parser.h"
#include "stream_matcher.h"
#include "testing/rig.h"

using namespace weir::ncore;

namespace {

std::vector<CompiledPattern> compileAll(const std::vector<std::string>& regexes) {
  std::vector<CompiledPattern> patterns;
  patterns.reserve(regexes.size());
  for (const std::string& regex : regexes) {
    patterns.push_back({static_cast<uint32_t>(patterns.size()),
                        buildPositionAutomaton(PatternParser(regex, 0).parse())});
  }
  return patterns;
}

std::vector<uint8_t> randomBytes(size_t length) {
  std::mt19937 random(4);
  std::vector<uint8_t> bytes(length);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>('a' + random() % 2);
  return bytes;
}

// A set of any 20 of the last positions: a million states.
const std::vector<std::string> EXPLODING = {"a.{20}c"};

}  // namespace

TEST_CASE("a run stops at the limit, and goes on after a collection") {
  const auto patterns = compileAll(EXPLODING);
  const PatternGroup group(patterns);
  constexpr size_t LIMIT = 64 * 1024;
  LazyDfa dfa(group, LIMIT);
  const auto bytes = randomBytes(100000);
  std::span<const uint8_t> left(bytes);
  LazyDfa::State state = dfa.start();
  size_t collections = 0;
  while (!left.empty()) {
    const LazyDfa::Run run = dfa.run(state, left);
    CHECK(dfa.tablesBytes() < LIMIT + 1024);
    left = left.subspan(run.consumed);
    state = run.state;
    if (run.stop != LazyDfa::Stop::FULL) continue;
    ++collections;
    dfa.collect(std::span(&state, 1), 1);
    CHECK(dfa.stateCount() == 2);
    state = dfa.awaken(state);
    CHECK(dfa.parkedBytes() == 0);
  }
  CHECK(collections > 10);
}

// Each stream is in a state of its own, and there is room for eight of them.
TEST_CASE("the states of open streams are parked where there is no room, and cost their keys") {
  const std::vector<std::string> regexes = {"a.{11}c"};
  const NcorePattern pattern{testing::octets(regexes[0]), 7, 0, 0, 0};
  constexpr uint32_t STREAMS = 1000;
  StreamMatcher matcher(std::make_shared<const PatternDatabase>(std::span(&pattern, 1),
                                                                std::span<NcorePatternReport>()),
                        STREAMS, 1);
  const auto bytes = randomBytes(20 * STREAMS);
  std::vector<Match> matches;
  const size_t empty = matcher.tablesBytes();
  for (uint32_t slot = 0; slot < STREAMS; ++slot) {
    matcher.open(slot);
    matcher.scan(slot, std::span(bytes).subspan(slot * 20, 20), 0, matches);
  }
  CHECK(matches.empty());
  CHECK(matcher.tablesBytes() < empty + 4096 + STREAMS * 72);
  for (uint32_t slot = 0; slot < STREAMS; ++slot) {
    const uint8_t end = 'c';
    const size_t before = matches.size();
    matcher.scan(slot, std::span(&end, 1), 20, matches);
    // 11 bytes lie between the 'a' and the 'c': the 'a' was byte 8 of 0 to 19.
    CHECK((matches.size() > before) == (bytes[slot * 20 + 8] == 'a'));
    matcher.close(slot);
  }
  CHECK(matcher.tablesBytes() < empty + 4096);
}

// One stream fills the tables again and again beside many that wait in states of their own.
TEST_CASE("no collection looks at many streams, and each is parked before the tables are full") {
  const auto patterns = compileAll(EXPLODING);
  const PatternGroup group(patterns);
  constexpr size_t STREAMS = 5000;
  constexpr size_t STRIDE = 3;
  LazyDfa dfa(group, size_t{2} << 20);
  const auto bytes = randomBytes(STREAMS + 300'000);
  std::vector<LazyDfa::State> states(STREAMS * STRIDE, LazyDfa::DEAD);
  std::vector<std::u16string> keys;
  for (size_t i = 0; i < STREAMS; ++i) {
    const LazyDfa::Run run = dfa.run(dfa.start(), std::span(bytes).subspan(i, 12));
    REQUIRE(run.stop == LazyDfa::Stop::END);
    states[i * STRIDE] = run.state;
    keys.push_back(dfa.keyOf(run.state));
  }
  LazyDfa::State& busy = states[0];
  std::span<const uint8_t> left = std::span(bytes).subspan(STREAMS);
  size_t most = 0;
  size_t sweeps = 0;
  while (!left.empty()) {
    if (dfa.hasRow(busy)) {
      const LazyDfa::Run run = dfa.run(busy, left);
      left = left.subspan(run.consumed);
      busy = run.state;
    }
    if (!dfa.isFull()) {
      if (!dfa.hasRow(busy)) busy = dfa.awaken(busy);
      continue;
    }
    const auto before = states;
    dfa.collect(states, STRIDE);
    size_t touched = 0;
    for (size_t i = 0; i < states.size(); ++i) touched += states[i] != before[i] ? 1 : 0;
    most = std::max(most, touched);
    sweeps += touched > 0 ? 1 : 0;
  }
  CHECK(sweeps > 100);
  CHECK(most <= 2);
  for (size_t i = 1; i < keys.size(); ++i) CHECK(dfa.keyOf(states[i * STRIDE]) == keys[i]);
}

// A state that many streams are in is parked once; one of them that goes on, and another that is
// parked later, must not get in each other's way.
TEST_CASE("streams that share states go on as they would with room for all") {
  constexpr std::string_view REGEX = "a.{4}c";
  const NcorePattern pattern{testing::octets(REGEX), REGEX.size(), 0, 0, 0};
  const auto database = std::make_shared<const PatternDatabase>(std::span(&pattern, 1),
                                                                std::span<NcorePatternReport>());
  constexpr uint32_t STREAMS = 300;
  constexpr size_t STREAM_BYTES = 500;
  StreamMatcher narrow(database, STREAMS, 3000);
  StreamMatcher wide(database, STREAMS, size_t{1} << 24);
  // 32 states, room for two thirds of them; what tells whether a state is right comes last.
  auto bytes = randomBytes(STREAMS * STREAM_BYTES);
  for (uint32_t slot = 0; slot < STREAMS; ++slot) bytes[(slot + 1) * STREAM_BYTES - 1] = 'c';
  std::vector<size_t> offsets(STREAMS, 0);
  std::mt19937 random(11);
  for (uint32_t slot = 0; slot < STREAMS; ++slot) {
    narrow.open(slot);
    wide.open(slot);
  }
  size_t found = 0;
  for (size_t turn = 0; turn < size_t{STREAMS} * 400; ++turn) {
    const auto slot = static_cast<uint32_t>(random() % STREAMS);
    size_t& offset = offsets[slot];
    const size_t length = std::min<size_t>(random() % 4, STREAM_BYTES - offset);
    const auto next = std::span(bytes).subspan(slot * STREAM_BYTES + offset, length);
    std::vector<Match> matches;
    std::vector<Match> expected;
    narrow.scan(slot, next, offset, matches);
    wide.scan(slot, next, offset, expected);
    offset += length;
    found += expected.size();
    REQUIRE(matches.size() == expected.size());
    for (size_t i = 0; i < matches.size(); ++i) {
      REQUIRE(matches[i].endOffset == expected[i].endOffset);
    }
  }
  CHECK(found > STREAMS / 4);
}

TEST_CASE("a state whose key is longer than the tables are meant to be still has room") {
  // Up to 2,000 positions wait at once: 4 KB, where 1 byte was asked for.
  const auto regex = "^a(.{0,2000}b)+c";
  const auto patterns = compileAll({regex});
  const PatternGroup group(patterns);
  LazyDfa dfa(group, 1);
  std::vector<uint8_t> bytes(3000, 'b');
  bytes[0] = 'a';
  std::span<const uint8_t> left(bytes);
  LazyDfa::State state = dfa.start();
  for (size_t steps = 0; !left.empty() && steps < 2 * bytes.size(); ++steps) {
    const LazyDfa::Run run = dfa.run(state, left);
    left = left.subspan(run.consumed);
    state = run.state;
    if (run.stop != LazyDfa::Stop::FULL) continue;
    dfa.collect(std::span(&state, 1), 1);
    if (!dfa.hasRow(state)) state = dfa.awaken(state);
  }
  CHECK(left.empty());
}

TEST_CASE("bytes that no pattern tells apart share a class") {
  const auto patterns = compileAll({"[a-y]z", "\\d"});
  const PatternGroup group(patterns);
  CHECK(group.classCount() == 4);
  CHECK(group.classOf()['a'] == group.classOf()['y']);
  CHECK(group.classOf()['0'] == group.classOf()['9']);
  CHECK(group.classOf()['a'] != group.classOf()['z']);
  CHECK(group.classOf()[0] == group.classOf()[255]);
}
