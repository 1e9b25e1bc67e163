// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_database.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "classify/hyperscan_matcher.h"
#include "classify/ncore_matcher.h"

namespace weir {
namespace {

/// True for more than the patterns of the end of data: a test too many changes no event.
bool mayTestEnd(const std::string& regex) {
  return regex.find('$') != std::string::npos || regex.find("\\Z") != std::string::npos ||
         regex.find("\\z") != std::string::npos;
}

}  // namespace

bool SidePatterns::mayMatch(DatabasePart part, const Candidates& candidates) const {
  if (!hasAny[static_cast<size_t>(part)]) return false;
  if (candidates.areAny()) return true;
  const auto patternsLeft = candidates.patterns();
  return std::any_of(patternsLeft.begin(), patternsLeft.end(),
                     [this](uint32_t pattern) { return contains[pattern]; });
}

/// One regex on the device stands for all patterns that spell it so: a signature for both sides or
/// both transports costs the device once.
struct NcoreDatabase::Regexes {
  std::map<uint32_t, OpenDevice::Regex> all;  ///< by number
  std::vector<uint32_t> own;                  ///< numbers of this set, in its order
  std::vector<uint32_t> firstPattern;         ///< by place in `own`, for messages
  std::set<uint32_t> olds;                    ///< numbers that older sets have on the device

  /// This set's first.
  [[nodiscard]] std::vector<NcorePattern> forDevice() const;

  /// Throws EngineError when a pattern that the device took for an older set is not taken now.
  void checkOlder(const std::vector<NcorePattern>& patterns,
                  const std::vector<NcorePatternReport>& reports) const;
};

namespace {

NcorePattern forDeviceAs(uint32_t number, const OpenDevice::Regex& regex) {
  const auto& [text, isCaseless] = regex;
  const uint32_t flags = NCORE_PATTERN_DOTALL | (isCaseless ? NCORE_PATTERN_CASELESS : 0U);
  return {reinterpret_cast<const uint8_t*>(text.data()), static_cast<uint32_t>(text.size()), flags,
          number, 0};
}

}  // namespace

std::vector<NcorePattern> NcoreDatabase::Regexes::forDevice() const {
  std::vector<NcorePattern> patterns;
  for (const uint32_t number : own) patterns.push_back(forDeviceAs(number, all.at(number)));
  const std::set<uint32_t> isOwn(own.begin(), own.end());
  for (const auto& [number, regex] : all)
    if (!isOwn.contains(number)) patterns.push_back(forDeviceAs(number, regex));
  return patterns;
}

/// Flows of the older set would lose what it finds: in the streams that they open yet.
void NcoreDatabase::Regexes::checkOlder(const std::vector<NcorePattern>& patterns,
                                        const std::vector<NcorePatternReport>& reports) const {
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (reports[i].verdict != NCORE_ACCEPTED && olds.contains(patterns[i].id))
      throw OpenDevice::noRoomBesideOlder();
  }
}

NcoreDatabase::NcoreDatabase(std::shared_ptr<OpenDevice> device, int64_t gatherNs, SignatureSet set,
                             RefusedPatterns refused, const DatabaseCache& cache)
    : MatcherDatabase(std::move(set)), device_(std::move(device)), gatherNs_(gatherNs) {
  const std::lock_guard loading(device_->loading());
  load(refused, cache);
}

/// With those of the sets before: their flows may yet open streams, which this one matches then.
NcoreDatabase::Regexes NcoreDatabase::collectRegexes() {
  Regexes regexes{.all = device_->inUse()};
  for (const auto& [number, regex] : regexes.all) regexes.olds.insert(number);
  std::set<uint32_t> seen;
  const std::vector<Pattern>& patterns = signatures().patterns;
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    const Pattern& pattern = patterns[i];
    const OpenDevice::Regex regex(pattern.regex, pattern.caseless);
    const uint32_t number = device_->numberOf(regex);
    if (seen.insert(number).second) {
      regexes.all.emplace(number, regex);
      regexes.own.push_back(number);
      regexes.firstPattern.push_back(i);
    }
    if (patternsOf_.size() <= number) patternsOf_.resize(number + 1);
    const DatabasePart part = partOf(pattern.transport, pattern.side);
    patternsOf_[number][static_cast<size_t>(part)].push_back(i);
  }
  return regexes;
}

