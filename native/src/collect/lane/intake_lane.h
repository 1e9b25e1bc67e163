// SPDX-License-Identifier: Apache-2.0
// One lane: takes what its exporters send, makes rows of it, and hands chunks over. It owns all it
// touches; what it shares with other threads is its counters, the pool, and requests to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "collect/lane/chunk_pool.h"
#include "collect/lane/lane_counters.h"
#include "collect/lane/lane_requests.h"
#include "collect/lane/ready_chunks.h"
#include "collect/lane/record_path.h"
#include "collect/receive/datagram_batch.h"
#include "collect/receive/listening_sockets.h"
#include "collect/receive/receive_counters.h"
#include "collect/receive/stream_receiver.h"
#include "fd.h"

namespace weir::collect {

struct IntakeOptions {
  StreamOptions streams;
  RecordPathOptions path;
};

class IntakeLane {
 public:
  /// Pool and queue outlive the lane. Opens nothing.
  IntakeLane(const IntakeOptions& options, ChunkPool& pool, ReadyChunks& ready);

  /// Before `run`. The socket is the lane's from now on.
  void listen(Fd socket, Transport transport);

  /// Takes records until `stop`, then what the sockets still hold. The lane's thread.
  void run();

  /// Any thread.
  void stop();

  /// Whoever asks for something that belongs to the lane's thread. Any thread.
  LaneRequests& requests() { return requests_; }

  /// The lane's thread, or any once it has ended.
  RecordPath& path() { return path_; }

  [[nodiscard]] const ReceiveCounters& receiveCounters() const { return receiveCounters_; }
  [[nodiscard]] const LaneCounters& counters() const { return counters_; }
  [[nodiscard]] const RecordPath& path() const { return path_; }

 private:
  struct UdpSocket {
    Fd fd;
    uint32_t seenDrops;  ///< as the kernel last told, modulo 2^32
  };
  enum class Served : uint8_t { SOMETHING, NOTHING };

  void watch(int fd, uint64_t key);
  Served turn(int waitMs);
  Served serveEvent(uint64_t key);
  Served takeDatagrams(UdpSocket& socket);
  Served serveStreams();
  void take(const DatagramView& datagram);
  [[nodiscard]] bool hasChunk();
  void stall();
  void handOverIfDue();
  void handOver();
  [[nodiscard]] int64_t pauseMs() const;
  [[nodiscard]] int waitMs() const;
  void housekeep(int64_t nowMilliseconds);
  void countKernelDrops();
  void drain();
  void abandonRest();

  ChunkPool& pool_;
  ReadyChunks& ready_;
  LaneRequests requests_;
  ReceiveCounters receiveCounters_;
  LaneCounters counters_;
  std::shared_ptr<const AllowList> allowed_;
  RecordPath path_;
  DatagramBatch batch_;
  Fd epoll_;
  std::vector<UdpSocket> udp_;
  std::vector<Fd> listeners_;
  StreamReceiver streams_;  ///< after the listeners: it goes first
  Chunk chunk_;
  int64_t handedOverMs_ = 0;  ///< monotonic, of the last chunk
  int64_t housekeptMs_ = 0;   ///< monotonic
  int64_t relievedMs_ = 0;    ///< monotonic
  std::atomic<bool> isStopping_{false};
};

}  // namespace weir::collect
