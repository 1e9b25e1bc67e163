// SPDX-License-Identifier: Apache-2.0
// All of the collector's intake: its lanes, their threads, and the chunks between them and the
// store. Owned by one control thread; what others may call says so.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "collect/lane/chunk_pool.h"
#include "collect/lane/intake_lane.h"
#include "collect/lane/ready_chunks.h"

namespace weir::collect {

struct FlowCollectionConfig {
  std::vector<Endpoint> endpoints;
  uint32_t lanes = 1;
  uint64_t receiveBufferBytes = 8U << 20U;  ///< of each UDP socket
  uint64_t chunkBytes = 256U << 20U;        ///< of records that nobody has stored yet
  std::vector<std::string> allowedExporters;
  TlsFiles tls;  ///< of TLS endpoints
  StreamLimits streams;
  RecordPathOptions path;
};

class FlowCollection {
 public:
  /// `wake` is called by lanes' threads when chunks wait that nobody has been told of. Opens
  /// nothing. Throws CodedError WEIR_COLLECTOR_ADDRESS.
  FlowCollection(FlowCollectionConfig config, std::function<void()> wake);
  ~FlowCollection();
  FlowCollection(const FlowCollection&) = delete;
  FlowCollection& operator=(const FlowCollection&) = delete;

  /// Binds all sockets. Throws CodedError WEIR_COLLECTOR_LISTEN, WEIR_COLLECTOR_IPFIX_TLS; then
  /// nothing is open.
  void open();

  /// Starts the lanes, after `open`.
  void start();

  /// Takes what the sockets hold, then ends the lanes: chunks must be taken meanwhile. Blocks up to
  /// two seconds; any one thread.
  void stop();

  /// What has come since the last call.
  std::vector<Chunk> takeChunks() { return ready_.takeAll(); }

  /// Any thread.
  void giveBack(Chunk chunk) { pool_.give(std::move(chunk)); }

  /// Lets each lane's thread do it and waits for all; in this thread when lanes do not run. Any
  /// thread but a lane's.
  void inEachLane(const std::function<void(IntakeLane&)>& action);

  /// Other names, networks and rules for records to come; reads the GeoIP files, which takes a
  /// while. Throws CodedError as EnrichmentTables::load does, and then nothing changes. Any thread.
  void setEnrichment(const EnrichmentConfig& config);

  /// What the decoders know of exporters over UDP, for the next start. Any thread but a lane's.
  std::vector<uint8_t> exportState();

  /// Gives each lane what `exportState` told of the exporters that are its own now. After `open`,
  /// before `start`. False when it is not whole or of another version.
  bool importState(std::span<const uint8_t> state, int64_t nowMilliseconds);

  /// As bound, with the ports that the kernel gave; empty before `open`.
  [[nodiscard]] const std::vector<Endpoint>& endpoints() const { return bound_; }

  /// The least that a UDP socket was granted; 0: there is none.
  [[nodiscard]] uint64_t grantedBufferBytes() const { return grantedBufferBytes_; }

  /// For counters, which any thread may read.
  [[nodiscard]] const std::vector<std::unique_ptr<IntakeLane>>& lanes() const { return lanes_; }
  [[nodiscard]] const ChunkPool& pool() const { return pool_; }
  [[nodiscard]] const FlowCollectionConfig& config() const { return config_; }

  /// Which lane has what this exporter sends.
  [[nodiscard]] uint32_t laneOf(const Address& exporter) const;

 private:
  void makeLanes();
  bool importPart(std::span<const uint8_t> part, int64_t nowMilliseconds);

  FlowCollectionConfig config_;
  std::shared_ptr<const AllowList> allowed_;
  SteeringSeed seed_;
  ChunkPool pool_;
  ReadyChunks ready_;
  std::mutex enrichment_;  ///< one change at a time
  std::vector<std::unique_ptr<IntakeLane>> lanes_;
  std::vector<std::thread> threads_;
  std::vector<Endpoint> bound_;
  uint64_t grantedBufferBytes_ = 0;
};

}  // namespace weir::collect