void NcoreDatabase::load(RefusedPatterns refused, const DatabaseCache& cache) {
  const NcoreLibrary& library = device_->library();
  const Regexes regexes = collectRegexes();
  const std::vector<NcorePattern> onDevice = regexes.forDevice();
  std::vector<NcorePatternReport> reports(onDevice.size());
  ::NcoreDatabase* compiled = nullptr;
  const NcoreStatus status = library->compile(
      onDevice.data(), static_cast<uint32_t>(onDevice.size()), reports.data(), &compiled);
  library.checkMade(status, compiled, "compile");
  const auto free = [&](::NcoreDatabase* database) { library->freeDatabase(database); };
  const std::unique_ptr<::NcoreDatabase, decltype(free)> database(compiled, free);
  regexes.checkOlder(onDevice, reports);
  std::vector<uint32_t> aside;
  std::vector<uint32_t> accepted;
  for (size_t i = 0; i < regexes.own.size(); ++i) {
    if (reports[i].verdict == NCORE_ACCEPTED) {
      accepted.push_back(regexes.own[i]);
      continue;
    }
    const Pattern& pattern = signatures().patterns[regexes.firstPattern[i]];
    if (refused == RefusedPatterns::ARE_ERRORS) {
      const char* const reason = reports[i].reason;
      const std::string text(reason, strnlen(reason, sizeof reports[i].reason));
      throw SignatureError("WEIR_SIGNATURE_REGEX_REFUSED",
                           {pattern.source, pattern.regex, text, reports[i].offsetBytes});
    }
    aside.push_back(regexes.own[i]);
  }
  setAside(aside, cache);
  noteEnds();
  generation_ = device_->load(database.get(), std::move(accepted));
  streamBytes_ = device_->streamBytes(generation_);
}

/// Hyperscan's numbers are those of a set that has these patterns only.
void NcoreDatabase::setAside(const std::vector<uint32_t>& regexes, const DatabaseCache& cache) {
  if (regexes.empty()) return;
  side_.contains.resize(signatures().patterns.size());
  for (const uint32_t regex : regexes) {
    for (std::vector<uint32_t>& patterns : patternsOf_[regex]) {
      for (const uint32_t pattern : patterns) side_.contains[pattern] = true;
      patterns.clear();
    }
  }
  SignatureSet set;
  for (uint32_t i = 0; i < side_.contains.size(); ++i) {
    if (!side_.contains[i]) continue;
    const Pattern& pattern = signatures().patterns[i];
    side_.hasAny[static_cast<size_t>(partOf(pattern.transport, pattern.side))] = true;
    side_.patterns.push_back(i);
    set.patterns.push_back(pattern);
  }
  side_.database = createHyperscanDatabase(std::move(set), cache);
}

void NcoreDatabase::noteEnds() {
  if ((device_->capabilities().flags & NCORE_CAP_END_OF_DATA) == 0) return;
  for (uint32_t i = 0; i < signatures().patterns.size(); ++i) {
    const Pattern& pattern = signatures().patterns[i];
    if (!side_.contains.empty() && side_.contains[i]) continue;
    if (!mayTestEnd(pattern.regex)) continue;
    testsEnd_[static_cast<size_t>(partOf(pattern.transport, pattern.side))] = true;
  }
}

void NcoreDatabase::refuseCostly(const DatabaseCache& cache) const {
  if (side_.database) side_.database->refuseCostly(cache);
}

std::unique_ptr<Matcher> NcoreDatabase::createMatcher(uint32_t streamSlots) const {
  return createNcoreMatcher(*this, streamSlots);
}

}  // namespace weir
