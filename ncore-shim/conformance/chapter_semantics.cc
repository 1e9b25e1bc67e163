// SPDX-License-Identifier: Apache-2.0
// Events against PCRE2, however a stream is cut into jobs.
#include <algorithm>
#include <optional>

#include "samples.h"
#include "script.h"
#include "subject.h"
#include "testing/random_regex.h"

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

constexpr int SECONDS_FOR_32_BITS = 100;

// Streams one after the other in slot 0, each cut into pieces; one script, since opening a device
// for each would take long.
Script streamsInTurn(const PatternSet& patterns,
                     const std::vector<std::vector<std::string>>& streams, uint32_t moreFlags = 0) {
  Script script;
  script.databases = {patterns};
  for (const auto& pieces : streams) {
    for (Step step : streamSteps(pieces, moreFlags)) {
      std::get<JobStep>(step).number = static_cast<uint32_t>(script.steps.size());
      script.steps.push_back(std::move(step));
    }
  }
  return script;
}

void wholePayloads(Subject& subject) {
  std::vector<std::vector<std::string>> streams;
  for (const std::string& payload : payloads()) streams.push_back({payload});
  checkAgainstModel(subject, streamsInTurn(signatures(), streams));
}

void everyCut(Subject& subject) {
  std::vector<std::vector<std::string>> streams;
  for (const std::string& payload : payloads()) {
    for (size_t cut = 0; cut < payload.size(); ++cut) {
      streams.push_back({payload.substr(0, cut), payload.substr(cut)});
    }
  }
  checkAgainstModel(subject, streamsInTurn(signatures(), streams));
}

void singleBytes(Subject& subject) {
  std::vector<std::vector<std::string>> streams;
  for (const std::string& payload : payloads()) {
    std::vector<std::string> bytes = {""};
    for (const char byte : payload) bytes.emplace_back(1, byte);
    streams.push_back(std::move(bytes));
  }
  checkAgainstModel(subject, streamsInTurn(signatures(), streams));
}

void everyByte(Subject& subject) {
  PatternSet patterns;
  for (const char* item : {".",
                           "\\d",
                           "\\D",
                           "\\w",
                           "\\W",
                           "\\s",
                           "\\S",
                           "\\h",
                           "\\H",
                           "\\v",
                           "\\V",
                           "[^a-z]",
                           "[[:punct:]]",
                           "[[:^print:]]",
                           "[[:graph:]]",
                           "[[:cntrl:]]",
                           "[[:xdigit:]]",
                           "[[:^upper:]]",
                           "[[:lower:]b]",
                           "[[:blank:]]",
                           "[[:space:]]",
                           "[[:word:]]",
                           "[[:ascii:]]",
                           "[[:alnum:]]",
                           "[^[:^lower:]]",
                           "[\\W_]",
                           "[\\x80-\\xff]",
                           "K",
                           "[^K]",
                           "\\xe9",
                           "\\e",
                           "\\a",
                           "\\f",
                           "[\\b]"}) {
    for (uint32_t flags = 0; flags < 4; ++flags) {
      patterns.push_back({item, flags, static_cast<uint32_t>(patterns.size())});
    }
  }
  std::vector<std::vector<std::string>> streams;
  for (int byte = 0; byte < 256; ++byte)
    streams.push_back({std::string(1, static_cast<char>(byte))});
  checkAgainstModel(subject, streamsInTurn(patterns, streams));
}

void onceInAStream(Subject& subject) {
  checkAgainstModel(subject, streamsInTurn(patternSet({"a", "b+", "^a|c", "a+b"}),
                                           {{"aa", "ab", "", "bbc", "aabc"}, {"a"}, {"b", "a"}}));
}

void startOfStream(Subject& subject) {
  checkAgainstModel(
      subject,
      streamsInTurn(patternSet({"^ab", "\\Aab", "(?:^|x)ab", "(?i)^AB", "^a|^b", "(^a)?b"}),
                    {{"ab"}, {"a", "b"}, {"x", "ab"}, {"\nab"}, {"", "ab"}, {"xab", "ab"}}));
}

void offsetsOfLongStreams(Subject& subject) {
  const uint32_t limit = subject.capabilities().jobBytesMax;
  const size_t piece = limit == 0 ? 70000 : std::min<size_t>(limit, 70000);
  std::vector<std::string> pieces(5, std::string(piece, 'x'));
  pieces[3].replace(piece / 2, 3, "abc");
  pieces[4].replace(piece - 2, 2, "yz");
  checkAgainstModel(subject, streamsInTurn(patternSet({"abc", "y", "yz", "x+a"}), {pieces}));
}

constexpr uint64_t MIB = uint64_t{1} << 20;
constexpr uint64_t GIB = uint64_t{1} << 30;

