// SPDX-License-Identifier: Apache-2.0
// How a lane's matcher goes from one engine to another.
#include <utility>

#include "classify/failover_matcher.h"

namespace weir {
namespace {

constexpr const char* CUTS_ALL = "ncore: the device finished none of many jobs in a row";

/// In words, where the kind says too little.
const char* reasonOf(EngineFailure failure) {
  return failure == EngineFailure::UNAVAILABLE ? "ncore: a lane's queue has no memory left" : "";
}

}  // namespace

/// A device that has failed may take its time to close its queue: not the lane's.
void FailoverMatcher::leaveEngine() {
  if (!engine_.matcher) return;
  order_.leave(std::move(engine_));
  engine_ = {};
  use_.leave(rank_);
}

/// The first engine from `firstRank` on that has room for this lane.
void FailoverMatcher::enter(size_t firstRank) {
  const size_t ranks = order_.options().order.size();
  for (size_t rank = firstRank; rank < ranks; ++rank) {
    if (take(rank)) return;
  }
  standby_->noteUse(nullptr);
  rank_ = ranks;
  mayFail_ = false;
  mayBeLeft_ = false;
}

/// Leaves the engine at work for that one; false and all is as before when it has no room.
bool FailoverMatcher::take(size_t rank) {
  LaneEngine next = order_.engineFor(*standby_, rank);
  if (!next.matcher) return false;
  leaveEngine();
  engine_ = std::move(next);
  rank_ = rank;
  watch_.begin(Clock::now());
  mayFail_ = isDevice(order_.options().order[rank]);
  mayBeLeft_ = mayFail_ || mayComeBack();
  use_.enter(rank);
  return true;
}

bool FailoverMatcher::mayComeBack() const {
  for (size_t rank = 0; rank < rank_; ++rank) {
    if (!order_.isFinal(rank)) return true;
  }
  return false;
}

/// To the best engine that was offered since it was looked for.
void FailoverMatcher::comeBack() {
  const uint64_t seen = std::exchange(seenOffers_, order_.offers());
  const size_t ranks = rank_;
  for (size_t rank = 0; rank < ranks; ++rank) {
    if (order_.offerOf(rank) <= seen || !take(rank)) continue;
    inEngine_.clear();
    return refeed();
  }
}

/// A device that does little is left for one that does more, and kept where there is none; whether
/// it was left.
bool FailoverMatcher::leavePoor() {
  dropFinished();
  if (!mayFail_) return false;
  const bool isBehind =
      watch_.isBehind(requests_.empty() ? watch_.time() : requests_.front().askedAt);
  if (!isBehind && !watch_.cutsAll()) return false;
  const EngineError error = isBehind ? EngineError(EngineFailure::SLOW, "")
                                     : EngineError(EngineFailure::BROKEN, CUTS_ALL);
  const std::vector<EngineChoice>& choices = order_.options().order;
  const auto poor = engine_.database;
  const size_t poorRank = rank_;
  for (size_t rank = poorRank + 1; rank < choices.size(); ++rank) {
    if (choices[rank].engine == Engine::NONE || !take(rank)) continue;
    order_.noteFailure(poorRank, poor, error);
    inEngine_.clear();
    refeed();
    return true;
  }
  watch_.forgive();
  return false;
}

void FailoverMatcher::moveOn(EngineFailure failure) {
  const bool isOfOrder = order_.noteFailure(rank_, engine_.database, {failure, reasonOf(failure)});
  leaveEngine();
  inEngine_.clear();
  enter(isOfOrder ? rank_ + 1 : rank_);  // else it was opened anew before this lane saw it fail
  if (engine_.matcher) {
    refeed();
  } else {
    goWithout();
  }
}

/// What the engine before has answered of a stream goes ahead of its other requests, and its events
/// are not told again.
void FailoverMatcher::refeed() {
  dropRepeats();
  journal_.forEach([this](uint32_t index, JournaledStream& stream) {
    stream.isInEngine = false;
    if (stream.isOver || !stream.isAnswered) return;
    if (!stream.isKeptWhole()) {
      stream.isOver = true;
      ++totals_->lostStreams;
      return;
    }
    Request repeat{.askedAt = watch_.time(),
                   .stream = index,
                   .end = stream.answered,
                   .isStart = true,
                   .isRepeat = true};
    ++stream.outstanding;
    requests_.push_front(repeat);
    ++repeats_;
    --first_;
    ++totals_->refedStreams;
  });
  unfed_ = first_;
  isCatchingUp_ = true;
  watch_.catchUp();
}

/// Those that the engine before was to catch up with.
void FailoverMatcher::dropRepeats() {
  for (; repeats_ > 0; --repeats_, ++first_) {
    const Request& repeat = requests_.front();
    if (!repeat.isDone) journal_.answer(repeat.stream, repeat.end);
    requests_.pop_front();
  }
}

void FailoverMatcher::goWithout() {
  journal_.forEach([](uint32_t, JournaledStream& stream) { stream.isInEngine = false; });
  for (Request& request : requests_) {
    if (request.isDone) continue;
    if (!request.isRepeat && request.hasOctets()) ++totals_->unmatchedRequests;
    finish(request);
  }
}

}  // namespace weir
