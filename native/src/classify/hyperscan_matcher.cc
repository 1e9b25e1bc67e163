// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_matcher.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "classify/hyperscan_database.h"
#include "classify/hyperscan_end_probe.h"
#include "classify/hyperscan_input.h"
#include "classify/hyperscan_streams.h"

namespace weir {
namespace {

/// Large enough for every database of the set.
HsScratchPtr allocateScratch(const HyperscanDatabase& database) {
  hs_scratch_t* scratch = nullptr;
  bool isReserved = true;
  for (const auto* parts : {&database.asDataComes(), &database.atEndOfData()}) {
    for (const HsDatabasePtr& part : *parts) {
      if (part) isReserved &= hs_alloc_scratch(part.get(), &scratch) == HS_SUCCESS;
    }
  }
  isReserved &= database.singles().reserve(scratch);
  HsScratchPtr owned(scratch);
  if (!isReserved) throw std::bad_alloc();
  return owned;
}

bool hasAny(const HyperscanDatabase::Parts& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part != nullptr; });
}

class HyperscanMatcher final : public Matcher {
 public:
  HyperscanMatcher(const HyperscanDatabase& database, uint32_t streamSlots)
      : database_(database),
        scratch_(allocateScratch(database)),
        streams_(database.asDataComes(), streamSlots, scratch_.get()) {
    if (hasAny(database.atEndOfData())) atEnd_.emplace(database, streamSlots, scratch_.get());
  }

  size_t submit(std::span<const ScanRequest> requests) override {
    for (const ScanRequest& request : requests) {
      if (HyperscanInput::hasRoomBehind(request.bytes)) {
        scan(request);
      } else {
        ScanRequest copied = request;
        copied.bytes = input_.copyOf(request.bytes);
        scan(copied);
      }
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

  [[nodiscard]] size_t pooledBytes() const override {
    return streams_.pooledBytes() + (atEnd_ ? atEnd_->pooledBytes() : 0);
  }

 private:
  struct Context {
    HyperscanMatcher* matcher;
    const ScanRequest* request;
    uint32_t pattern = 0;  ///< of a database for one pattern
  };

  static int onMatch(unsigned id, unsigned long long, unsigned long long to, unsigned,
                     void* opaque) {
    const auto* context = static_cast<const Context*>(opaque);
    const ScanRequest& request = *context->request;
    HyperscanMatcher& matcher = *context->matcher;
    // Of these only first octets and datagrams come here: the request ends where the data does.
    const uint64_t end = matcher.database_.matchesAtEnd(id) ? request.bytes.size() : to;
    matcher.events_.push_back({end, request.tag, request.slot, request.generation, id});
    return 0;
  }

  static int onSingleMatch(unsigned, unsigned long long from, unsigned long long to, unsigned flags,
                           void* opaque) {
    return onMatch(static_cast<const Context*>(opaque)->pattern, from, to, flags, opaque);
  }

  /// False when a candidate has no database of its own, with nothing done.
  void scan(const ScanRequest& request) {
    if (isDone(request)) return;
    if (isStreaming(request.part)) {
      scanStream(request);
    } else {
      scanDatagram(request);
    }
  }

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
    streams_.giveBack(request.slot);
    if (atEnd_) atEnd_->giveBack(request.slot);
    return true;
  }

  void scanDatagram(const ScanRequest& request) {
    const hs_database_t* database =
        database_.asDataComes()[static_cast<size_t>(request.part)].get();
    if (database == nullptr || request.bytes.empty()) return;
    Context context{this, &request};
    hs_scan(database, reinterpret_cast<const char*>(request.bytes.data()),
            static_cast<unsigned>(request.bytes.size()), 0, scratch_.get(), onMatch, &context);
  }

  void scanStream(const ScanRequest& request) {
    if (request.startOfStream) streams_.open(request.slot, request.part);
    hs_stream_t* stream = streams_.get(request.slot);
    if (stream != nullptr && !request.bytes.empty()) {
      Context context{this, &request};
      hs_scan_stream(stream, reinterpret_cast<const char*>(request.bytes.data()),
                     static_cast<unsigned>(request.bytes.size()), 0, scratch_.get(), onMatch,
                     &context);
    }
    if (atEnd_) atEnd_->scan(request, events_);
    if (request.endOfStream) streams_.giveBack(request.slot);
  }

  const HyperscanDatabase& database_;
  HsScratchPtr scratch_;
  HyperscanStreams streams_;
  HyperscanInput input_;
  std::optional<HyperscanEndProbe> atEnd_;  ///< for sets with '$'
  std::vector<MatchEvent> events_;          ///< not yet polled from `reported_` on
  size_t reported_ = 0;
  size_t completed_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> HyperscanDatabase::createMatcher(uint32_t streamSlots) const {
  return std::make_unique<HyperscanMatcher>(*this, streamSlots);
}

std::shared_ptr<const MatcherDatabase> createHyperscanDatabase(SignatureSet signatures,
                                                               const DatabaseCache& cache) {
  return std::make_shared<HyperscanDatabase>(std::move(signatures), cache);
}

}  // namespace weir
