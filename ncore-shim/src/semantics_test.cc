// SPDX-License-Identifier: Apache-2.0
// One pattern set, one semantics: the emulator gives the events that PCRE2 gives, however a stream
// is cut into jobs, how many streams there are and how little memory the tables have.
// WEIR_FUZZ_ROUNDS multiplies the work of the random tests.
#include <cstdlib>
#include <memory>

#include "pattern_cursor.h"
#include "pattern_parser.h"
#include "testing/pcre2_oracle.h"
#include "testing/random_regex.h"
#include "testing/rig.h"

using namespace weir::ncore::testing;

namespace {

constexpr uint64_t TABLES_TINY = 1;  // a few states per group: the cache is flushed all the time

size_t rounds(size_t usual) {
  const char* factor = std::getenv("WEIR_FUZZ_ROUNDS");
  return usual * (factor == nullptr ? 1 : std::strtoul(factor, nullptr, 10));
}

bool standsInside(const weir::ncore::SyntaxNode& node) {
  using Kind = weir::ncore::SyntaxNode::Kind;
  if (node.kind == Kind::DATA_END || node.kind == Kind::LINE_END) return true;
  return std::ranges::any_of(node.children, standsInside);
}

// Whether the pattern is one of the data seen so far.
bool testsEnd(const Regex& regex) {
  return standsInside(weir::ncore::PatternParser(regex.text, regex.flags).parse());
}

// A stream as jobs; after some of them the end of data is tested.
struct Piece {
  std::string bytes;
  bool endOfData;
};

struct Judged {
  explicit Judged(const std::vector<Regex>& regexes) : regexes(regexes), patterns(regexes) {
    for (const Regex& regex : regexes) {
      oracles.push_back(std::make_unique<Pcre2Oracle>(regex.text, regex.flags));
    }
  }

  Ends expected(const std::string& input) {
    Ends ends;
    for (uint32_t id = 0; id < regexes.size(); ++id) {
      if (patterns.reports[id].verdict != NCORE_ACCEPTED) continue;
      REQUIRE_MESSAGE(oracles[id]->compiles(), regexes[id].text);
      const auto end = oracles[id]->firstEnd(input);
      if (end) ends.emplace(id, *end);
    }
    return ends;
  }

  Ends expected(const std::vector<Piece>& pieces) {
    std::string input;
    for (const Piece& piece : pieces) input += piece.bytes;
    Ends ends;
    for (const auto& [id, end] : expected(input)) {
      if (!testsEnd(regexes[id])) ends.emplace(id, end);
    }
    for (uint32_t id = 0; id < regexes.size(); ++id) {
      if (patterns.reports[id].verdict != NCORE_ACCEPTED || !testsEnd(regexes[id])) continue;
      if (const auto end = firstHold(id, pieces)) ends.emplace(id, *end);
    }
    return ends;
  }

  std::optional<size_t> firstHold(uint32_t id, const std::vector<Piece>& pieces) {
    std::string seen;
    for (const Piece& piece : pieces) {
      seen += piece.bytes;
      if (piece.endOfData && oracles[id]->holdsIn(seen)) return seen.size();
    }
    return std::nullopt;
  }

