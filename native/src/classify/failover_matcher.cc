// SPDX-License-Identifier: Apache-2.0
#include "classify/failover_matcher.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

constexpr size_t FED_AT_ONCE = 64;

/// What it takes to begin a stream and to hand a request on, in octets that are matched meanwhile.
constexpr size_t REQUEST_COST_OCTETS = 1024;

/// What waits to be submitted with others is not the device's delay.
std::chrono::nanoseconds deadlineOf(const EngineOptions& options) {
  return std::chrono::nanoseconds(options.deadlineNs + options.device.gatherNs);
}

}  // namespace

FailoverMatcher::FailoverMatcher(const EngineOrder& order, std::shared_ptr<StandbyMatchers> standby)
    : order_(order),
      use_(*order.use()),
      totals_(use_.totals()),
      standby_(std::move(standby)),
      seenOffers_(order.offers()),
      again_(order.software()),
      journal_(standby_->streamSlots(), order.options().journalBytesMax),
      watch_(deadlineOf(order.options()), Clock::now()) {
  enter(0);
}

FailoverMatcher::~FailoverMatcher() {
  totals_->journalBytes -= publishedBytes_;
  if (engine_.matcher) use_.leave(rank_);
}

size_t FailoverMatcher::submit(std::span<const ScanRequest> requests) {
  if (requests_.empty()) watch_.rest(Clock::now());
  size_t taken = 0;
  size_t octets = 0;
  for (const ScanRequest& request : requests) {
    if (!hasRoomFor(request)) {
      watch_.noteRefusal();
      break;
    }
    note(request);
    octets += request.bytes.size() + REQUEST_COST_OCTETS;
    ++taken;
  }
  feed(octetsToFeed(octets));
  return taken;
}

/// There are no more ends than streams that are open.
bool FailoverMatcher::hasRoomFor(const ScanRequest& request) const {
  if (request.bytes.empty()) return true;
  return requests_.size() - repeats_ < REQUESTS_MAX && journal_.hasRoomFor(request.bytes.size());
}

void FailoverMatcher::note(const ScanRequest& request) {
  Request& noted = requests_.emplace_back();
  noted.tag = request.tag;
  noted.askedAt = watch_.time();
  noted.stream = journal_.add(request);
  noted.isStart = request.startOfStream;
  noted.isEnd = request.endOfStream;
  noted.stopsAtMatch = request.stopsAtMatch;
  if (noted.stream == StreamJournal::NONE) {
    noted.isDone = true;
    return;
  }
  const JournaledStream& stream = journal_[noted.stream];
  noted.end = stream.end();
  noted.begin = noted.end - static_cast<uint32_t>(request.bytes.size());
}

/// One of a stream in which nothing is to be found any more goes to the engine to end it there.
bool FailoverMatcher::needsNoEngine(const Request& request) {
  if (request.isDone || !engine_.matcher) return true;
  const JournaledStream& stream = journal_[request.stream];
  return stream.isOver && !(request.isEnd && stream.isInEngine);
}

ScanRequest FailoverMatcher::describe(uint64_t number) {
  const Request& request = at(number);
  const JournaledStream& stream = journal_[request.stream];
  return {
      .bytes = stream.isOver ? std::span<const uint8_t>() : stream.from(request.begin, request.end),
      .tag = number,
      .slot = stream.slot,
      .generation = stream.generation,
      .part = stream.part,
      .startOfStream = request.isStart,
      .endOfStream = request.isEnd,
      .stopsAtMatch = request.stopsAtMatch,
      .candidates = stream.candidates};
}

/// `fresh`: of requests that came just now; what waits does not grow while the engine catches up.
size_t FailoverMatcher::octetsToFeed(size_t fresh) const {
  return isCatchingUp_ ? fresh + CATCH_UP_OCTETS : SIZE_MAX;
}

/// Gives the engine what it has not had yet and has room for.
void FailoverMatcher::feed(size_t octetsMax) {
  const uint64_t end = first_ + requests_.size();
  size_t octets = 0;
  while (unfed_ < end && octets < octetsMax) {
    batch_.clear();
    batchNumbers_.clear();
    uint64_t next = unfed_;
    for (; next < end && batch_.size() < FED_AT_ONCE && octets < octetsMax; ++next) {
      Request& request = at(next);
      if (needsNoEngine(request)) {
        if (batch_.empty()) ++unfed_;
        if (!request.isDone) {
          if (!engine_.matcher && request.hasOctets()) ++totals_->unmatchedRequests;
          finish(request);
        }
        continue;
      }
      journal_[request.stream].isInEngine = true;
      batch_.push_back(describe(next));
      octets += batch_.back().bytes.size() + REQUEST_COST_OCTETS;
      batchNumbers_.push_back(next);
    }
    if (batch_.empty()) continue;
    const size_t taken = engine_.matcher->submit(batch_);
    inEngine_.insert(inEngine_.end(), batchNumbers_.begin(),
                     batchNumbers_.begin() + static_cast<ptrdiff_t>(taken));
    if (taken < batch_.size()) {
      unfed_ = batchNumbers_[taken];
      return;
    }
    unfed_ = next;
  }
  if (unfed_ == end) isCatchingUp_ = false;
}

