// SPDX-License-Identifier: Apache-2.0
#include "export/stream_sender.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace weir {

namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t STEP_NS = 10'000'000;
constexpr int64_t FIRST_BACKOFF_NS = SECOND_NS;
constexpr int64_t LAST_BACKOFF_NS = 30 * SECOND_NS;
/// For connecting and the TLS handshake together.
constexpr int64_t ATTEMPT_LIMIT_NS = 10 * SECOND_NS;
/// So much is worth a system call before its time.
constexpr size_t DRAIN_OCTETS = 64 * 1024;

int64_t monotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * SECOND_NS + now.tv_nsec;
}

}  // namespace

StreamSender::StreamSender(AddressLookup lookup, SendMode mode, const StreamOptions& options,
                           ChannelFactory connect)
    : lookup_(std::move(lookup)),
      mode_(mode),
      connect_(std::move(connect)),
      queue_(std::max(options.bufferBytes, STREAM_MESSAGE_BYTES)),
      backoffNs_(FIRST_BACKOFF_NS) {}

void StreamSender::open() {
  addresses_ = lookup_.wait();
  progressedNs_ = monotonicNs();
  connectNext(progressedNs_);
}

void StreamSender::prepare() {
  if (!isSessionOver_) return;
  isSessionOver_ = false;
  ++session_;
}

void StreamSender::send(std::span<const uint8_t> message, const MessageContents& contents) {
  if (isSessionOver_) return noteFailed(contents, FailureReason::CONNECTION_LOST);
  if (message.size() > STREAM_MESSAGE_BYTES) return noteFailed(contents, FailureReason::TOO_LONG);
  if (!queue_.hasRoomFor(message.size()) && !waitForRoom(message.size())) {
    return noteFailed(contents, isSessionOver_    ? FailureReason::CONNECTION_LOST
                                : isEstablished() ? FailureReason::BUFFER_FULL
                                                  : FailureReason::NOT_CONNECTED);
  }
  queue_.push(message, contents);
  if (queue_.waitingOctets() >= DRAIN_OCTETS) tick(0);
}

void StreamSender::tick(int64_t /*nowNs*/) {
  const int64_t nowNs = monotonicNs();
  if (nowNs >= stepDueNs_) step(nowNs);
}

void StreamSender::flush() { step(monotonicNs()); }

/// One round of everything that can be done without waiting.
void StreamSender::step(int64_t nowNs) {
  stepDueNs_ = nowNs + STEP_NS;
  if (!channel_) {
    if (nowNs < retryAtNs_) return;
    connectNext(nowNs);
  }
  const bool wasEstablished = isEstablished();
  channel_->advance();
  if (isEstablished()) {
    if (!wasEstablished) noteEstablished(nowNs);
    channel_->listen();
    drain();
  }
  const bool isOverdue = channel_->state() == StreamChannel::State::ESTABLISHING &&
                         nowNs - attemptedNs_ >= ATTEMPT_LIMIT_NS;
  if (isOverdue || channel_->state() == StreamChannel::State::LOST) noteLost(nowNs);
}

void StreamSender::connectNext(int64_t nowNs) {
  if (nextAddress_ == 0) {
    if (auto addresses = lookup_.take()) addresses_ = std::move(*addresses);
  }
  channel_ = connect_(addresses_[nextAddress_]);
  nextAddress_ = (nextAddress_ + 1) % addresses_.size();
  attemptedNs_ = nowNs;
  if (isEstablished()) noteEstablished(nowNs);
}

void StreamSender::noteEstablished(int64_t nowNs) {
  ++counters_.sessions;
  counters_.connected = 1;
  establishedNs_ = progressedNs_ = nowNs;
  isWaitingGivenUp_ = false;
}

