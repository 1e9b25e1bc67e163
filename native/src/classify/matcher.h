// SPDX-License-Identifier: Apache-2.0
// The seam between classification and what matches patterns: a lane submits pieces of streams and
// polls events. Asynchronous by contract: a software engine completes at once, a device later, and
// no caller ever waits. A MatcherDatabase is compiled once, read-only and shared by all lanes; a
// Matcher belongs to one lane and is used by its thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "classify/candidates.h"
#include "classify/database_cache.h"
#include "classify/database_part.h"
#include "classify/engine.h"
#include "classify/engine_failure.h"
#include "classify/prefix_filter.h"
#include "classify/signature.h"
#include "coded_error.h"

namespace weir {

/// The next octets of one stream. The caller numbers streams by `slot` and tells apart the streams
/// that use a slot in turn by `generation`. A UDP datagram is a whole stream: it has both flags.
struct ScanRequest {
  std::span<const uint8_t> bytes;  ///< read before `submit` returns; may be empty
  uint64_t tag = 0;                ///< the caller's; comes back in events
  uint32_t slot = 0;
  uint32_t generation = 0;
  DatabasePart part = DatabasePart::TCP_CLIENT;
  bool startOfStream = false;  ///< a stream that was in the slot is dropped
  bool endOfStream = false;    ///< after these octets the stream's state is given back
  bool stopsAtMatch = false;   ///< after the stream's first event it is not continued, only ended
  Candidates candidates = Candidates::any();  ///< with startOfStream: no other pattern can match
};

/// A pattern gives one event per stream: at the smallest end offset of any of its matches. One that
/// can match at the end of data, by '$', is a pattern of the data seen so far: it gives its event
/// at the end of the octets of the first request after which it holds.
struct MatchEvent {
  uint64_t endOffset = 0;  ///< octets from the start of the stream to the end of the match
  uint64_t tag = 0;        ///< of the request in which the match ended
  uint32_t slot = 0;
  uint32_t generation = 0;
  uint32_t pattern = 0;  ///< index in SignatureSet::patterns
};

struct PollResult {
  size_t events = 0;             ///< written to the caller's array
  size_t completedRequests = 0;  ///< the oldest so many outstanding requests are done
};

class Matcher {
 public:
  virtual ~Matcher() = default;

  /// Takes the first so many requests as it has room for and gives their number. Requests of one
  /// stream are matched in this order.
  virtual size_t submit(std::span<const ScanRequest> requests) = 0;

  /// Never waits. Events come in the order of their requests; a request counts as completed in the
  /// poll that brings its last event.
  virtual PollResult poll(std::span<MatchEvent> events) = 0;

  /// Octets of state that no stream has now, kept for the next ones; 0 where the engine cannot
  /// tell.
  [[nodiscard]] virtual size_t pooledBytes() const { return 0; }

  /// Whether all that was taken is completed at the next poll: then it is worth asking often.
  [[nodiscard]] virtual bool answersAtOnce() const { return true; }

  /// What waits to be submitted with others goes to the device now.
  virtual void urge() {}

  /// For who cannot go on without results: urges, and waits for some, a millisecond at most.
  virtual void await() { urge(); }

  /// Tags of requests, completed since the last call, whose events may not be all there are.
  virtual void takeIncomplete(std::vector<uint64_t>& tags) { tags.clear(); }

  /// Other than NONE: nothing is taken and nothing completes any more.
  [[nodiscard]] virtual EngineFailure failure() const { return EngineFailure::NONE; }
};

class EngineUse;  // classify/engine_use.h

/// Immutable once created; any thread.
class MatcherDatabase {
 public:
  explicit MatcherDatabase(SignatureSet signatures)
      : signatures_(std::move(signatures)), prefixes_(signatures_) {}
  virtual ~MatcherDatabase() = default;
  MatcherDatabase(const MatcherDatabase&) = delete;
  MatcherDatabase& operator=(const MatcherDatabase&) = delete;

  /// For one lane; `streamSlots` is one more than the largest slot it will use. The matcher must
  /// not outlive the database.
  [[nodiscard]] virtual std::unique_ptr<Matcher> createMatcher(uint32_t streamSlots) const = 0;

  /// Throws SignatureError WEIR_SIGNATURE_TOO_COSTLY for the first pattern that a sender could keep
  /// this engine busy with, which it measures; sets that passed are noted in the cache.
  /// An engine that has bounds of its own refuses nothing here.
  virtual void refuseCostly(const DatabaseCache&) const {}

  /// Which engines there are and which of them are at work; null where there is only one.
  [[nodiscard]] virtual const EngineUse* use() const { return nullptr; }

  /// Octets of matching state that one stream of this part costs; 0 where the engine cannot tell.
  [[nodiscard]] virtual size_t streamStateBytes(DatabasePart) const { return 0; }

  [[nodiscard]] const SignatureSet& signatures() const { return signatures_; }

  /// Which streams need not be submitted: no pattern of the set can match them, by any engine.
  [[nodiscard]] const PrefixFilter& prefixes() const { return prefixes_; }

 private:
  SignatureSet signatures_;
  PrefixFilter prefixes_;
};

/// A signature that no engine can take, or that the chosen one cannot.
class SignatureError : public CodedError {
 public:
  static constexpr uint32_t NO_OFFSET = UINT32_MAX;

  struct Details {
    std::string source;  ///< Pattern::source
    std::string regex;
    std::string message;          ///< the compiler's, and what to do where it is not obvious
    uint32_t offset = NO_OFFSET;  ///< in the regex, octets, where the compiler tells
  };

  /// Codes: WEIR_SIGNATURE_REGEX_INVALID, …_EMPTY_MATCH; by a device …_REFUSED; see
  /// `refuseCostly`, too.
  SignatureError(const char* code, Details details);
  [[nodiscard]] const Details& details() const { return details_; }

 private:
  Details details_;
};

/// With one engine alone, HYPERSCAN, EMULATOR or NONE, that takes all patterns itself. Throws
/// SignatureError for the first pattern that does not compile. Takes up to seconds for large sets,
/// unless the cache holds them compiled. See classify/engine_order.h for several engines.
std::shared_ptr<const MatcherDatabase> createMatcherDatabase(Engine engine, SignatureSet signatures,
                                                             const DatabaseCache& cache = {});

}  // namespace weir
