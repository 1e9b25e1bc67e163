// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_database.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "classify/hyperscan_matcher.h"
#include "classify/ncore_matcher.h"

namespace weir {
namespace {

/// One regex on the device stands for all patterns that spell it so: a signature for both sides or
/// both transports costs the device once.
using RegexKey = std::pair<std::string, bool>;  ///< regex, caseless

/// True for more than the patterns of the end of data: a test too many changes no event.
bool mayTestEnd(const std::string& regex) {
  return regex.find('$') != std::string::npos || regex.find("\\Z") != std::string::npos ||
         regex.find("\\z") != std::string::npos;
}

uint32_t firstDevice(const NcoreLibrary& library) {
  uint32_t number = 0;
  uint32_t count = 0;
  library.check(library->listDevices(&number, 1, &count), "list devices");
  if (count == 0) throw EngineError(EngineFailure::UNAVAILABLE, "ncore: there is no device");
  return number;
}

}  // namespace

bool SidePatterns::mayMatch(DatabasePart part, const Candidates& candidates) const {
  if (!hasAny[static_cast<size_t>(part)]) return false;
  if (candidates.areAny()) return true;
  const auto patternsLeft = candidates.patterns();
  return std::any_of(patternsLeft.begin(), patternsLeft.end(),
                     [this](uint32_t pattern) { return contains[pattern]; });
}

struct NcoreDatabase::Regexes {
  std::vector<NcorePattern> onDevice;
  std::vector<uint32_t> firstPattern;  ///< by regex, for messages
};

NcoreDatabase::NcoreDatabase(std::shared_ptr<const NcoreLibrary> library, uint32_t device,
                             const DeviceOptions& options, SignatureSet set,
                             RefusedPatterns refused, const DatabaseCache& cache)
    : MatcherDatabase(std::move(set)), library_(std::move(library)), gatherNs_(options.gatherNs) {
  const char* const settings = options.settings.empty() ? nullptr : options.settings.c_str();
  const std::string what = device == NCORE_DEVICE_EMULATOR
                               ? std::string("open the emulator")
                               : "open device " + std::to_string(device);
  const NcoreStatus opened = (*library_)->openDevice(device, settings, &device_);
  library_->checkMade(opened, device_, what);
  try {
    queryCapabilities();
    load(refused, cache);
  } catch (...) {
    (*library_)->closeDevice(device_);
    throw;
  }
}

NcoreDatabase::~NcoreDatabase() { (*library_)->closeDevice(device_); }

void NcoreDatabase::queryCapabilities() {
  capabilities_.sizeBytes = sizeof capabilities_;
  library_->check((*library_)->queryCapabilities(device_, &capabilities_), "query capabilities");
}

NcoreDatabase::Regexes NcoreDatabase::collectRegexes() {
  std::map<RegexKey, uint32_t> ids;
  Regexes regexes;
  const std::vector<Pattern>& patterns = signatures().patterns;
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    const Pattern& pattern = patterns[i];
    const auto id = static_cast<uint32_t>(ids.size());
    const auto [found, isNew] = ids.try_emplace({pattern.regex, pattern.caseless}, id);
    if (isNew) {
      const uint32_t flags =
          NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
      regexes.onDevice.push_back({reinterpret_cast<const uint8_t*>(pattern.regex.data()),
                                  static_cast<uint32_t>(pattern.regex.size()), flags, id, 0});
      regexes.firstPattern.push_back(i);
      patternsOf_.emplace_back();
    }
    const DatabasePart part = partOf(pattern.transport, pattern.side);
    patternsOf_[found->second][static_cast<size_t>(part)].push_back(i);
  }
  return regexes;
}

void NcoreDatabase::load(RefusedPatterns refused, const DatabaseCache& cache) {
  const Regexes regexes = collectRegexes();
  const auto count = static_cast<uint32_t>(regexes.onDevice.size());
  std::vector<NcorePatternReport> reports(count);
  ::NcoreDatabase* compiled = nullptr;
  const NcoreStatus status =
      (*library_)->compile(regexes.onDevice.data(), count, reports.data(), &compiled);
  library_->checkMade(status, compiled, "compile");
  const auto free = [this](::NcoreDatabase* database) { (*library_)->freeDatabase(database); };
  const std::unique_ptr<::NcoreDatabase, decltype(free)> database(compiled, free);
  std::vector<uint32_t> aside;
  for (uint32_t id = 0; id < count; ++id) {
    if (reports[id].verdict == NCORE_ACCEPTED) continue;
    const Pattern& pattern = signatures().patterns[regexes.firstPattern[id]];
    if (refused == RefusedPatterns::ARE_ERRORS) {
      const char* const reason = reports[id].reason;
      const std::string text(reason, strnlen(reason, sizeof reports[id].reason));
      throw SignatureError("WEIR_SIGNATURE_REGEX_REFUSED",
                           {pattern.source, pattern.regex, text, reports[id].offsetBytes});
    }
    aside.push_back(id);
  }
  setAside(aside, cache);
  noteEnds();
  uint32_t databaseId = 0;
  library_->check((*library_)->loadDatabase(device_, database.get(), &databaseId),
                  "load the signatures");
  library_->check((*library_)->activateDatabase(device_, databaseId), "activate the signatures");
  NcoreDatabaseInfo info{.sizeBytes = sizeof info};
  if ((*library_)->queryDatabase(device_, databaseId, &info) == NCORE_OK)
    streamBytes_ = info.streamBytes;
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
  if ((capabilities_.flags & NCORE_CAP_END_OF_DATA) == 0) return;
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

std::shared_ptr<const MatcherDatabase> createNcoreDatabase(const EngineChoice& choice,
                                                           const DeviceOptions& options,
                                                           SignatureSet signatures,
                                                           RefusedPatterns refused,
                                                           const DatabaseCache& cache) {
  const bool isEmulator = choice.engine == Engine::EMULATOR;
  if (!isEmulator && options.library.empty()) {
    throw EngineError(EngineFailure::UNAVAILABLE,
                      "the engine ncore needs its vendor's library: name it with --ncore-library.");
  }
  const auto library = isEmulator ? NcoreLibrary::builtIn() : NcoreLibrary::open(options.library);
  uint32_t device = isEmulator ? NCORE_DEVICE_EMULATOR : choice.device;
  if (device == EngineChoice::FIRST_DEVICE && !isEmulator) device = firstDevice(*library);
  return std::make_shared<NcoreDatabase>(library, device, options, std::move(signatures), refused,
                                         cache);
}

}  // namespace weir