void StreamSender::noteLost(int64_t nowNs) {
  const bool wasLost = channel_->state() == StreamChannel::State::LOST;
  noteFailure(wasLost ? channel_->failure() : SendFailure::system(ETIMEDOUT));
  settleAcknowledged();
  if (counters_.connected != 0 && nowNs - establishedNs_ >= LAST_BACKOFF_NS) {
    backoffNs_ = FIRST_BACKOFF_NS;
  }
  counters_.connected = 0;
  channel_.reset();
  if (queue_.takenOctets() != 0) {
    failAll(FailureReason::CONNECTION_LOST);
    isSessionOver_ = true;
  }
  // The other addresses of the name come first, without a pause.
  retryAtNs_ = nowNs;
  if (nextAddress_ != 0) return;
  lookup_.begin();
  retryAtNs_ += backoffNs_;
  backoffNs_ = std::min(2 * backoffNs_, LAST_BACKOFF_NS);
}

void StreamSender::drain() {
  while (queue_.waitingOctets() != 0) {
    const size_t taken = channel_->write(queue_.front());
    if (taken == 0) break;
    queue_.take(taken);
    progressedNs_ = monotonicNs();
    isWaitingGivenUp_ = false;
  }
  settleAcknowledged();
}

void StreamSender::settleAcknowledged() {
  if (queue_.isEmpty()) return;
  queue_.settleUpTo(channel_->acknowledgedOctets(), [this](const OutboundQueue::Message& message) {
    noteSent(message.octets, message.contents);
  });
}

void StreamSender::failAll(FailureReason reason) {
  queue_.settleUpTo(UINT64_MAX, [this, reason](const OutboundQueue::Message& message) {
    noteFailed(message.contents, reason);
  });
  queue_.clear();
}

bool StreamSender::mayWait() const {
  return mode_.load(std::memory_order_relaxed) == SendMode::WAIT;
}

bool StreamSender::isEstablished() const {
  return channel_ && channel_->state() == StreamChannel::State::ESTABLISHED;
}

/// False when the message cannot be taken: a live capture goes on, and who reads a file has waited
/// for a collector that takes nothing.
bool StreamSender::waitForRoom(size_t octets) {
  if (!mayWait()) {
    tick(0);
  } else {
    while (!queue_.hasRoomFor(octets) && !isSessionOver_ && !isWaitingGivenUp_ && mayWait()) {
      waitAndStep();
      isWaitingGivenUp_ = monotonicNs() - progressedNs_ >= STALL_LIMIT_NS;
    }
  }
  return !isSessionOver_ && queue_.hasRoomFor(octets);
}

void StreamSender::waitAndStep() {
  pollfd waiting{-1, 0, 0};
  if (channel_) {
    waiting.fd = channel_->fd();
    const bool isBlocked = isEstablished() && queue_.waitingOctets() != 0;
    waiting.events = static_cast<short>(channel_->advanceEvents() | (isBlocked ? POLLOUT : 0));
  }
  poll(&waiting, 1, static_cast<int>(STEP_NS / 1'000'000));
  step(monotonicNs());
}

bool StreamSender::canStillArrive(int64_t deadlineNs) const {
  return channel_ ? true : !isSessionOver_ && retryAtNs_ < deadlineNs;
}

void StreamSender::close() {
  const auto deadlineNs = [this, closedNs = monotonicNs()] {
    return mayWait() ? progressedNs_ + STALL_LIMIT_NS : closedNs + CLOSE_LIMIT_NS;
  };
  step(monotonicNs());
  while (!queue_.isEmpty() && canStillArrive(deadlineNs()) && monotonicNs() < deadlineNs()) {
    waitAndStep();
  }
  endSession();
}

/// What has failed by the books must not arrive later after all.
void StreamSender::endSession() {
  const bool wasEstablished = isEstablished();
  if (channel_ && queue_.isEmpty()) channel_->finish();
  if (channel_ && !queue_.isEmpty()) channel_->abandon();
  failAll(wasEstablished ? FailureReason::BUFFER_FULL : FailureReason::NOT_CONNECTED);
  isSessionOver_ = true;
  channel_.reset();
  counters_.connected = 0;
}

}  // namespace weir
