// SPDX-License-Identifier: Apache-2.0
// One lane = one thread = one of each stage: source, decoder, flow table, classifier, exporters.
// Lanes share read-only data and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "capture/packet_source.h"
#include "classify/classifier_succession.h"
#include "decode/packet_decoder.h"
#include "export/record_exporter.h"
#include "export/record_router.h"
#include "flow/flow_table.h"
#include "lane/data_plane_config.h"
#include "lane/lane_counters.h"
#include "lane/lane_update.h"
#include "lane/published_counters.h"

namespace weir {

/// What a lane is made of; it owns all of it.
struct LaneParts {
  std::unique_ptr<PacketSource> source;
  std::unique_ptr<FlowTable> table;
  std::unique_ptr<ClassifierSuccession> classifier;
  std::vector<std::unique_ptr<RecordExporter>> exporters;
  RecordRouter router;
  /// Asks the system what exporters tell of the interface; nullptr: they tell nothing.
  std::function<std::vector<InterfaceRow>()> interfaceNames;
  EarlyExport earlyExport = EarlyExport::NEVER;
  SamplingState sampling;
  OverloadPolicy overloadPolicy = OverloadPolicy::DEGRADE;
  DecodeOptions decode;
};

/// `run` belongs to the lane's thread; the others may be called from any.
class Lane final : private FlowSink {
 public:
  explicit Lane(LaneParts parts)
      : parts_(std::move(parts)),
        sampler_(parts_.sampling, std::random_device{}()),
        decoder_(parts_.decode) {}

  /// Until the source is finished or `stop` was called; then all flows end and all records leave.
  /// After a throw the counters are those of that moment, in which live flows are not recorded.
  void run();
  void stop();
  /// Puts `update` in force between two batches and waits until it is; false when the lane leaves
  /// before that. One caller at a time.
  bool update(LaneUpdate& update) { return mailbox_.deliver(update); }
  /// Destroys what an update made needless; not from the lane's own thread.
  void freeReturned() { mailbox_.freeReturned(); }
  [[nodiscard]] LaneCounters counters() const { return published_.read(); }

 private:
  static constexpr size_t BATCH_PACKETS = 64;
  // Memory latency is the cost of a packet: its index line is asked for this many packets before
  // its entry, and its entry this many before it is counted.
  static constexpr size_t STEPS_AHEAD = 12;

  void work();
  size_t sample(size_t received);
  void processBatch(size_t received);
  void processSome(std::span<const PacketView>& views);
  bool decodeNext(std::span<const PacketView>& views, size_t index);
  void tellOthers(const DecodedPacket& packet, std::span<const PacketView> left);
  void processPacket(size_t index);
  void processException(const DecodedPacket& packet);
  void settleUntil(int64_t settledNs);
  void settle(FlowEntry* leaving);
  void sendEarly(size_t received, int64_t nowNs);
  void relieve();
  void setWeight(uint32_t weight);
  void announceInterfaces();
  void apply(LaneUpdate& update);
  void takeStock();
  [[nodiscard]] IgnoredTraffic ignored() const;
  void finish();
  void publish();
  void publishCounters();

  void record(FlowEntry& entry, EndReason reason) override;
  void ended(FlowEntry& entry) override;

  LaneParts parts_;
  PacketSampler sampler_;
  OverloadGovernor governor_;
  PacketDecoder decoder_;
  std::array<PacketView, BATCH_PACKETS> views_;
  std::array<DecodedPacket, BATCH_PACKETS> packets_;
  std::array<uint32_t, BATCH_PACKETS> hashes_{};
  std::array<uint32_t, BATCH_PACKETS> likely_{};
  LaneCounters counters_;
  PublishedCounters published_;
  bool hasListeners_ = false;
  bool hasEarlyRecord_ = false;  ///< of a flow that was just named; it waits in a message
  int64_t earlySentNs_ = 0;      ///< when such records left last
  uint32_t weight_ = 1;          ///< of a packet that is looked at
  uint64_t startedNs_ = 0;
  LaneMailbox mailbox_;
  std::atomic<bool> stopping_{false};
};

}  // namespace weir
