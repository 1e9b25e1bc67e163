// SPDX-License-Identifier: Apache-2.0
#include "collect/lane/intake_lane.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace weir::collect {

namespace {

constexpr uint64_t REQUESTS_KEY = UINT64_MAX;
constexpr uint64_t STREAMS_KEY = UINT64_MAX - 1;
/// Of one socket, before the others have their turn.
constexpr int BATCHES_IN_A_ROW = 8;
/// Room that a batch of datagrams finds in its chunk as a rule.
constexpr size_t BATCH_ROWS = 2048;
constexpr int64_t HOUSEKEEPING_MS = 1000;
constexpr int64_t RELIEF_MS = 200;
constexpr int IDLE_WAIT_MS = 100;
constexpr int STALL_WAIT_MS = 10;
/// `stop` takes what the sockets hold for so long, then counts it.
constexpr int64_t DRAIN_MS = 1500;

int64_t clockMs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

int64_t monotonicMs() { return clockMs(CLOCK_MONOTONIC_COARSE); }
int64_t wallMs() { return clockMs(CLOCK_REALTIME_COARSE); }

}  // namespace

IntakeLane::IntakeLane(const IntakeOptions& options, ChunkPool& pool, ReadyChunks& ready)
    : pool_(pool),
      ready_(ready),
      allowed_(options.streams.allowed),
      path_(options.path, receiveCounters_),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      streams_(options.streams, receiveCounters_) {
  watch(requests_.fd(), REQUESTS_KEY);
  watch(streams_.fd(), STREAMS_KEY);
}

