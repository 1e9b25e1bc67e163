// SPDX-License-Identifier: Apache-2.0
#include "classify/scan_queue.h"

namespace weir {

void ScanQueue::add(ScanRequest request, const ScanPacket& packet, uint32_t block) {
  request.tag = nextTag_++;
  batch_.push_back(request);
  batchPackets_.push_back(packet);
  if (block != SegmentPool::NO_BLOCK) batchBlocks_.push_back(block);
}

void ScanQueue::close(const ScanOwner& owner, DatabasePart part) {
  add({.slot = owner.slot, .generation = owner.generation, .part = part, .endOfStream = true}, {},
      SegmentPool::NO_BLOCK);
}

void ScanQueue::flush(ScanReceiver& receiver) {
  if (!batch_.empty()) submitAll(receiver);
  if (pendingHead_ != pending_.size()) collect(receiver);
  while ((pendingHead_ != pending_.size() || !batch_.empty()) && mayWait()) {
    matcher_->await();
    collect(receiver);
    if (!batch_.empty()) submitAll(receiver);  // verdicts close streams
  }
}

void ScanQueue::catchUp(ScanReceiver& receiver) {
  if (matcher_->answersAtOnce() || mayWait()) flush(receiver);
}

void ScanQueue::flushNow(ScanReceiver& receiver) {
  flush(receiver);
  if (pendingHead_ == pending_.size()) return;
  matcher_->urge();
  collect(receiver);
}

/// Verdicts free slots, which appends closing requests to the batch: so it may grow while it is
/// submitted.
void ScanQueue::submitAll(ScanReceiver& receiver) {
  size_t offered = 0;
  while (offered < batch_.size()) {
    const size_t accepted = matcher_->submit(std::span(batch_).subspan(offered));
    for (size_t i = offered; i < offered + accepted; ++i) {
      const ScanRequest& taken = batch_[i];
      pending_.push_back({taken.tag, {taken.slot, taken.generation}, batchPackets_[i]});
    }
    offered += accepted;
    const size_t waiting = pending_.size() - pendingHead_;
    collect(receiver);
    const bool isStuck = accepted == 0 && waiting == pending_.size() - pendingHead_;
    if (!isStuck) continue;
    if (!mayWait()) break;
    matcher_->await();
  }
  refuseFrom(offered, receiver);
  carryFrom(offered);
  for (const uint32_t block : batchBlocks_) segments_.giveBack(block);
  batchBlocks_.clear();
}

void ScanQueue::refuseFrom(size_t offered, ScanReceiver& receiver) {
  for (size_t i = offered; i < batch_.size(); ++i) {
    const ScanRequest& request = batch_[i];
    if (request.bytes.empty()) continue;
    const ScanOwner owner{request.slot, request.generation};
    receiver.refused(owner, request.startOfStream ? StreamPlace::START : StreamPlace::LATER);
  }
}

/// A stream's end is not lost: until it is told, the matcher keeps its state.
void ScanQueue::carryFrom(size_t offered) {
  carried_ = 0;
  for (size_t i = offered; i < batch_.size(); ++i) {
    if (batch_[i].bytes.empty()) batch_[carried_++] = batch_[i];
  }
  batch_.resize(carried_);
  batchPackets_.assign(carried_, {});
}

void ScanQueue::collect(ScanReceiver& receiver) {
  PollResult result;
  do {
    result = matcher_->poll(polled_);
    events_.insert(events_.end(), polled_.begin(),
                   polled_.begin() + static_cast<ptrdiff_t>(result.events));
    for (size_t i = 0; i < result.completedRequests; ++i) {
      const Pending request = pending_[pendingHead_++];
      complete(request, receiver);
    }
  } while (result.events == polled_.size());
  dropHandedOut();
}

/// A device need never have answered all: what was handed out goes when it is most of it.
void ScanQueue::dropHandedOut() {
  if (pendingHead_ > pending_.size() / 2) {
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(pendingHead_));
    pendingHead_ = 0;
  }
  if (eventHead_ > events_.size() / 2) {
    events_.erase(events_.begin(), events_.begin() + static_cast<ptrdiff_t>(eventHead_));
    eventHead_ = 0;
  }
}

void ScanQueue::complete(const Pending& request, ScanReceiver& receiver) {
  uint32_t best = VerdictRules::NO_PATTERN;
  for (; eventHead_ < events_.size() && events_[eventHead_].tag == request.tag; ++eventHead_) {
    const uint32_t pattern = events_[eventHead_].pattern;
    if (rules_.applies(pattern, request.packet.datagramBytes)) best = rules_.better(best, pattern);
  }
  receiver.scanned(request.owner, {best, request.packet.flowPackets});
}

}  // namespace weir