PollResult FailoverMatcher::poll(std::span<MatchEvent> events) {
  if (reported_ == events_.size()) pump();
  const size_t count = std::min(events.size(), events_.size() - reported_);
  std::copy_n(events_.begin() + static_cast<ptrdiff_t>(reported_), count, events.begin());
  reported_ += count;
  if (reported_ < events_.size()) return {count, 0};
  return {count, std::exchange(completed_, 0)};
}

void FailoverMatcher::pump() {
  events_.clear();
  reported_ = 0;
  feed(octetsToFeed(0));
  pollEngine();
  while (engine_.matcher) {
    const EngineFailure failure = judge();
    if (failure == EngineFailure::NONE && !leavePoor()) break;
    if (failure != EngineFailure::NONE) moveOn(failure);
    feed(octetsToFeed(0));
    pollEngine();
  }
  dropFinished();
  if (order_.offers() != seenOffers_) comeBack();
  publishBytes();
}

void FailoverMatcher::pollEngine() {
  if (!engine_.matcher) return;
  fresh_.clear();
  size_t completed = 0;
  PollResult result;
  do {
    result = engine_.matcher->poll(polled_);
    fresh_.insert(fresh_.end(), polled_.begin(),
                  polled_.begin() + static_cast<ptrdiff_t>(result.events));
    completed += result.completedRequests;
  } while (result.events == polled_.size());
  engine_.matcher->takeIncomplete(cut_);
  for (const uint64_t number : cut_) at(number).isCut = true;
  takeResults(completed);
}

/// Events come in the order of their requests, and so do completions.
void FailoverMatcher::takeResults(size_t completed) {
  size_t next = 0;
  const auto tellEventsOf = [&](uint64_t number) {
    for (; next < fresh_.size() && fresh_[next].tag == number; ++next)
      tell(at(number), fresh_[next]);
  };
  if (completed != 0) watch_.noteAnswers();
  for (; completed > 0; --completed) {
    const uint64_t number = inEngine_.front();
    inEngine_.pop_front();
    tellEventsOf(number);
    Request& request = at(number);
    judgeAnswer(request);
    if (request.isCut) redo(request);
    finish(request);
  }
  while (next < fresh_.size()) tellEventsOf(fresh_[next].tag);
}

void FailoverMatcher::tell(const Request& request, const MatchEvent& event) {
  JournaledStream& stream = journal_[request.stream];
  if (request.isRepeat || stream.isOver) return;
  const auto end = stream.told.end();
  if (std::find(stream.told.begin(), end, event.pattern) != end) return;
  stream.told.push_back(event.pattern);
  events_.push_back({event.endOffset, request.tag, stream.slot, stream.generation, event.pattern});
}

void FailoverMatcher::redo(const Request& request) {
  const JournaledStream& stream = journal_[request.stream];
  if (request.isRepeat || stream.isOver) return;
  if (!again_.isPossible() || !stream.isKeptWhole()) {
    ++totals_->cutRequests;
    return;
  }
  ++totals_->redoneRequests;
  for (const MatchEvent& event :
       again_.match(stream.from(0, request.end), request.begin, stream.part))
    tell(request, event);
}

void FailoverMatcher::finish(Request& request) {
  request.isDone = true;
  JournaledStream& stream = journal_[request.stream];
  if (request.stopsAtMatch && !stream.told.empty()) stream.isOver = true;
  const bool isKept =
      !stream.isOver && (stream.outstanding > 1 || (mayBeLeft_ && journal_.keepsAnswered()));
  if (!isKept) journal_.dropOctets(stream);
  journal_.answer(request.stream, request.end);
}

void FailoverMatcher::dropFinished() {
  for (; !requests_.empty() && requests_.front().isDone; ++first_) {
    if (requests_.front().isRepeat) {
      --repeats_;
    } else {
      ++completed_;
    }
    requests_.pop_front();
  }
  unfed_ = std::max(unfed_, first_);
}

/// One without octets, or of a stream that is over, asks for nothing.
void FailoverMatcher::judgeAnswer(const Request& request) {
  if (!request.hasOctets() || journal_[request.stream].isOver) return;
  if (request.isCut) {
    watch_.noteCut();
  } else {
    watch_.noteWhole();
  }
}

/// Whether the engine has failed, for which it is left whatever comes after it.
EngineFailure FailoverMatcher::judge() {
  const EngineFailure failure = engine_.matcher->failure();
  if (failure != EngineFailure::NONE || !mayFail_) return failure;
  const bool isWaiting = !inEngine_.empty() || unfed_ < first_ + requests_.size();
  if (isWaiting) {
    watch_.look(Clock::now());
  } else {
    watch_.rest(Clock::now());
  }
  return watch_.isStuck() ? EngineFailure::STUCK : EngineFailure::NONE;
}

void FailoverMatcher::urge() {
  feed(octetsToFeed(0));
  if (engine_.matcher) engine_.matcher->urge();
}

void FailoverMatcher::await() {
  feed(SIZE_MAX);
  if (engine_.matcher) engine_.matcher->await();
}

void FailoverMatcher::publishBytes() {
  const uint64_t bytes = journal_.bytes() + requests_.size() * sizeof(Request);
  if (bytes == publishedBytes_) return;
  totals_->journalBytes += bytes - publishedBytes_;  // wraps where it shrinks
  publishedBytes_ = bytes;
}

}  // namespace weir
