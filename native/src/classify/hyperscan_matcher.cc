// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_matcher.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classify/hyperscan_handles.h"
#include "classify/hyperscan_singles.h"

namespace weir {
namespace {

constexpr bool isStreaming(DatabasePart part) {
  return part == DatabasePart::TCP_CLIENT || part == DatabasePart::TCP_SERVER;
}

/// Hyperscan gives the place of an error only inside its message: "... at index 5."
uint32_t offsetIn(std::string_view message) {
  constexpr std::string_view MARK = "at index ";
  const size_t at = message.rfind(MARK);
  if (at == std::string_view::npos) return SignatureError::NO_OFFSET;
  return static_cast<uint32_t>(std::strtoul(message.substr(at + MARK.size()).data(), nullptr, 10));
}

[[noreturn]] void refuse(const char* code, const Pattern& pattern, std::string message) {
  const uint32_t offset = offsetIn(message);
  throw SignatureError(code, {pattern.source, pattern.regex, std::move(message), offset});
}

/// What every engine refuses alike, whatever it could do with it.
void checkPattern(const Pattern& pattern) {
  if (pattern.regex.find('\0') != std::string::npos) {
    refuse("WEIR_SIGNATURE_REGEX_INVALID", pattern, "holds a NUL octet; write \\x00");
  }
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* rawError = nullptr;
  if (hs_expression_info(pattern.regex.c_str(), hsFlagsOf(pattern), &info, &rawError) !=
      HS_SUCCESS) {
    const HsCompileErrorPtr error(rawError);
    const std::string_view message = error->message;
    const bool isEmptyMatch = message.find("empty buffer") != std::string_view::npos;
    if (isEmptyMatch)
      refuse("WEIR_SIGNATURE_REGEX_EMPTY_MATCH", pattern, "matches the empty string");
    refuse("WEIR_SIGNATURE_REGEX_INVALID", pattern, error->message);
  }
  const bool needsEnd = info->matches_at_eod != 0;
  const bool isEmptyMatch = info->min_width == 0;
  std::free(info);  // NOLINT: allocated by Hyperscan's default allocator, malloc
  if (isEmptyMatch) refuse("WEIR_SIGNATURE_REGEX_EMPTY_MATCH", pattern, "matches the empty string");
  if (needsEnd) {
    refuse("WEIR_SIGNATURE_REGEX_NEEDS_END", pattern,
           "'$' and \\z wait for an end of data that a stream does not have; use maximumBytes to "
           "bound a datagram");
  }
}

/// The patterns of one part as Hyperscan's compiler takes them; expressions borrow from the set.
struct PartPatterns {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;  ///< index in SignatureSet::patterns
  unsigned mode = 0;
};

PartPatterns patternsOf(const SignatureSet& set, DatabasePart part) {
  PartPatterns found;
  found.mode = isStreaming(part) ? HS_MODE_STREAM : HS_MODE_BLOCK;
  for (size_t i = 0; i < set.patterns.size(); ++i) {
    const Pattern& pattern = set.patterns[i];
    if (partOf(pattern.transport, pattern.side) != part) continue;
    found.expressions.push_back(pattern.regex.c_str());
    found.flags.push_back(hsFlagsOf(pattern));
    found.ids.push_back(static_cast<unsigned>(i));
  }
  return found;
}

class HyperscanDatabase final : public MatcherDatabase {
 public:
  HyperscanDatabase(SignatureSet set, const DatabaseCache& cache)
      : MatcherDatabase(std::move(set)) {
    for (const Pattern& pattern : signatures().patterns) checkPattern(pattern);
    singles_.emplace(signatures(), cache);
    for (size_t part = 0; part < DATABASE_PARTS; ++part) {
      loadOrCompile(static_cast<DatabasePart>(part), cache);
    }
  }

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;

  [[nodiscard]] size_t streamStateBytes(DatabasePart part) const override {
    size_t size = 0;
    if (isStreaming(part) && get(part) != nullptr) hs_stream_size(get(part), &size);
    return size;
  }

  [[nodiscard]] const HyperscanSingles& singles() const { return *singles_; }

  /// Null for a part without patterns, which Hyperscan does not compile.
  [[nodiscard]] const hs_database_t* get(DatabasePart part) const {
    return parts_[static_cast<size_t>(part)].get();
  }

