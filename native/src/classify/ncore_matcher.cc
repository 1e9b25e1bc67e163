// SPDX-License-Identifier: Apache-2.0
#include "classify/ncore_matcher.h"

#include <ncore.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace weir {
namespace {

constexpr uint32_t QUEUE_DEPTH_JOBS = 1024;
constexpr uint32_t JOB_BYTES_NEEDED = 65535;  ///< a whole datagram or segment is one job
constexpr size_t POLL_RESULTS = 256;

const NcoreApi& loadApi() {
  const NcoreApi* api = nullptr;
  if (ncoreGetApi(NCORE_ABI_VERSION, &api) != NCORE_OK) {
    throw CodedError("WEIR_MATCHER_UNAVAILABLE",
                     "the ncore implementation speaks another ABI version");
  }
  return *api;
}

void check(const NcoreApi& api, NcoreStatus status, const char* what) {
  if (status == NCORE_OK) return;
  throw CodedError("WEIR_MATCHER_UNAVAILABLE",
                   std::string("ncore: ") + what + ": " + api.statusText(status));
}

/// One regex on the device stands for all patterns that spell it so: a signature for both sides or
/// both transports costs the device once.
using RegexKey = std::pair<std::string, bool>;  ///< regex, caseless

class NcoreMatcherDatabase final : public MatcherDatabase {
 public:
  explicit NcoreMatcherDatabase(SignatureSet set)
      : MatcherDatabase(std::move(set)), api_(loadApi()) {
    check(api_, api_.openDevice(NCORE_DEVICE_EMULATOR, nullptr, &device_), "open device");
    try {
      queryCapabilities();
      load();
    } catch (...) {
      api_.closeDevice(device_);
      throw;
    }
  }
  ~NcoreMatcherDatabase() override { api_.closeDevice(device_); }

  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const override;

  [[nodiscard]] const NcoreApi& api() const { return api_; }
  [[nodiscard]] NcoreDevice* device() const { return device_; }
  [[nodiscard]] const NcoreCapabilities& capabilities() const { return capabilities_; }

  /// Patterns of `part` that the device knows as `regex`.
  [[nodiscard]] const std::vector<uint32_t>& patternsOf(uint32_t regex, DatabasePart part) const {
    return patternsOf_[regex][static_cast<size_t>(part)];
  }

 private:
  void queryCapabilities() {
    capabilities_.sizeBytes = sizeof capabilities_;
    check(api_, api_.queryCapabilities(device_, &capabilities_), "query capabilities");
    if (capabilities_.jobBytesMax != 0 && capabilities_.jobBytesMax < JOB_BYTES_NEEDED) {
      throw CodedError("WEIR_MATCHER_UNAVAILABLE", "ncore: the device takes jobs of " +
                                                       std::to_string(capabilities_.jobBytesMax) +
                                                       " octets, a datagram may have " +
                                                       std::to_string(JOB_BYTES_NEEDED));
    }
  }
  void load();
  std::vector<NcorePattern> collectRegexes();

  const NcoreApi& api_;
  NcoreDevice* device_ = nullptr;
  NcoreCapabilities capabilities_{};
  std::vector<std::array<std::vector<uint32_t>, DATABASE_PARTS>> patternsOf_;  ///< by regex
  std::vector<uint32_t> firstPattern_;  ///< by regex, for messages
};

std::vector<NcorePattern> NcoreMatcherDatabase::collectRegexes() {
  std::map<RegexKey, uint32_t> ids;
  std::vector<NcorePattern> regexes;
  const std::vector<Pattern>& patterns = signatures().patterns;
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    const Pattern& pattern = patterns[i];
    const auto id = static_cast<uint32_t>(ids.size());
    const auto [found, isNew] = ids.try_emplace({pattern.regex, pattern.caseless}, id);
    if (isNew) {
      const uint32_t flags =
          NCORE_PATTERN_DOTALL | (pattern.caseless ? NCORE_PATTERN_CASELESS : 0U);
      regexes.push_back({reinterpret_cast<const uint8_t*>(pattern.regex.data()),
                         static_cast<uint32_t>(pattern.regex.size()), flags, id, 0});
      firstPattern_.push_back(i);
      patternsOf_.emplace_back();
    }
    const DatabasePart part = partOf(pattern.transport, pattern.side);
    patternsOf_[found->second][static_cast<size_t>(part)].push_back(i);
  }
  return regexes;
}

void NcoreMatcherDatabase::load() {
  const std::vector<NcorePattern> regexes = collectRegexes();
  std::vector<NcorePatternReport> reports(regexes.size());
  NcoreDatabase* rawDatabase = nullptr;
  check(api_,
        api_.compile(regexes.data(), static_cast<uint32_t>(regexes.size()), reports.data(),
                     &rawDatabase),
        "compile");
  const auto free = [this](NcoreDatabase* database) { api_.freeDatabase(database); };
  const std::unique_ptr<NcoreDatabase, decltype(free)> database(rawDatabase, free);
  for (size_t id = 0; id < reports.size(); ++id) {
    if (reports[id].verdict == NCORE_ACCEPTED) continue;
    const Pattern& pattern = signatures().patterns[firstPattern_[id]];
    throw SignatureError(
        "WEIR_SIGNATURE_REGEX_REFUSED",
        {pattern.source, pattern.regex, reports[id].reason, reports[id].offsetBytes});
  }
  uint32_t databaseId = 0;
  check(api_, api_.loadDatabase(device_, database.get(), &databaseId), "load database");
  check(api_, api_.activateDatabase(device_, databaseId), "activate database");
}

