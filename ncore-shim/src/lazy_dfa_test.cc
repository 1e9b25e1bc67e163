// SPDX-License-Identifier: Apache-2.0
// The tables of a DFA stay within their limit on patterns that would have millions of states.
// That forgetting changes no event is tested in semantics_test.cc.
#include "lazy_dfa.h"

#include <doctest/doctest.h>

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
    state = dfa.unpark(state);
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
    state = dfa.unpark(state);
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