  std::vector<Regex> regexes;
  Patterns patterns;
  std::vector<std::unique_ptr<Pcre2Oracle>> oracles;
};

std::string describe(const Judged& judged, const std::string& input) {
  std::string text = "input: '" + input + "' regexes:";
  for (const Regex& regex : judged.regexes) {
    text += " /" + regex.text + "/" + std::to_string(regex.flags);
  }
  return text;
}

std::vector<Regex> randomRegexes(RandomRegex& random, size_t count) {
  std::vector<Regex> regexes;
  for (size_t i = 0; i < count; ++i) {
    regexes.push_back({random.pattern(), static_cast<uint32_t>(random.below(4))});
  }
  return regexes;
}

std::string repeat(const std::string& text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

const std::vector<Regex> SIGNATURES = {
    {"^SSH-[12]\\.[0-9]", 0},
    {"^\\x16\\x03[\\x00-\\x04]..\\x01", NCORE_PATTERN_DOTALL},
    {"^\\x16\\x03[\\x00-\\x04]..\\x01", 0},
    {"^(GET|POST|HEAD) [^\\r\\n]{0,200} HTTP/1\\.[01]", 0},
    {"^\\x13BitTorrent protocol", NCORE_PATTERN_CASELESS},
    {"^220[ -].{0,80}(ftp|FTP)", 0},
    {"^220[\\x09-\\x0d -~]*ftp", NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL},
    {"http/(0\\.9|1\\.0|1\\.1) [1-5][0-9][0-9] [\\x09-\\x0d -~]*(connection:|content-type:)",
     NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL},
    {"^(.?.?\\x16\\x03.*\\x16\\x03|.?.?\\x01\\x03\\x01?.*\\x0b)", NCORE_PATTERN_DOTALL},
    {"d1:ad2:id20:|\\x08'7P\\)[RP]", NCORE_PATTERN_DOTALL},
    {"(?i)user-agent: *[a-z]+/\\d+(\\.\\d+)*", 0},
    {"^\\*[1-9]\\d{0,3}\\r?\\n\\$", 0},
    {"[^a]{3}b.{2,4}c", NCORE_PATTERN_DOTALL},
    {"^.{20}\\xff", NCORE_PATTERN_DOTALL},
    {"\\x00\\x00\\x00[^\\x00]{4}\\x00", 0},
    {"(?:GET|get) .*\\n(?:.+\\n)*Host: ", 0},
};

const std::vector<std::string> PAYLOADS = {
    "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "xSSH-2.0",
    std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
    std::string("\x16\x03\x03\n\n\x01\x00\x16\x03", 9),
    "GET /index.html HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl/8.5.0\r\n\r\n",
    "GET /" + repeat("a", 198) + " HTTP/1.1\r\n",
    "GET /" + repeat("a", 200) + " HTTP/1.1\r\n",
    "\x13"
    "BitTorrent protocol" +
        std::string(8, '\0'),
    "220 files.example.org FTP server (vsftpd 3.0) ftp ready\r\n",
    "220-" + repeat("x", 80) + "ftp",
    "220-" + repeat("x", 81) + "ftp",
    "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n",
    "d1:ad2:id20:" + std::string(20, 'q') + "e1:q4:ping",
    "*3\r\n$3\r\nSET\r\n",
    "bbbbxxc aaaaxxxbyyyyc",
    repeat("z", 20) + "\xff" + repeat("z", 20) + "\xff",
    std::string(16, '\0') + "abcd" + std::string(8, '\0'),
    "get /x HTTP/1.0\nAccept: *\nCookie: 1\nHost: a\n",
    "",
};

Ends endsOf(Rig& rig, const std::vector<Piece>& pieces, uint32_t slot = 0) {
  Ends ends;
  uint32_t flags = NCORE_JOB_OPEN;
  for (const Piece& piece : pieces) {
    if (piece.endOfData) flags |= NCORE_JOB_END_OF_DATA;
    addEnds(rig.run(job(piece.bytes, flags, slot)), ends);
    flags = 0;
  }
  return ends;
}

std::vector<Piece> randomPieces(RandomRegex& random, const std::string& input) {
  std::vector<Piece> pieces;
  for (std::string& bytes : random.segments(input, 5)) {
    pieces.push_back({std::move(bytes), random.below(2) == 0});
  }
  return pieces;
}

}  // namespace

TEST_CASE("signatures give PCRE2's events, by either of its matchers") {
  Judged judged(SIGNATURES);
  for (const auto& report : judged.patterns.reports) CHECK(report.verdict == NCORE_ACCEPTED);
  Rig rig;
  rig.use(judged.patterns);
  Ends seen;
  for (const std::string& payload : PAYLOADS) {
    const Ends ends = endsOf(rig, {payload});
    CHECK_MESSAGE(ends == judged.expected(payload), payload);
    for (uint32_t id = 0; id < SIGNATURES.size(); ++id) {
      const auto answer = judged.oracles[id]->firstEndByPrefixes(payload);
      REQUIRE(answer.has_value());
      CHECK(answer->end.has_value() == ends.contains(id));
      if (answer->end) CHECK(ends.at(id) == *answer->end);
    }
    seen.insert(ends.begin(), ends.end());
  }
  CHECK_MESSAGE(seen.size() == SIGNATURES.size(),
                "a signature that no payload meets tests nothing");
}

TEST_CASE("every cut of a payload into two, and into single bytes, gives the same events") {
  Judged judged(SIGNATURES);
  for (const uint64_t tablesBytes : {uint64_t{0}, TABLES_TINY}) {
    Rig rig({4, 16, tablesBytes});
    rig.use(judged.patterns);
    for (const std::string& payload : PAYLOADS) {
      const Ends whole = judged.expected(payload);
      std::vector<std::string> bytes;
      for (size_t cut = 0; cut < payload.size(); ++cut) {
        CHECK(endsOf(rig, {payload.substr(0, cut), payload.substr(cut)}) == whole);
        bytes.push_back(payload.substr(cut, 1));
      }
      if (!bytes.empty()) CHECK(endsOf(rig, bytes) == whole);
    }
  }
}

TEST_CASE("random patterns on random streams give PCRE2's events") {
  RandomRegex random(1);
  size_t events = 0;
  size_t accepted = 0;
  for (size_t round = rounds(1500); round-- > 0;) {
    Judged judged(randomRegexes(random, 1 + random.below(6)));
    for (const auto& report : judged.patterns.reports) accepted += report.verdict == NCORE_ACCEPTED;
    Rig rig({1, 64, random.below(2) ? 0 : TABLES_TINY});
    rig.use(judged.patterns);
    for (int i = 0; i < 6; ++i) {
      const std::string input = random.input(40);
      const Ends expected = judged.expected(input);
      events += expected.size();
      REQUIRE_MESSAGE(endsOf(rig, random.segments(input, 5)) == expected, describe(judged, input));
    }
  }
  MESSAGE(accepted << " patterns accepted, " << events << " events compared");
  CHECK(events > rounds(5000));
}

TEST_CASE("patterns of the end of data hold as in PCRE2, wherever data ends and is tested") {
  RandomRegex random(5, RandomRegex::Ends::WITH_ENDS);
  size_t events = 0;
  size_t atEnd = 0;
  for (size_t round = rounds(1500); round-- > 0;) {
    Judged judged(randomRegexes(random, 1 + random.below(6)));
    Rig rig({1, 64, random.below(2) ? 0 : TABLES_TINY});
    rig.use(judged.patterns);
    for (int i = 0; i < 6; ++i) {
      std::string input = random.input(40);
      if (random.below(4) == 0) input += "\n";
      const std::vector<Piece> pieces = randomPieces(random, input);
      const Ends expected = judged.expected(pieces);
      for (const auto& [id, end] : expected) atEnd += testsEnd(judged.regexes[id]);
      events += expected.size();
      REQUIRE_MESSAGE(endsOf(rig, pieces) == expected, describe(judged, input));
    }
  }
  MESSAGE(events << " events compared, " << atEnd << " at the end of data");
  CHECK(atEnd > rounds(2000));
}

TEST_CASE("'$' and its kin, by hand") {
  struct Case {
    const char* regex;
    std::vector<Piece> pieces;
    Ends ends;
  };
  const std::vector<Case> cases = {
      {"ab$", {{"ab", false}, {"", true}}, {{0, 2}}},
      {"ab$", {{"ab", true}, {"ab", true}}, {{0, 2}}},
      {"ab$", {{"abx", true}, {"ab\n", true}}, {{0, 6}}},
      {"ab\\Z", {{"ab\n", true}}, {{0, 3}}},
      {"ab\\z", {{"ab\n", true}, {"ab", true}}, {{0, 5}}},
      {"ab$", {{"ab\n\n", true}}, {}},
      {"ab$\\n", {{"ab", true}, {"\n", true}}, {{0, 3}}},
      {"ab$.", {{"ab\n", true}}, {{0, 3}}},
      {"ab$\\nc", {{"ab\nc", true}}, {}},
      {"^\\n$", {{"\n", true}}, {{0, 1}}},
      {"$\\n", {{"x\n", true}}, {{0, 2}}},
      {"x|y$", {{"ax", false}, {"b", false}, {"c", true}}, {{0, 4}}},
      {"x(?:$){0}", {{"ax", false}, {"b", true}}, {{0, 3}}},
      {"[$]", {{"a$b", false}}, {{0, 2}}},
  };
  for (const Case& tested : cases) {
    Judged judged({{tested.regex, NCORE_PATTERN_DOTALL}});
    Rig rig;
    rig.use(judged.patterns);
    CAPTURE(std::string(tested.regex));
    CHECK(endsOf(rig, tested.pieces) == tested.ends);
    CHECK(judged.expected(tested.pieces) == tested.ends);
  }
}

TEST_CASE("whatever is accepted compiles in PCRE2, and what is a syntax error does not") {
  RandomRegex random(2);
  size_t verdicts[7] = {};
  for (size_t round = rounds(20000); round-- > 0;) {
    const Regex regex{random.garbage(), static_cast<uint32_t>(random.below(4))};
    Judged judged({regex});
    const NcoreVerdict verdict = judged.patterns.reports[0].verdict;
    ++verdicts[verdict];
    const std::string what = regex.text + " : " + judged.patterns.reports[0].reason;
    const bool compiles = judged.oracles[0]->compiles();
    if (verdict == NCORE_REFUSED_SYNTAX) REQUIRE_MESSAGE(!compiles, what);
    if (verdict == NCORE_REFUSED_EMPTY_MATCH) {
      REQUIRE_MESSAGE(compiles, what);
      REQUIRE_MESSAGE(judged.oracles[0]->matchesEmpty(), what);
    }
    if (verdict != NCORE_ACCEPTED) continue;
    REQUIRE_MESSAGE(compiles, what);
    REQUIRE_MESSAGE(!judged.oracles[0]->matchesEmpty(), what);
    Rig rig;
    rig.use(judged.patterns);
    std::string input = random.input(30) + regex.text;
    input += random.input(10);
    const std::vector<Piece> pieces = {{input, true}};
    REQUIRE_MESSAGE(endsOf(rig, pieces) == judged.expected(pieces), describe(judged, input));
  }
  for (const NcoreVerdict verdict : {NCORE_ACCEPTED, NCORE_REFUSED_SYNTAX,
                                     NCORE_REFUSED_UNSUPPORTED, NCORE_REFUSED_EMPTY_MATCH}) {
    CHECK(verdicts[verdict] > rounds(200));
  }
}

TEST_CASE("every byte value matches as in PCRE2, with and without case") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const char* items[] = {".",           "\\d",           "\\D",          "\\w",
                         "\\W",         "\\s",           "\\S",          "\\h",
                         "\\H",         "\\v",           "\\V",          "\\N",
                         "[^a-z]",      "[[:punct:]]",   "[[:^print:]]", "[[:graph:]]",
                         "[[:cntrl:]]", "[[:xdigit:]]",  "[[:^upper:]]", "[[:lower:]b]",
                         "[[:blank:]]", "[[:space:]]",   "[[:word:]]",   "[[:ascii:]]",
                         "[[:alnum:]]", "[^[:^lower:]]", "[\\W_]",       "[\\x80-\\xff]",
                         "K",           "[^K]"};
  std::vector<Regex> regexes;
  for (const char* item : items) {
    for (uint32_t flags = 0; flags < 4; ++flags) regexes.push_back({item, flags});
  }
  Judged judged(regexes);
  Rig rig;
  rig.use(judged.patterns);
  for (size_t byte = 0; byte < 256; ++byte) {
    const std::string input = all.substr(byte, 1);
    CHECK(endsOf(rig, {input}) == judged.expected(input));
  }
}

