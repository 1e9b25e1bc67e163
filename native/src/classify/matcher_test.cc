// SPDX-License-Identifier: Apache-2.0
#include "classify/matcher.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::pattern;

std::span<const uint8_t> octets(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

const SignatureError* refusal(Engine engine, const Pattern& bad, SignatureError& kept) {
  SignatureSet set;
  set.patterns = {pattern("^fine", 1), bad};
  try {
    createMatcherDatabase(engine, set);
  } catch (const SignatureError& error) {
    kept = error;
    return &kept;
  }
  return nullptr;
}

TEST_CASE("what does not compile is refused with its place and its reason") {
  SignatureError kept("", {});
  for (const Engine engine : {Engine::HYPERSCAN, Engine::EMULATOR}) {
    CAPTURE(static_cast<int>(engine));
    Pattern bad = pattern("ab(c", 2);
    bad.source = "signatures/x.yaml:9: X";
    const SignatureError* error = refusal(engine, bad, kept);
    REQUIRE(error != nullptr);
    CHECK(error->details().source == "signatures/x.yaml:9: X");
    CHECK(error->details().regex == "ab(c");
    CHECK(error->details().offset != SignatureError::NO_OFFSET);
    CHECK(std::string(error->what()).starts_with("signatures/x.yaml:9: X: /ab(c/ at offset "));
    CHECK(refusal(engine, pattern("a*", 2), kept) != nullptr);
    CHECK(refusal(engine, pattern("^fine too", 2), kept) == nullptr);
  }
}

TEST_CASE("errors have stable codes") {
  SignatureError kept("", {});
  const auto codeOf = [&](std::string regex) {
    const SignatureError* error = refusal(Engine::HYPERSCAN, pattern(std::move(regex), 2), kept);
    return error == nullptr ? std::string() : std::string(error->code());
  };
  CHECK(codeOf("[z-a]") == "WEIR_SIGNATURE_REGEX_INVALID");
  CHECK(codeOf(std::string("a\0b", 3)) == "WEIR_SIGNATURE_REGEX_INVALID");
  CHECK(codeOf("x?") == "WEIR_SIGNATURE_REGEX_EMPTY_MATCH");
  CHECK(codeOf("^$") == "WEIR_SIGNATURE_REGEX_EMPTY_MATCH");
  const SignatureError* error = refusal(Engine::EMULATOR, pattern("^x$*", 2), kept);
  REQUIRE(error != nullptr);
  CHECK(error->code() == std::string("WEIR_SIGNATURE_REGEX_REFUSED"));
  CHECK(error->details().offset == 3);
}

TEST_CASE("one event for each pattern and stream, at the smallest end, in the order of requests") {
  for (const Engine engine : {Engine::HYPERSCAN, Engine::EMULATOR}) {
    CAPTURE(static_cast<int>(engine));
    SignatureSet set;
    set.patterns = {pattern("ab+", 1), pattern("server", 1, Transport::TCP, StreamSide::SERVER),
                    pattern("^ab+", 1, Transport::UDP), pattern("c.d", 2)};
    const auto database = createMatcherDatabase(engine, set);
    const auto matcher = database->createMatcher(2);
    const std::array requests = {
        ScanRequest{.bytes = octets("xa"), .tag = 10, .generation = 5, .startOfStream = true},
        ScanRequest{.bytes = octets("zab"),
                    .tag = 11,
                    .slot = 1,
                    .part = DatabasePart::UDP_CLIENT,
                    .startOfStream = true,
                    .endOfStream = true},
        ScanRequest{.bytes = octets("bbbab server c"), .tag = 12, .generation = 5},
        ScanRequest{.bytes = octets("\nd"), .tag = 13, .generation = 5, .endOfStream = true},
    };
    REQUIRE(matcher->submit(requests) == 4);
    matcher->urge();
    std::array<MatchEvent, 8> events;
    const PollResult result = matcher->poll(events);
    CHECK(result.completedRequests == 4);
    REQUIRE(result.events == 2);
    CHECK(events[0].pattern == 0);
    CHECK(events[0].endOffset == 3);
    CHECK(events[0].tag == 12);
    CHECK(events[0].generation == 5);
    CHECK(events[1].pattern == 3);
    CHECK(events[1].endOffset == 18);
    CHECK(events[1].tag == 13);
  }
}

TEST_CASE("a short event array loses nothing") {
  for (const Engine engine : {Engine::HYPERSCAN, Engine::EMULATOR}) {
    SignatureSet set;
    for (uint32_t i = 0; i < 5; ++i)
      set.patterns.push_back(pattern("^a{" + std::to_string(i + 1) + "}", 1));
    const auto database = createMatcherDatabase(engine, set);
    const auto matcher = database->createMatcher(1);
    const ScanRequest request{
        .bytes = octets("aaaaaa"), .startOfStream = true, .endOfStream = true};
    REQUIRE(matcher->submit({&request, 1}) == 1);
    matcher->urge();
    std::array<MatchEvent, 2> events;
    size_t count = 0;
    size_t completed = 0;
    for (int i = 0; i < 4; ++i) {
      const PollResult result = matcher->poll(events);
      count += result.events;
      completed += result.completedRequests;
      if (count < 5) CHECK(completed == 0);
    }
    CHECK(count == 5);
    CHECK(completed == 1);
  }
}

TEST_CASE("a stream's state is the stream's own, and comes back clean from the pool") {
  const auto database = testing::databaseOf({pattern("abc", 1)});
  const auto matcher = database->createMatcher(2);
  std::array<MatchEvent, 8> events;
  const std::array requests = {
      ScanRequest{.bytes = octets("ab"), .slot = 0, .startOfStream = true},
      ScanRequest{.bytes = octets("c"), .slot = 1, .startOfStream = true, .endOfStream = true},
      ScanRequest{.bytes = {}, .slot = 0, .endOfStream = true},
      ScanRequest{.bytes = octets("c"), .slot = 0, .startOfStream = true},
      ScanRequest{.bytes = octets("c"), .slot = 1, .startOfStream = true},
  };
  CHECK(matcher->submit(requests) == requests.size());
  CHECK(matcher->poll(events).events == 0);
}

/// Octets behind which nothing may be read.
class PageEnd {
 public:
  explicit PageEnd(std::string_view text) {
    const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    mappedBytes_ = (text.size() / page + 2) * page;
    mapping_ = static_cast<uint8_t*>(
        ::mmap(nullptr, mappedBytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(mapping_ != MAP_FAILED);
    uint8_t* const border = mapping_ + mappedBytes_ - page;
    REQUIRE(::mprotect(border, page, PROT_NONE) == 0);
    octets_ = {border - text.size(), text.size()};
    std::copy(text.begin(), text.end(), border - text.size());
  }
  PageEnd(const PageEnd&) = delete;
  PageEnd& operator=(const PageEnd&) = delete;
  ~PageEnd() { ::munmap(mapping_, mappedBytes_); }

  [[nodiscard]] std::span<const uint8_t> octets() const { return octets_; }

 private:
  size_t mappedBytes_ = 0;
  uint8_t* mapping_ = nullptr;
  std::span<const uint8_t> octets_;
};

std::string randomLetters(std::mt19937& random, size_t length) {
  std::string text(length, ' ');
  for (char& letter : text) letter = static_cast<char>('a' + random() % 6);
  return text;
}

SignatureSet randomLiterals(std::mt19937& random, size_t count) {
  SignatureSet set;
  for (size_t i = 0; i < count; ++i) {
    for (const Transport transport : {Transport::TCP, Transport::UDP}) {
      set.patterns.push_back(pattern(randomLetters(random, 3 + random() % 6), 1, transport));
    }
  }
  return set;
}

TEST_CASE("nothing is read behind a payload, which may be the last of a ring") {
  std::mt19937 random(7);
  for (const Engine engine : {Engine::HYPERSCAN, Engine::EMULATOR}) {
    for (const size_t patterns : {1, 4, 12, 50, 150}) {
      const auto database = createMatcherDatabase(engine, randomLiterals(random, patterns));
      const auto matcher = database->createMatcher(1);
      std::array<MatchEvent, 512> events;
      for (size_t length = 1; length < 260; ++length) {
        const PageEnd payload(randomLetters(random, length));
        for (const DatabasePart part : {DatabasePart::TCP_CLIENT, DatabasePart::UDP_CLIENT}) {
          const ScanRequest request{
              .bytes = payload.octets(), .part = part, .startOfStream = true, .endOfStream = true};
          REQUIRE(matcher->submit({&request, 1}) == 1);
          matcher->urge();
          CHECK(matcher->poll(events).completedRequests == 1);
        }
      }
    }
  }
}

TEST_CASE("the engine NONE takes everything and finds nothing") {
  SignatureSet set;
  set.patterns = {pattern("a", 1)};
  const auto matcher = createMatcherDatabase(Engine::NONE, set)->createMatcher(1);
  const ScanRequest request{.bytes = octets("a"), .startOfStream = true, .endOfStream = true};
  CHECK(matcher->submit({&request, 1}) == 1);
  std::array<MatchEvent, 2> events;
  CHECK(matcher->poll(events).completedRequests == 1);
}

}  // namespace
}  // namespace weir
