// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_singles.h"

#include <map>
#include <utility>

namespace weir {
namespace {

HsDatabasePtr compile(const Pattern& pattern) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile(pattern.regex.c_str(), hsFlagsOf(pattern), HS_MODE_BLOCK, nullptr, &database, &error);
  const HsCompileErrorPtr ignored(error);
  return HsDatabasePtr(database);
}

std::string cacheKey(const std::vector<const Pattern*>& regexes) {
  std::string key = "singles " + hsCacheKey(HS_MODE_BLOCK);
  for (const Pattern* pattern : regexes) {
    key += std::to_string(hsFlagsOf(*pattern)) + ' ' + pattern->regex + '\n';
  }
  return key;
}

/// Each with its length in front: "4711 " and so many octets.
std::string pack(const std::vector<HsDatabasePtr>& databases) {
  std::string content;
  for (const HsDatabasePtr& database : databases) {
    const std::string one = database ? hsSerialize(database.get()) : std::string();
    content.append(std::to_string(one.size())).append(" ").append(one);
  }
  return content;
}

/// Takes the first of `content` from its front; nothing when it is cut short.
std::optional<std::string_view> takeOne(std::string_view& content) {
  const size_t space = content.find(' ');
  if (space == std::string_view::npos || space > 9) return std::nullopt;
  const size_t length = std::strtoul(std::string(content.substr(0, space)).c_str(), nullptr, 10);
  content.remove_prefix(space + 1);
  if (length > content.size()) return std::nullopt;
  const std::string_view one = content.substr(0, length);
  content.remove_prefix(length);
  return one;
}

}  // namespace

HyperscanSingles::HyperscanSingles(const SignatureSet& signatures, const DatabaseCache& cache) {
  const std::vector<const Pattern*> regexes = collectRegexes(signatures);
  if (regexes.empty()) return;
  const std::string key = cacheKey(regexes);
  if (load(cache.load(key), regexes.size())) return;
  databases_.clear();
  for (const Pattern* pattern : regexes) databases_.push_back(compile(*pattern));
  cache.store(key, pack(databases_));
}

std::vector<const Pattern*> HyperscanSingles::collectRegexes(const SignatureSet& signatures) {
  std::map<std::pair<std::string_view, bool>, uint32_t> known;
  std::vector<const Pattern*> regexes;
  for (const Pattern& pattern : signatures.patterns) {
    const auto next = static_cast<uint32_t>(regexes.size());
    const auto [at, isNew] = known.try_emplace({pattern.regex, pattern.caseless}, next);
    if (isNew) regexes.push_back(&pattern);
    regexOf_.push_back(at->second);
  }
  return regexes;
}

bool HyperscanSingles::load(const std::optional<std::string>& content, size_t regexes) {
  if (!content) return false;
  std::string_view rest = *content;
  while (databases_.size() < regexes) {
    const auto one = takeOne(rest);
    if (!one) return false;
    databases_.push_back(hsDeserialize(*one));
    if (!one->empty() && !databases_.back()) return false;
  }
  return rest.empty();
}

bool HyperscanSingles::reserve(hs_scratch_t*& scratch) const {
  for (const HsDatabasePtr& database : databases_) {
    if (database && hs_alloc_scratch(database.get(), &scratch) != HS_SUCCESS) return false;
  }
  return true;
}

}  // namespace weir