class NcoreMatcher final : public Matcher {
 public:
  NcoreMatcher(const NcoreMatcherDatabase& database, uint32_t streamSlots)
      : database_(database), api_(database.api()) {
    const NcoreCapabilities& capabilities = database.capabilities();
    if (capabilities.queueDepthMax != 0) depth_ = std::min(depth_, capabilities.queueDepthMax);
    const NcoreQueueOptions options{streamSlots, depth_, 0};
    check(api_, api_.openQueue(database.device(), &options, &queue_), "open queue");
    copiesBytes_ = (capabilities.flags & NCORE_CAP_CONSUMES_AT_SUBMIT) == 0;
  }
  ~NcoreMatcher() override { api_.closeQueue(queue_); }
  NcoreMatcher(const NcoreMatcher&) = delete;
  NcoreMatcher& operator=(const NcoreMatcher&) = delete;

  size_t submit(std::span<const ScanRequest> requests) override;
  PollResult poll(std::span<MatchEvent> events) override;

 private:
  /// A job in the device; its tag there is its place in the order of submission.
  struct Job {
    uint64_t tag;  ///< the caller's
    DatabasePart part;
    std::vector<uint8_t> copy;
  };

  NcoreJob describe(const ScanRequest& request);
  void pollDevice();
  void takeEvent(const NcoreEvent& event);

  const NcoreMatcherDatabase& database_;
  const NcoreApi& api_;
  NcoreQueue* queue_ = nullptr;
  uint32_t depth_ = QUEUE_DEPTH_JOBS;
  bool copiesBytes_ = false;

  std::deque<Job> jobs_;   ///< outstanding, oldest first
  uint64_t firstJob_ = 0;  ///< place of jobs_.front() in the order of submission
  std::vector<std::vector<uint8_t>> spareCopies_;
  std::vector<NcoreJob> descriptors_;
  std::array<NcoreCompletion, POLL_RESULTS> completions_{};
  std::array<NcoreEvent, POLL_RESULTS> deviceEvents_{};
  std::vector<MatchEvent> events_;  ///< not yet polled from `reported_` on
  size_t reported_ = 0;
  size_t completed_ = 0;
};

NcoreJob NcoreMatcher::describe(const ScanRequest& request) {
  Job& job = jobs_.emplace_back(Job{request.tag, request.part, {}});
  const uint8_t* bytes = request.bytes.data();
  if (copiesBytes_) {
    if (!spareCopies_.empty()) {
      job.copy = std::move(spareCopies_.back());
      spareCopies_.pop_back();
    }
    job.copy.assign(request.bytes.begin(), request.bytes.end());
    bytes = job.copy.data();
  }
  const uint32_t flags = (request.startOfStream ? NCORE_JOB_OPEN : 0U) |
                         (request.endOfStream ? NCORE_JOB_CLOSE : 0U) |
                         (request.bytes.empty() ? 0U : NCORE_JOB_END_OF_DATA);
  return {bytes,
          static_cast<uint32_t>(request.bytes.size()),
          flags,
          request.slot,
          request.generation,
          firstJob_ + jobs_.size() - 1,
          nullptr,
          0,
          0};
}

size_t NcoreMatcher::submit(std::span<const ScanRequest> requests) {
  const size_t room = depth_ - jobs_.size();
  const auto offered = requests.first(std::min(requests.size(), room));
  descriptors_.clear();
  for (const ScanRequest& request : offered) descriptors_.push_back(describe(request));
  uint32_t accepted = 0;
  const NcoreStatus status = api_.submit(queue_, descriptors_.data(),
                                         static_cast<uint32_t>(descriptors_.size()), &accepted);
  if (status != NCORE_OK) accepted = 0;
  for (size_t i = accepted; i < offered.size(); ++i) jobs_.pop_back();
  return accepted;
}

PollResult NcoreMatcher::poll(std::span<MatchEvent> events) {
  if (reported_ == events_.size()) pollDevice();
  const size_t count = std::min(events.size(), events_.size() - reported_);
  std::copy_n(events_.begin() + static_cast<ptrdiff_t>(reported_), count, events.begin());
  reported_ += count;
  if (reported_ < events_.size()) return {count, 0};
  return {count, std::exchange(completed_, 0)};
}

void NcoreMatcher::pollDevice() {
  events_.clear();
  reported_ = 0;
  NcorePoll results{completions_.data(), POLL_RESULTS, 0, deviceEvents_.data(), POLL_RESULTS, 0};
  do {
    if (api_.poll(queue_, &results) != NCORE_OK) return;
    for (uint32_t i = 0; i < results.eventCount; ++i) takeEvent(deviceEvents_[i]);
    for (uint32_t i = 0; i < results.completionCount; ++i) {
      if (copiesBytes_) spareCopies_.push_back(std::move(jobs_.front().copy));
      jobs_.pop_front();
      ++firstJob_;
      ++completed_;
    }
  } while (results.eventCount == POLL_RESULTS || results.completionCount == POLL_RESULTS);
}

void NcoreMatcher::takeEvent(const NcoreEvent& event) {
  const Job& job = jobs_[event.tag - firstJob_];
  for (const uint32_t pattern : database_.patternsOf(event.patternId, job.part)) {
    events_.push_back({event.endOffset, job.tag, event.slot, event.generation, pattern});
  }
}

std::unique_ptr<Matcher> NcoreMatcherDatabase::createMatcher(uint32_t streamSlots) const {
  return std::make_unique<NcoreMatcher>(*this, streamSlots);
}

}  // namespace

std::shared_ptr<const MatcherDatabase> createNcoreDatabase(SignatureSet signatures) {
  return std::make_shared<NcoreMatcherDatabase>(std::move(signatures));
}

}  // namespace weir
