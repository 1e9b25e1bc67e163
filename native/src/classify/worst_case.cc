// SPDX-License-Identifier: Apache-2.0
#include "classify/worst_case.h"

#include <ncore.h>
#include <pattern_prefixes.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <memory>
#include <new>
#include <string_view>

#include "classify/hyperscan_input.h"
#include "classify/matcher.h"

namespace weir {
namespace {

constexpr size_t BLOCK_BYTES = 4096;    ///< a direction's budget by default
constexpr size_t BLOCKS = 16;           ///< scanned one by one: 64 KiB
constexpr unsigned PIECE_BYTES = 1024;  ///< of a stream
constexpr size_t HEAD_BYTES_MAX = 512;
constexpr size_t NAMED_OCTETS_MAX = 12;
constexpr uint32_t WAYS_MAX = 4;

/// Compiling a regex once more takes longer than to measure it.
constexpr double TIMES_LITERAL_UNSUSPICIOUS = 8;

/// Of these the least counts: nothing but the machine's other work makes one longer than another.
constexpr int MEASUREMENTS = 5;

uint64_t processorNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

/// xorshift64: the same octets at each start.
class Random {
 public:
  uint32_t below(uint32_t bound) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<uint32_t>((state_ >> 32U) % bound);
  }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15U;
};

std::string randomBlock(std::string_view alphabet) {
  Random random;
  std::string block(BLOCK_BYTES, '\0');
  for (char& octet : block) octet = alphabet[random.below(static_cast<uint32_t>(alphabet.size()))];
  return block;
}

std::string range(uint32_t first, uint32_t last) {
  std::string octets;
  for (uint32_t octet = first; octet <= last; ++octet) octets += static_cast<char>(octet);
  return octets;
}

/// What a letter behind a backslash stands for, or one of those; '\0' where it is an assertion.
char escaped(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'd':
      return '0';
    case 's':
      return ' ';
    case 'w':
      return 'a';
    case 'b':
    case 'A':
    case 'z':
      return '\0';
    default:
      return letter;
  }
}

/// The octets that a regex names, in its order; what of its text is syntax does no harm among them.
std::string namedOctets(std::string_view regex) {
  constexpr std::string_view SYNTAX = "^$.*+?()[]{}|,-";
  std::string named;
  for (size_t at = 0; at < regex.size() && named.size() < HEAD_BYTES_MAX; ++at) {
    const char letter = regex[at];
    if (letter != '\\') {
      if (SYNTAX.find(letter) == std::string_view::npos) named += letter;
      continue;
    }
    if (++at == regex.size()) break;
    if (regex[at] == 'x' && at + 2 < regex.size()) {
      const std::string digits(regex.substr(at + 1, 2));
      named += static_cast<char>(std::strtoul(digits.c_str(), nullptr, 16));
      at += 2;
    } else if (const char octet = escaped(regex[at]); octet != '\0') {
      named += octet;
    }
  }
  return named;
}

/// The least octets that begin so.
std::string firstOf(const ncore::MatchPrefix& prefix) {
  size_t length = prefix.octets.size();
  while (length > 0 && prefix.octets[length - 1].all()) --length;
  std::string head;
  for (size_t at = 0; at < length; ++at) {
    size_t octet = 0;
    while (octet < 255 && !prefix.octets[at].test(octet)) ++octet;
    head += static_cast<char>(octet);
  }
  return head;
}

/// Ways to begin that the pattern takes, and one with all octets that it names.
std::vector<std::string> headsOf(const Pattern& pattern, const std::string& named) {
  std::vector<std::string> heads = {"", named};
  const uint32_t flags = NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
  const auto prefixes = ncore::matchPrefixes(pattern.regex, flags, {HEAD_BYTES_MAX, WAYS_MAX});
  if (!prefixes) return heads;
  heads.pop_back();  // tied to the start: nothing but its own ways keeps it alive
  for (const ncore::MatchPrefix& prefix : *prefixes) {
    heads.push_back(firstOf(prefix));
  }
  return heads;
}

/// Octets that may go on keeping it busy.
std::vector<std::string> fillingsOf(const std::string& named) {
  std::string distinct;
  for (const char octet : named) {
    if (distinct.find(octet) == std::string::npos) distinct += octet;
  }
  std::vector<std::string> fillings;
  if (!distinct.empty()) fillings.push_back(randomBlock(distinct));
  for (const char octet : distinct.substr(0, NAMED_OCTETS_MAX)) {
    fillings.emplace_back(BLOCK_BYTES, octet);
  }
  return fillings;
}

std::string blockOf(const std::string& head, const std::string& filling, const std::string& tail) {
  const size_t tailBytes = std::min(tail.size(), HEAD_BYTES_MAX);
  std::string block = head + filling;
  block.resize(BLOCK_BYTES - tailBytes);
  return block + tail.substr(0, tailBytes);
}

std::vector<std::string> blocksFor(const Pattern& pattern, const std::vector<std::string>& noise) {
  const std::string named = namedOctets(pattern.regex);
  std::vector<std::string> fillings = fillingsOf(named);
  fillings.insert(fillings.end(), noise.begin(), noise.end());
  std::vector<std::string> blocks;
  for (const std::string& head : headsOf(pattern, named)) {
    for (const std::string& filling : fillings) {
      blocks.push_back(blockOf(head, filling, named));
      blocks.push_back(blockOf(head, filling, {}));
    }
  }
  return blocks;
}

