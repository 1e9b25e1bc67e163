// SPDX-License-Identifier: Apache-2.0
// A lane's matcher over an order of engines. It keeps what it was given of streams that are not
// over; when the engine at work fails, or a better one is offered again, the other is given all of
// it again, so that no request and no event is lost and none comes twice. What a device cuts short
// is matched again beside it.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "classify/device_watch.h"
#include "classify/engine_order.h"
#include "classify/request_again.h"
#include "classify/stream_journal.h"

namespace weir {

/// Takes requests as long as there is room, whatever becomes of the engines; without any left,
/// requests complete without events.
class FailoverMatcher final : public Matcher {
 public:
  FailoverMatcher(const EngineOrder& order, std::shared_ptr<StandbyMatchers> standby);
  ~FailoverMatcher() override;
  FailoverMatcher(const FailoverMatcher&) = delete;
  FailoverMatcher& operator=(const FailoverMatcher&) = delete;

  size_t submit(std::span<const ScanRequest> requests) override;
  PollResult poll(std::span<MatchEvent> events) override;
  [[nodiscard]] bool answersAtOnce() const override { return !mayFail_ && !isCatchingUp_; }
  void urge() override;
  void await() override;
  [[nodiscard]] size_t pooledBytes() const override {
    return engine_.matcher ? engine_.matcher->pooledBytes() : 0;
  }

 private:
  using Clock = DeviceWatch::Clock;

  /// Taken and not completed: more than come while a device hangs, until it is overdue. Their
  /// octets are bounded by the journal.
  static constexpr size_t REQUESTS_MAX = size_t{1} << 20;
  static constexpr size_t NO_RANK = SIZE_MAX;

  /// What an engine that has taken over is given in one call of what others were given before:
  /// packets are counted between these pieces.
  static constexpr size_t CATCH_UP_OCTETS = size_t{128} << 10;

  /// A request in the order of submission; its number is the engine's tag.
  struct Request {
    uint64_t tag = 0;                 ///< the caller's
    DeviceWatch::Duration askedAt{};  ///< of the watch's time
    uint32_t stream = StreamJournal::NONE;
    uint32_t begin = 0;  ///< of its octets in the stream
    uint32_t end = 0;
    bool isStart = false;
    bool isEnd = false;
    bool stopsAtMatch = false;
    bool isRepeat = false;  ///< what a former engine has answered already
    bool isDone = false;
    bool isCut = false;  ///< its events may not be all there are

    [[nodiscard]] bool hasOctets() const { return begin != end; }
  };

  [[nodiscard]] bool hasRoomFor(const ScanRequest& request) const;
  void note(const ScanRequest& request);
  [[nodiscard]] bool needsNoEngine(const Request& request);
  [[nodiscard]] ScanRequest describe(uint64_t number);
  void feed(size_t octetsMax);
  [[nodiscard]] size_t octetsToFeed(size_t fresh) const;
  void pump();
  void pollEngine();
  void takeResults(size_t completed);
  void tell(const Request& request, const MatchEvent& event);
  void finish(Request& request);
  void dropFinished();
  void redo(const Request& request);
  void judgeAnswer(const Request& request);
  [[nodiscard]] EngineFailure judge();
  [[nodiscard]] bool leavePoor();

  void enter(size_t firstRank);
  [[nodiscard]] bool take(size_t rank);
  [[nodiscard]] bool mayComeBack() const;
  void comeBack();
  void leaveEngine();
  void moveOn(EngineFailure failure);
  void refeed();
  void dropRepeats();
  void goWithout();
  void publishBytes();

  Request& at(uint64_t number) { return requests_[number - first_]; }

  const EngineOrder& order_;
  const EngineUse& use_;
  const std::shared_ptr<EngineTotals> totals_;
  const std::shared_ptr<StandbyMatchers> standby_;
  size_t rank_ = NO_RANK;  ///< of the engine at work; the number of them: none is left
  uint64_t seenOffers_ = 0;
  bool mayFail_ = false;    ///< the engine at work is a device
  bool mayBeLeft_ = false;  ///< for another: what it has answered is kept
  LaneEngine engine_;       ///< none: none is left
  RequestAgain again_;

  StreamJournal journal_;
  uint64_t publishedBytes_ = 0;
  std::deque<Request> requests_;
  uint64_t first_ = uint64_t{1} << 40;  ///< number of requests_.front(); repeats go before it
  size_t repeats_ = 0;                  ///< of requests_, all at its front
  uint64_t unfed_ = first_;             ///< number of the first that the engine was not given
  bool isCatchingUp_ = false;           ///< with what engines before were given
  std::deque<uint64_t> inEngine_;
  DeviceWatch watch_;

  std::vector<ScanRequest> batch_;
  std::vector<uint64_t> batchNumbers_;
  std::array<MatchEvent, 256> polled_{};
  std::vector<MatchEvent> fresh_;  ///< of the engine, by number
  std::vector<uint64_t> cut_;
  std::vector<MatchEvent> events_;  ///< not yet polled from `reported_` on
  size_t reported_ = 0;
  size_t completed_ = 0;
};

}  // namespace weir