// A stream in slot 0, too long for the model to keep.
class LongStream {
 public:
  explicit LongStream(Subject& subject)
      : subject_(subject), database_(subject, patternSet({"^x+a", "yz"})), device_(subject) {
    device_.use(database_);
    queue_.emplace(subject, device_);
    run("", NCORE_JOB_OPEN);
  }

  // Bytes in which no pattern ends, until the stream has `length` of them.
  void grow(uint64_t length) {
    const std::string piece(subject_.jobBytes(MIB), 'x');
    while (length_ < length) {
      const size_t bytes = std::min<uint64_t>(piece.size(), length - length_);
      check(run({piece.data(), bytes}).events.empty(),
            "an event where no pattern ends, at " + std::to_string(length_));
    }
  }

  // One pattern ends with the last of `bytes`.
  void checkEnd(const std::string& bytes) {
    const Results results = run(bytes);
    check(results.events.size() == 1 && results.events[0].endOffset == length_,
          quoted(bytes) + " after " + std::to_string(length_ - bytes.size()) +
              " bytes\nexpected: a pattern ends at " + std::to_string(length_) + "\n     got: " +
              (results.events.empty() ? "none"
                                      : "one at " + std::to_string(results.events[0].endOffset)));
  }

 private:
  Results run(std::string_view bytes, uint32_t flags = 0) {
    length_ += bytes.size();
    Results results = queue_->run(job(bytes, flags));
    checkStatus(results.completions[0].status, NCORE_OK,
                "a job that makes a stream " + std::to_string(length_) + " bytes long");
    return results;
  }

  Subject& subject_;
  Database database_;
  Device device_;
  std::optional<Queue> queue_;
  uint64_t length_ = 0;
};

void checkOffsetsAround(Subject& subject, uint64_t length) {
  LongStream stream(subject);
  stream.grow(length + 5);
  stream.checkEnd("a");
  stream.grow(length + 70);
  stream.checkEnd("yz");
}

void offsetsOf24Bits(Subject& subject) { checkOffsetsAround(subject, 16 * MIB); }

void offsetsOf32Bits(Subject& subject) {
  if (subject.settings().seconds < SECONDS_FOR_32_BITS) {
    throw NotApplicable{"takes its time: --seconds " + std::to_string(SECONDS_FOR_32_BITS)};
  }
  checkOffsetsAround(subject, 4 * GIB);
}

PatternSet randomSet(RandomRegex& random) {
  PatternSet patterns;
  for (size_t i = 1 + random.below(8); i-- > 0;) {
    patterns.push_back({random.pattern(), static_cast<uint32_t>(random.below(4)),
                        static_cast<uint32_t>(patterns.size())});
  }
  return patterns;
}

void randomStreams(Subject& subject) {
  RandomRegex random(subject.settings().seed);
  for (Search search(subject); search.goesOn();) {
    std::vector<std::vector<std::string>> streams;
    const PatternSet patterns = randomSet(random);
    for (int i = 0; i < 10; ++i) streams.push_back(random.segments(random.input(40), 5));
    Script script = streamsInTurn(patterns, streams);
    script.tablesBytes = random.below(2);  // 1: as little as can be
    script.refusals = Refusals::LEAVE_OUT;
    checkAgainstModel(subject, script);
  }
  subject.tally().checkManyAccepted();
}

}  // namespace

Chapter semanticsChapter() {
  return {
      "semantics",
      {
          {"signatures give PCRE2's events",
           "A pattern gives at most one event per stream: at the smallest end offset of any of its "
           "matches, wherever they start",
           wholePayloads},
          {"every cut of a stream into two jobs gives the same",
           "how a stream is cut into jobs never changes its events", everyCut},
          {"jobs of single bytes give the same",
           "how a stream is cut into jobs never changes its events", singleBytes},
          {"every byte value is matched as in PCRE2, with each flag",
           "PCRE2's syntax and semantics on bytes (no UTF, \"C\" locale tables, newline is LF)",
           everyByte},
          {"a pattern is told once in a stream, and again in the next",
           "A pattern gives at most one event per stream", onceInAStream},
          {"'^' is the start of the stream, not of a job or a line",
           "'^' and \\A as the start of the stream", startOfStream},
          {"offsets count from the start of a long stream",
           "bytes from the start of the stream to the end of the match", offsetsOfLongStreams},
          {"offsets of a stream beyond 16 MiB are right",
           "bytes from the start of the stream to the end of the match", offsetsOf24Bits},
          {"offsets of a stream beyond 4 GiB are right",
           "bytes from the start of the stream to the end of the match", offsetsOf32Bits},
          {"random patterns on random streams with random cuts give PCRE2's events",
           "it is never matched approximately", randomStreams},
      }};
}

}  // namespace ncore_conformance