HsDatabasePtr compile(const char* regex, unsigned flags, unsigned mode) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile(regex, flags, mode, nullptr, &database, &error);
  const HsCompileErrorPtr ignored(error);
  return HsDatabasePtr(database);
}

int ignoreMatch(unsigned, unsigned long long, unsigned long long, unsigned, void*) { return 0; }

/// `stream` null: at once.
void scan(const hs_database_t* database, hs_stream_t* stream, const std::string& block,
          hs_scratch_t* scratch) {
  HyperscanInput input;
  const auto octets = input.of({reinterpret_cast<const uint8_t*>(block.data()), block.size()});
  const auto* const begin = reinterpret_cast<const char*>(octets.data());
  const auto length = static_cast<unsigned>(octets.size());
  if (stream == nullptr) {
    hs_scan(database, begin, length, 0, scratch, ignoreMatch, nullptr);
    return;
  }
  hs_reset_stream(stream, 0, scratch, nullptr, nullptr);
  for (unsigned at = 0; at < length; at += PIECE_BYTES) {
    hs_scan_stream(stream, begin + at, std::min(PIECE_BYTES, length - at), 0, scratch, ignoreMatch,
                   nullptr);
  }
}

struct CloseStream {
  void operator()(hs_stream_t* stream) const { hs_close_stream(stream, nullptr, nullptr, nullptr); }
};

std::string describe(const WorstCase& cost) {
  char text[320];
  std::snprintf(text, sizeof text,
                "costs up to %.1f ns an octet, %.0f times what a literal costs, and %.0f is the "
                "limit: a sender could keep the probe busy with it. Tie it to the start with ^, "
                "begin it with a literal, or make what repeats behind an open beginning shorter",
                cost.nsPerOctet, cost.timesLiteral, WorstCaseMeter::TIMES_LITERAL_MAX);
  return text;
}

}  // namespace

WorstCaseMeter::WorstCaseMeter()
    : noise_({randomBlock(range(0, 255)), randomBlock(range('a', 'z')),
              randomBlock(range(' ', '~')), std::string(BLOCK_BYTES, '\0')}) {
  calibrate();
}

void WorstCaseMeter::calibrate() {
  const HsDatabasePtr literal = compile("literally", HS_FLAG_SINGLEMATCH, HS_MODE_BLOCK);
  for (int i = 0; i < MEASUREMENTS; ++i) {
    const double again = worst(noise_, literal.get(), nullptr);
    literalNsPerOctet_ = i == 0 ? again : std::min(literalNsPerOctet_, again);
  }
}

double WorstCaseMeter::nsPerOctet(const hs_database_t* database, hs_stream_t* stream,
                                  const std::string& block) {
  const double limit = literalNsPerOctet_ * TIMES_LITERAL_MAX;
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < MEASUREMENTS; ++i) {
    const uint64_t before = processorNs();
    for (size_t count = 0; count < BLOCKS; ++count) scan(database, stream, block, scratch_.get());
    const auto octets = static_cast<double>(BLOCKS * block.size());
    least = std::min(least, static_cast<double>(processorNs() - before) / octets);
    if (i > 0 && least < limit) break;  // only what would be refused is worth the time
  }
  return least;
}

double WorstCaseMeter::worst(const std::vector<std::string>& blocks, const hs_database_t* database,
                             hs_stream_t* stream) {
  hs_scratch_t* scratch = scratch_.release();
  const bool isReserved = hs_alloc_scratch(database, &scratch) == HS_SUCCESS;
  scratch_.reset(scratch);
  if (!isReserved) throw std::bad_alloc();
  double worst = 0;
  for (const std::string& block : blocks) {
    worst = std::max(worst, nsPerOctet(database, stream, block));
  }
  return worst;
}

WorstCase WorstCaseMeter::measure(const Pattern& pattern, const hs_database_t* database) {
  const std::vector<std::string> blocks = blocksFor(pattern, noise_);
  double cost = worst(blocks, database, nullptr);
  if (cost > literalNsPerOctet_ * TIMES_LITERAL_UNSUSPICIOUS) {
    const HsDatabasePtr streaming =
        compile(pattern.regex.c_str(), hsFlagsOf(pattern), HS_MODE_STREAM);
    hs_stream_t* opened = nullptr;
    if (streaming) hs_open_stream(streaming.get(), 0, &opened);
    const std::unique_ptr<hs_stream_t, CloseStream> stream(opened);
    if (stream) cost = std::max(cost, worst(blocks, streaming.get(), stream.get()));
  }
  return {cost, cost / literalNsPerOctet_};
}

void WorstCaseMeter::check(const Pattern& pattern, const hs_database_t* database) {
  if (measure(pattern, database).timesLiteral <= TIMES_LITERAL_MAX) return;
  calibrate();  // the processor may run at another speed now
  const WorstCase cost = measure(pattern, database);
  if (cost.timesLiteral <= TIMES_LITERAL_MAX) return;
  throw SignatureError("WEIR_SIGNATURE_TOO_COSTLY",
                       {pattern.source, pattern.regex, describe(cost)});
}

}  // namespace weir