 private:
  void loadOrCompile(DatabasePart part, const DatabaseCache& cache);
  [[nodiscard]] HsDatabasePtr compile(const PartPatterns& part) const;

  std::array<HsDatabasePtr, DATABASE_PARTS> parts_;
  std::optional<HyperscanSingles> singles_;
};

std::string cacheKey(const PartPatterns& part) {
  std::string key = hsCacheKey(part.mode);
  for (size_t i = 0; i < part.ids.size(); ++i) {
    key += std::to_string(part.ids[i]) + ' ' + std::to_string(part.flags[i]) + ' ';
    key.append(part.expressions[i]).append("\n");
  }
  return key;
}

void HyperscanDatabase::loadOrCompile(DatabasePart part, const DatabaseCache& cache) {
  const PartPatterns patterns = patternsOf(signatures(), part);
  if (patterns.ids.empty()) return;
  const std::string key = cacheKey(patterns);
  HsDatabasePtr& database = parts_[static_cast<size_t>(part)];
  database = hsDeserialize(cache.load(key).value_or(std::string()));
  if (database) return;
  database = compile(patterns);
  cache.store(key, hsSerialize(database.get()));
}

HsDatabasePtr HyperscanDatabase::compile(const PartPatterns& part) const {
  hs_database_t* database = nullptr;
  hs_compile_error_t* rawError = nullptr;
  if (hs_compile_multi(part.expressions.data(), part.flags.data(), part.ids.data(),
                       static_cast<unsigned>(part.ids.size()), part.mode, nullptr, &database,
                       &rawError) != HS_SUCCESS) {
    const HsCompileErrorPtr error(rawError);
    if (error->expression < 0) throw CodedError("WEIR_MATCHER_UNAVAILABLE", error->message);
    const unsigned pattern = part.ids[static_cast<size_t>(error->expression)];
    refuse("WEIR_SIGNATURE_REGEX_INVALID", signatures().patterns[pattern], error->message);
  }
  return HsDatabasePtr(database);
}

class HyperscanMatcher final : public Matcher {
 public:
  HyperscanMatcher(const HyperscanDatabase& database, uint32_t streamSlots)
      : database_(database), streams_(streamSlots) {
    hs_scratch_t* scratch = nullptr;
    for (size_t part = 0; part < DATABASE_PARTS; ++part) {
      const hs_database_t* compiled = database.get(static_cast<DatabasePart>(part));
      if (compiled != nullptr && hs_alloc_scratch(compiled, &scratch) != HS_SUCCESS) {
        hs_free_scratch(scratch);
        throw std::bad_alloc();
      }
    }
    const bool isReserved = database.singles().reserve(scratch);
    scratch_.reset(scratch);
    if (!isReserved) throw std::bad_alloc();
  }

  ~HyperscanMatcher() override {
    for (const Stream& stream : streams_) close(stream.state);
    for (const auto& pool : pools_) {
      for (hs_stream_t* state : pool) close(state);
    }
  }
  HyperscanMatcher(const HyperscanMatcher&) = delete;
  HyperscanMatcher& operator=(const HyperscanMatcher&) = delete;

  size_t submit(std::span<const ScanRequest> requests) override {
    for (const ScanRequest& request : requests) {
      if (database_.get(request.part) != nullptr) scan(request);
    }
    completed_ += requests.size();
    return requests.size();
  }

  PollResult poll(std::span<MatchEvent> events) override {
    const size_t count = std::min(events.size(), events_.size() - reported_);
    std::copy_n(events_.begin() + static_cast<ptrdiff_t>(reported_), count, events.begin());
    reported_ += count;
    if (reported_ < events_.size()) return {count, 0};
    events_.clear();
    reported_ = 0;
    return {count, std::exchange(completed_, 0)};
  }

 private:
  struct Stream {
    hs_stream_t* state = nullptr;
    DatabasePart part = DatabasePart::TCP_CLIENT;
  };
  struct Context {
    HyperscanMatcher* matcher;
    const ScanRequest* request;
    uint32_t pattern = 0;  ///< of a database for one pattern
  };