void IntakeLane::watch(int fd, uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void IntakeLane::listen(Fd socket, Transport transport) {
  if (transport != Transport::UDP) {
    streams_.listen(socket.get(), transport);
    listeners_.push_back(std::move(socket));
    return;
  }
  watch(socket.get(), udp_.size());
  const uint32_t drops = kernelDropsOf(socket.get());
  udp_.push_back({std::move(socket), drops});
}

void IntakeLane::stop() {
  isStopping_.store(true, std::memory_order_relaxed);
  requests_.wake();
}

void IntakeLane::run() {
  while (!isStopping_.load(std::memory_order_relaxed)) turn(waitMs());
  drain();
  handOver();
  if (chunk_) {
    pool_.settle(*chunk_);
    pool_.give(std::move(chunk_));
  }
  housekeep(monotonicMs());
}

IntakeLane::Served IntakeLane::turn(int waitMs) {
  std::array<epoll_event, 16> ready;
  const int count = epoll_wait(epoll_.get(), ready.data(), ready.size(), waitMs);
  Served served = Served::NOTHING;
  for (int i = 0; i < count; ++i) {
    if (serveEvent(ready[static_cast<size_t>(i)].data.u64) == Served::SOMETHING)
      served = Served::SOMETHING;
  }
  handOverIfDue();
  const int64_t now = monotonicMs();
  if (now - housekeptMs_ >= HOUSEKEEPING_MS) housekeep(now);
  return served;
}

IntakeLane::Served IntakeLane::serveEvent(uint64_t key) {
  if (key == REQUESTS_KEY) {
    requests_.runAll();
    return Served::NOTHING;
  }
  return key == STREAMS_KEY ? serveStreams() : takeDatagrams(udp_[key]);
}

IntakeLane::Served IntakeLane::takeDatagrams(UdpSocket& socket) {
  Served served = Served::NOTHING;
  for (int i = 0; i < BATCHES_IN_A_ROW && hasChunk(); ++i) {
    const size_t count = batch_.receive(socket.fd.get());
    for (size_t at = 0; at < count; ++at) {
      const DatagramView datagram = batch_[at];
      receiveCounters_.add(ReceiveCount::datagrams);
      receiveCounters_.add(ReceiveCount::octets, datagram.octets.size());
      if (allowed_->allows(datagram.exporterAddress))
        take(datagram);
      else
        receiveCounters_.add(ReceiveCount::exporterNotAllowed);
    }
    path_.completeRows(*chunk_);
    handOverIfDue();
    if (count > 0) served = Served::SOMETHING;
    if (count < DatagramBatch::MOST_DATAGRAMS) break;
  }
  return served;
}

IntakeLane::Served IntakeLane::serveStreams() {
  if (!hasChunk()) return Served::NOTHING;
  const size_t served = streams_.serve([this](const DatagramView& message) { take(message); },
                                       {monotonicMs(), wallMs()});
  path_.completeRows(*chunk_);
  for (const uint64_t session : streams_.takeEnded()) path_.endSession(session);
  return served > 0 ? Served::SOMETHING : Served::NOTHING;
}

void IntakeLane::take(const DatagramView& datagram) { path_.take(datagram, *chunk_); }

/// Without one the lane waits, and takes nothing in: what the kernel has no room for it counts.
bool IntakeLane::hasChunk() {
  if (!chunk_) chunk_ = pool_.take();
  if (!chunk_) stall();
  return chunk_ != nullptr;
}

void IntakeLane::stall() {
  const int64_t began = monotonicMs();
  epoll_event ready{};
  // Sockets have something to tell all the time: only requests may end the wait.
  const Fd waiting(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(waiting.get(), EPOLL_CTL_ADD, requests_.fd(), &event);
  epoll_wait(waiting.get(), &ready, 1, STALL_WAIT_MS);
  requests_.runAll();
  counters_.add(LaneCount::stalls);
  counters_.add(LaneCount::stalledMilliseconds, static_cast<uint64_t>(monotonicMs() - began));
}

/// What comes after a pause goes out at once, so that what is decided on it is decided in time;
/// what follows waits until then. Longer the less room there is: few full chunks cost less than
/// many.
int64_t IntakeLane::pauseMs() const {
  switch (pool_.pressure()) {
    case ChunkPool::Pressure::LOW:
      return 4;
    case ChunkPool::Pressure::MEDIUM:
      return 100;
    case ChunkPool::Pressure::HIGH:
      return 500;
  }
  return 0;
}

int IntakeLane::waitMs() const {
  if (!chunk_ || chunk_->rows == 0) return IDLE_WAIT_MS;
  const int64_t left = handedOverMs_ + pauseMs() - monotonicMs();
  return static_cast<int>(std::clamp<int64_t>(left, 0, IDLE_WAIT_MS));
}

void IntakeLane::handOverIfDue() {
  if (!chunk_ || chunk_->rows == 0) return;
  const bool isFull = chunk_->rows + BATCH_ROWS > ChunkPool::CHUNK_ROWS;
  const int64_t now = monotonicMs();
  if (!isFull && now - handedOverMs_ < pauseMs()) return;
  handOver();
  if (!isFull || pool_.pressure() != ChunkPool::Pressure::HIGH) return;
  if (now - relievedMs_ < RELIEF_MS) return;
  relievedMs_ = now;
  path_.relieve();
}

void IntakeLane::handOver() {
  if (!chunk_ || chunk_->rows == 0) return;
  counters_.add(LaneCount::chunks);
  counters_.add(LaneCount::rows, chunk_->rows);
  handedOverMs_ = monotonicMs();
  pool_.settle(*chunk_);
  ready_.put(std::move(chunk_));
}

void IntakeLane::housekeep(int64_t nowMilliseconds) {
  housekeptMs_ = nowMilliseconds;
  streams_.closeStalled(nowMilliseconds);
  for (const uint64_t session : streams_.takeEnded()) path_.endSession(session);
  path_.tick({nowMilliseconds, wallMs()});
  countKernelDrops();
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  counters_.set(LaneCount::cpuMicroseconds, static_cast<uint64_t>(used.tv_sec) * 1'000'000 +
                                                static_cast<uint64_t>(used.tv_nsec) / 1000);
}

void IntakeLane::countKernelDrops() {
  for (UdpSocket& socket : udp_) {
    const uint32_t drops = kernelDropsOf(socket.fd.get());
    receiveCounters_.add(ReceiveCount::receiveBufferFull, drops - socket.seenDrops);
    socket.seenDrops = drops;
  }
}

/// Nothing that arrived before `stop` is lost, as long as somebody takes chunks.
void IntakeLane::drain() {
  const int64_t deadline = monotonicMs() + DRAIN_MS;
  while (monotonicMs() < deadline) {
    if (turn(0) == Served::NOTHING && hasChunk()) return;
  }
  abandonRest();
}

void IntakeLane::abandonRest() {
  for (UdpSocket& socket : udp_) {
    // Bounded: what keeps coming is not what was there.
    for (int i = 0; i < 1'000'000; ++i) {
      const size_t count = batch_.receive(socket.fd.get());
      receiveCounters_.add(ReceiveCount::datagrams, count);
      receiveCounters_.add(ReceiveCount::abandonedDatagrams, count);
      if (count == 0) break;
    }
  }
}

}  // namespace weir::collect
