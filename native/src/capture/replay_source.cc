// SPDX-License-Identifier: Apache-2.0
#include "capture/replay_source.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "capture/capture_error.h"

namespace weir {
namespace {

constexpr int64_t LONGEST_WAIT_NS = 100'000'000;

template <typename Clock>
int64_t readNs() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

void ReplaySource::open() {
  if (!(std::isfinite(options_.speed) && options_.speed > 0))
    throw CaptureError(capture_code::BAD_OPTIONS,
                       "the replay speed must be positive; 1 is the capture's own pace");
  file_.open();
  if (options_.lane.count > 1 && !file_.shareable())
    throw CaptureError(capture_code::NOT_SHAREABLE,
                       "a pipe can be read by one lane only; use one lane, or save it to a file");
  if (options_.end == ReplayEnd::LOOP && !file_.shareable())
    throw CaptureError(capture_code::NOT_SHAREABLE,
                       "a pipe can be played once only; save it to a file, or do not loop");
  wallOffsetNs_ = readNs<std::chrono::system_clock>() - readNs<std::chrono::steady_clock>();
  passStartNs_ = clockNs();
}

int64_t ReplaySource::clockNs() const {
  // Not the system clock itself: when that is set, the replay must neither stall nor hurry.
  return readNs<std::chrono::steady_clock>() + wallOffsetNs_;
}

size_t ReplaySource::receive(std::span<PacketView> batch) {
  int64_t nowNs = clockNs();
  size_t count = takeDue(batch, nowNs);
  if (count > 0 || finished_) return count;
  std::this_thread::sleep_for(std::chrono::nanoseconds(waitNs(nowNs)));
  nowNs = clockNs();
  return takeDue(batch, nowNs);
}

size_t ReplaySource::takeDue(std::span<PacketView> batch, int64_t nowNs) {
  size_t count = 0;
  while (count < batch.size() && !finished_) {
    if (aheadNext_ == aheadCount_) {
      if (count > 0) break;  // reading on could take their octets away
      if (!readAhead() && (!file_.ended() || !nextPass(nowNs))) break;
      continue;
    }
    const PacketView& next = ahead_[aheadNext_];
    const int64_t playNs = playTimeNs(next.timestampNs);
    if (playNs > nowNs) break;
    batch[count] = next;
    batch[count].timestampNs = playNs;
    ++count;
    ++aheadNext_;
  }
  return count;
}

bool ReplaySource::readAhead() {
  aheadNext_ = 0;
  aheadCount_ = 0;
  while (aheadCount_ == 0) {
    const size_t count = file_.read(ahead_);
    if (count == 0) return false;
    if (!passOriginKnown_)
      passOriginNs_ = ahead_[0].timestampNs;  // of all lanes: they stay in step
    passOriginKnown_ = true;
    const auto end = ahead_.begin() + static_cast<ptrdiff_t>(count);
    const auto isOfNoUse = [this](PacketView& view) { return !concerns(view); };
    aheadCount_ =
        static_cast<size_t>(std::remove_if(ahead_.begin(), end, isOfNoUse) - ahead_.begin());
  }
  return true;
}

/// Whether the lane counts or overhears the frame; marks it as what it is.
bool ReplaySource::concerns(PacketView& view) const {
  const LaneChoice choice = chooseLane(view, options_.lane.count);
  view.isOverheard = choice.lane != options_.lane.index;
  return !view.isOverheard || choice.audience == Audience::ALL_LANES;
}

bool ReplaySource::nextPass(int64_t nowNs) {
  if (passesDone_ == 0) firstPassCounters_ = file_.counters();
  // A file without frames would loop without an end.
  if (options_.end == ReplayEnd::FINISH || !passOriginKnown_) {
    ++passesDone_;
    finished_ = true;
    return false;
  }
  const int64_t startNs = playTimeNs(file_.clockNs()) + std::max<int64_t>(options_.loopGapNs, 0);
  if (startNs > nowNs) {
    resumeNs_ = startNs;
    return false;
  }
  ++passesDone_;
  file_.rewind();
  passStartNs_ = startNs;
  passOriginKnown_ = false;
  return true;
}

int64_t ReplaySource::playTimeNs(int64_t fileTimeNs) const {
  const int64_t sinceOriginNs = fileTimeNs - passOriginNs_;
  if (options_.speed == 1.0) return passStartNs_ + sinceOriginNs;
  return passStartNs_ + std::llround(static_cast<double>(sinceOriginNs) / options_.speed);
}

int64_t ReplaySource::waitNs(int64_t nowNs) const {
  const int64_t dueNs =
      aheadNext_ < aheadCount_ ? playTimeNs(ahead_[aheadNext_].timestampNs) : resumeNs_;
  return std::clamp<int64_t>(dueNs - nowNs, 0, LONGEST_WAIT_NS);
}

CaptureCounters ReplaySource::counters() {
  if (options_.lane.index != 0) return {};  // the file's defects are counted by one lane
  return passesDone_ == 0 ? file_.counters() : firstPassCounters_;
}

}  // namespace weir
