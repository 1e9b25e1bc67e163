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
    dfa.collect(std::span(&state, 1));
    CHECK(dfa.stateCount() <= 3);
  }
  CHECK(collections > 10);
}

TEST_CASE("the states of open streams survive, and alone may raise the limit") {
  const NcorePattern pattern{testing::octets(EXPLODING[0]), 7, 0, 0, 0};
  StreamMatcher matcher(std::make_shared<const PatternDatabase>(std::span(&pattern, 1),
                                                                std::span<NcorePatternReport>()),
                        1000, 1);
  const auto bytes = randomBytes(30000);
  std::vector<Match> matches;
  for (uint32_t slot = 0; slot < 1000; ++slot) {
    matcher.open(slot);
    matcher.scan(slot, std::span(bytes).subspan(slot * 29, 29), 0, matches);
  }
  CHECK(matches.empty());
  const size_t grown = matcher.tablesBytes();
  for (uint32_t slot = 0; slot < 1000; ++slot) {
    const uint8_t end = 'c';
    const size_t before = matches.size();
    matcher.scan(slot, std::span(&end, 1), 29, matches);
    // 20 bytes lie between the 'a' and the 'c': the 'a' was byte 8 of 0 to 28.
    CHECK((matches.size() > before) == (bytes[slot * 29 + 8] == 'a'));
    matcher.close(slot);
  }
  matcher.open(0);
  for (int i = 0; i < 10; ++i) matcher.scan(0, bytes, 0, matches);
  CHECK(matcher.tablesBytes() < grown / 4);
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
