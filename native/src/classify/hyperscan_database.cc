// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_database.h"

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "classify/worst_case.h"

namespace weir {
namespace {

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

struct FreeInfo {  // NOLINTNEXTLINE: allocated by Hyperscan's default allocator, malloc
  void operator()(hs_expr_info_t* info) const { std::free(info); }
};

/// Refuses what every engine refuses alike, whatever it could do with it. True for a pattern that
/// can match where data ends and nowhere else.
bool checkPattern(const Pattern& pattern) {
  if (pattern.regex.find('\0') != std::string::npos) {
    refuse("WEIR_SIGNATURE_REGEX_INVALID", pattern, "holds a NUL octet; write \\x00");
  }
  hs_expr_info_t* rawInfo = nullptr;
  hs_compile_error_t* rawError = nullptr;
  if (hs_expression_info(pattern.regex.c_str(), hsFlagsOf(pattern), &rawInfo, &rawError) !=
      HS_SUCCESS) {
    const HsCompileErrorPtr error(rawError);
    const std::string_view message = error->message;
    const bool isEmptyMatch = message.find("empty buffer") != std::string_view::npos;
    if (isEmptyMatch)
      refuse("WEIR_SIGNATURE_REGEX_EMPTY_MATCH", pattern, "matches the empty string");
    refuse("WEIR_SIGNATURE_REGEX_INVALID", pattern, error->message);
  }
  const std::unique_ptr<hs_expr_info_t, FreeInfo> info(rawInfo);
  if (info->min_width == 0) {
    refuse("WEIR_SIGNATURE_REGEX_EMPTY_MATCH", pattern, "matches the empty string");
  }
  return info->matches_at_eod != 0;
}

}  // namespace

/// The patterns of one database as Hyperscan's compiler takes them; expressions borrow from the
/// set.
struct HyperscanDatabase::PartPatterns {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;  ///< index in SignatureSet::patterns
  unsigned mode = 0;

  [[nodiscard]] std::string cacheKey() const {
    std::string key = hsCacheKey(mode);
    for (size_t i = 0; i < ids.size(); ++i) {
      key += std::to_string(ids[i]) + ' ' + std::to_string(flags[i]) + ' ';
      key.append(expressions[i]).append("\n");
    }
    return key;
  }
};

HyperscanDatabase::HyperscanDatabase(SignatureSet set, const DatabaseCache& cache)
    : MatcherDatabase(std::move(set)) {
  for (const Pattern& pattern : signatures().patterns) {
    matchesAtEnd_.push_back(checkPattern(pattern));
  }
  singles_.emplace(signatures(), cache);
  for (size_t index = 0; index < DATABASE_PARTS; ++index) {
    const auto part = static_cast<DatabasePart>(index);
    asDataComes_[index] = loadOrCompile(patternsOf(part, Matches::AS_DATA_COMES), cache);
    if (!isStreaming(part)) continue;
    atEndOfData_[index] = loadOrCompile(patternsOf(part, Matches::AT_END_OF_DATA), cache);
  }
}

void HyperscanDatabase::refuseCostly(const DatabaseCache& cache) const {
  std::map<std::pair<std::string_view, bool>, uint32_t> patternOf;
  const std::vector<Pattern>& patterns = signatures().patterns;
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    patternOf.try_emplace({patterns[i].regex, patterns[i].caseless}, i);
  }
  std::string key = "within the limit " + std::to_string(WorstCaseMeter::TIMES_LITERAL_MAX) + ' ' +
                    hsCacheKey(HS_MODE_BLOCK);
  for (const auto& [spelling, pattern] : patternOf) {
    key.append(spelling.second ? "caseless " : "exact ").append(spelling.first).append("\n");
  }
  if (cache.load(key)) return;
  WorstCaseMeter meter;
  for (const auto& [spelling, pattern] : patternOf) {
    const hs_database_t* const alone = singles_->get(pattern);
    if (alone != nullptr) meter.check(patterns[pattern], alone);
  }
  cache.store(key, "passed\n");
}

size_t HyperscanDatabase::streamStateBytes(DatabasePart part) const {
  if (!isStreaming(part)) return 0;
  size_t sum = 0;
  for (const Parts* parts : {&asDataComes_, &atEndOfData_}) {
    const HsDatabasePtr& database = (*parts)[static_cast<size_t>(part)];
    size_t size = 0;
    if (database) hs_stream_size(database.get(), &size);
    sum += size;
  }
  return sum;
}

/// The end of a datagram is the end of a scan, so a part of datagrams takes all its patterns as
/// one.
HyperscanDatabase::PartPatterns HyperscanDatabase::patternsOf(DatabasePart part,
                                                              Matches matches) const {
  PartPatterns found;
  found.mode = isStreaming(part) ? HS_MODE_STREAM : HS_MODE_BLOCK;
  const std::vector<Pattern>& patterns = signatures().patterns;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const Pattern& pattern = patterns[i];
    if (partOf(pattern.transport, pattern.side) != part) continue;
    const Matches when = matchesAtEnd_[i] ? Matches::AT_END_OF_DATA : Matches::AS_DATA_COMES;
    if (isStreaming(part) && when != matches) continue;
    found.expressions.push_back(pattern.regex.c_str());
    found.flags.push_back(hsFlagsOf(pattern));
    found.ids.push_back(static_cast<unsigned>(i));
  }
  return found;
}

HsDatabasePtr HyperscanDatabase::loadOrCompile(const PartPatterns& patterns,
                                               const DatabaseCache& cache) const {
  if (patterns.ids.empty()) return nullptr;
  const std::string key = patterns.cacheKey();
  HsDatabasePtr database = hsDeserialize(cache.load(key).value_or(std::string()));
  if (database) return database;
  database = compile(patterns);
  cache.store(key, hsSerialize(database.get()));
  return database;
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

}  // namespace weir