TEST_CASE("streams of many slots, interleaved, do not disturb each other") {
  RandomRegex random(3);
  for (size_t round = rounds(100); round-- > 0;) {
    Judged judged(randomRegexes(random, 24));
    Rig rig({8, 64, round % 2 ? 0 : TABLES_TINY});
    rig.use(judged.patterns);
    std::vector<std::string> inputs;
    std::vector<std::vector<std::string>> segments;
    for (int slot = 0; slot < 8; ++slot) {
      inputs.push_back(random.input(60));
      segments.push_back(random.segments(inputs.back(), 6));
    }
    std::vector<size_t> fed(8, 0);
    std::vector<Ends> ends(8);
    for (size_t left = 8; left > 0;) {
      const auto slot = static_cast<uint32_t>(random.below(8));
      if (fed[slot] == segments[slot].size()) continue;
      const uint32_t flags = fed[slot] == 0 ? NCORE_JOB_OPEN : 0;
      addEnds(rig.run(job(segments[slot][fed[slot]++], flags, slot)), ends[slot]);
      left -= fed[slot] == segments[slot].size();
    }
    for (size_t slot = 0; slot < 8; ++slot) {
      REQUIRE_MESSAGE(ends[slot] == judged.expected(inputs[slot]), describe(judged, inputs[slot]));
    }
  }
}