  static int onMatch(unsigned id, unsigned long long, unsigned long long to, unsigned,
                     void* opaque) {
    const auto* context = static_cast<const Context*>(opaque);
    const ScanRequest& request = *context->request;
    context->matcher->events_.push_back({to, request.tag, request.slot, request.generation, id});
    return 0;
  }

  static int onSingleMatch(unsigned, unsigned long long from, unsigned long long to, unsigned flags,
                           void* opaque) {
    return onMatch(static_cast<const Context*>(opaque)->pattern, from, to, flags, opaque);
  }

  /// False when a candidate has no database of its own, with nothing done.
  bool scanForCandidates(const ScanRequest& request) {
    const HyperscanSingles& singles = database_.singles();
    const auto patterns = request.candidates.patterns();
    const auto has = [&](uint32_t pattern) { return singles.get(pattern) != nullptr; };
    if (!std::all_of(patterns.begin(), patterns.end(), has)) return false;
    for (const uint32_t pattern : patterns) {
      Context context{this, &request, pattern};
      hs_scan(singles.get(pattern), reinterpret_cast<const char*>(request.bytes.data()),
              static_cast<unsigned>(request.bytes.size()), 0, scratch_.get(), onSingleMatch,
              &context);
    }
    return true;
  }

  /// Of a whole datagram, or of a stream's first octets where its end at a match makes a stream
  /// state needless.
  bool isDone(const ScanRequest& request) {
    if (request.candidates.areAny() || request.bytes.empty()) return false;
    const size_t eventsBefore = events_.size();
    if (!isStreaming(request.part)) return scanForCandidates(request);
    if (!request.startOfStream || !request.stopsAtMatch) return false;
    if (!scanForCandidates(request) || events_.size() == eventsBefore) return false;
    giveBack(streams_[request.slot]);
    return true;
  }

  void scan(const ScanRequest& request) {
    if (isDone(request)) return;
    Context context{this, &request};
    const auto* bytes = reinterpret_cast<const char*>(request.bytes.data());
    const auto length = static_cast<unsigned>(request.bytes.size());
    if (!isStreaming(request.part)) {
      if (length == 0) return;
      hs_scan(database_.get(request.part), bytes, length, 0, scratch_.get(), onMatch, &context);
      return;
    }
    Stream& stream = streams_[request.slot];
    if (request.startOfStream) open(stream, request.part);
    if (stream.state == nullptr) return;
    if (length > 0)
      hs_scan_stream(stream.state, bytes, length, 0, scratch_.get(), onMatch, &context);
    if (request.endOfStream) giveBack(stream);
  }

  void open(Stream& stream, DatabasePart part) {
    giveBack(stream);
    std::vector<hs_stream_t*>& pool = pools_[static_cast<size_t>(part)];
    stream.part = part;
    if (pool.empty()) {
      if (hs_open_stream(database_.get(part), 0, &stream.state) != HS_SUCCESS) {
        throw std::bad_alloc();
      }
      return;
    }
    stream.state = pool.back();
    pool.pop_back();
    // Without a callback the reset reports nothing of the stream that was: no pattern needs its
    // end.
    hs_reset_stream(stream.state, 0, scratch_.get(), nullptr, nullptr);
  }

  void giveBack(Stream& stream) {
    if (stream.state == nullptr) return;
    pools_[static_cast<size_t>(stream.part)].push_back(std::exchange(stream.state, nullptr));
  }

  void close(hs_stream_t* state) {
    if (state != nullptr) hs_close_stream(state, scratch_.get(), nullptr, nullptr);
  }

  const HyperscanDatabase& database_;
  HsScratchPtr scratch_;
  std::vector<Stream> streams_;  ///< by slot
  std::array<std::vector<hs_stream_t*>, DATABASE_PARTS> pools_;
  std::vector<MatchEvent> events_;  ///< not yet polled from `reported_` on
  size_t reported_ = 0;
  size_t completed_ = 0;
};

std::unique_ptr<Matcher> HyperscanDatabase::createMatcher(uint32_t streamSlots) const {
  return std::make_unique<HyperscanMatcher>(*this, streamSlots);
}

}  // namespace

std::shared_ptr<const MatcherDatabase> createHyperscanDatabase(SignatureSet signatures,
                                                               const DatabaseCache& cache) {
  return std::make_shared<HyperscanDatabase>(std::move(signatures), cache);
}

}  // namespace weir
