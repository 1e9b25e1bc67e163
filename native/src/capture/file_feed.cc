// SPDX-License-Identifier: Apache-2.0
#include "capture/file_feed.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "capture/lane_partition.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds LONGEST_WAIT{100};
/// Reading a block takes less than half of it, and to be woken takes as long as that.
constexpr std::chrono::microseconds LONGEST_SPIN{100};
constexpr uint64_t LEFT = std::numeric_limits<uint64_t>::max();

}  // namespace

void FeedBlock::clear() {
  for (auto& frames : frames_) frames.clear();
  ends_.clear();
  clocks_.clear();
}

void FeedBlock::add(std::span<const PacketView> views, int64_t clockNs) {
  const auto lanes = static_cast<uint32_t>(frames_.size());
  for (const PacketView& view : views) {
    const LaneChoice choice = chooseLane(view, lanes);
    frames_[choice.lane].push_back(view);
    ++open_[choice.lane];
    if (choice.audience == Audience::ALL_LANES) [[unlikely]]
      addOverheard(view, choice.lane);
  }
  clockNs_ = clockNs;
  if (*std::max_element(open_.begin(), open_.end()) > PORTION_FRAMES - READ_FRAMES) close();
}

/// For all lanes but the frame's own. Each has it between the same frames as in the file.
void FeedBlock::addOverheard(PacketView view, uint32_t ownLane) {
  view.isOverheard = true;
  for (uint32_t lane = 0; lane < frames_.size(); ++lane) {
    if (lane == ownLane) continue;
    frames_[lane].push_back(view);
    ++open_[lane];
  }
}

void FeedBlock::close() {
  const auto isEmpty = [](uint32_t frames) { return frames == 0; };
  if (std::all_of(open_.begin(), open_.end(), isEmpty)) return;
  for (const auto& frames : frames_) ends_.push_back(static_cast<uint32_t>(frames.size()));
  clocks_.push_back(clockNs_);
  std::fill(open_.begin(), open_.end(), 0);
}

std::span<const PacketView> FeedBlock::portion(size_t index, uint32_t lane) const {
  const size_t lanes = frames_.size();
  const uint32_t begin = index == 0 ? 0 : ends_[(index - 1) * lanes + lane];
  return {frames_[lane].data() + begin, frames_[lane].data() + ends_[index * lanes + lane]};
}

FileFeed::FileFeed(std::string path, uint32_t lanes)
    : file_(std::move(path)), blocks_(BLOCKS, FeedBlock(lanes)), wanted_(lanes, 0) {}

void FileFeed::open() {
  if (isOpen_) return;
  file_.open();
  // What a pipe has already given must not wait for more.
  ahead_ = file_.shareable() ? BLOCKS_AHEAD : 0;
  isOpen_ = true;
}

/// Yields, so that a lane that shares its core with the one that reads does not hold it up.
void FileFeed::spin(uint64_t number) const {
  const auto until = std::chrono::steady_clock::now() + LONGEST_SPIN;
  while (published_.load(std::memory_order_relaxed) <= number &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
}

const FeedBlock* FileFeed::take(uint32_t lane, uint64_t number) {
  std::unique_lock lock(mutex_);
  wanted_[lane] = number;
  changed_.notify_all();
  const auto deadline = std::chrono::steady_clock::now() + LONGEST_WAIT;
  while (read_ <= number && !hasEnded_) {
    if (mayRead()) {
      if (!readBlock(lock)) break;
    } else {
      lock.unlock();
      spin(number);
      lock.lock();
      if (read_ > number || mayRead()) continue;
      if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) break;
    }
  }
  if (number >= read_) return nullptr;
  // Also when this lane had to read its own block: lanes that are level would read by turns and
  // wait for each other for ever.
  if (read_ <= number + ahead_ && mayRead()) readBlock(lock);
  return &blocks_[number % BLOCKS];
}

/// No lane may still be in the block that is overwritten.
bool FileFeed::mayRead() const {
  return !isReading_ && !hasEnded_ &&
         read_ - std::min(read_, *std::min_element(wanted_.begin(), wanted_.end())) < BLOCKS;
}

/// False when there is nothing to read yet.
bool FileFeed::readBlock(std::unique_lock<std::mutex>& lock) {
  isReading_ = true;
  FeedBlock& block = blocks_[read_ % BLOCKS];
  lock.unlock();
  const bool isFilled = fill(block);
  lock.lock();
  isReading_ = false;
  counters_ = file_.counters();
  hasEnded_ = file_.ended();
  if (isFilled) published_.store(++read_, std::memory_order_relaxed);
  changed_.notify_all();
  return isFilled;
}

bool FileFeed::fill(FeedBlock& block) {
  block.clear();
  std::array<PacketView, FeedBlock::READ_FRAMES> views;
  size_t count = file_.read(views, ReadExtent::FURTHER);
  if (count == 0) return false;
  for (; count > 0; count = file_.read(views, ReadExtent::HELD)) {
    block.add({views.data(), count}, file_.clockNs());
  }
  block.close();
  file_.handOver(block.octets());
  return true;
}

void FileFeed::leave(uint32_t lane) {
  const std::lock_guard lock(mutex_);
  wanted_[lane] = LEFT;
  changed_.notify_all();
}

bool FileFeed::isPastEnd(uint64_t number) {
  const std::lock_guard lock(mutex_);
  return hasEnded_ && number >= read_;
}

CaptureCounters FileFeed::counters() {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace weir
