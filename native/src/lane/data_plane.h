// SPDX-License-Identifier: Apache-2.0
// All lanes of one probe: builds them from the configuration, runs their threads, reads their
// books.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "classify/engine_use.h"
#include "classify/open_device.h"
#include "export/export_route.h"
#include "export/json_record_writer.h"
#include "export/message_exporter.h"
#include "export/record_file.h"
#include "lane/data_plane_config.h"
#include "lane/lane.h"
#include "lane/lane_threads.h"

namespace weir {

class EngineOrder;

/// Used by one control thread, except `wait`, which may block another.
class DataPlane {
 public:
  explicit DataPlane(DataPlaneConfig config) : config_(std::move(config)) {}
  ~DataPlane();
  DataPlane(const DataPlane&) = delete;
  DataPlane& operator=(const DataPlane&) = delete;

  /// Compiles the signatures and builds the lanes without opening anything. Throws CodedError or
  /// SignatureError.
  void build();

  /// Opens sources, sockets and files: what may need a right that is dropped afterwards.
  void open();

  /// Starts the lanes, after `open`. After a throw nothing runs.
  void start();

  /// Compiles the new signatures and has every running lane take them over between two batches,
  /// with the other settings. Takes as long as compiling does: a thread of its own may call it, one
  /// at a time. After a throw (as of `build`) all is as before.
  void reload(ReloadConfig config);

  /// Opens engines again that were not to be had or have failed; the lanes come back to them by
  /// themselves. Whether there were any. A thread of its own may call it, one at a time.
  bool reviveEngines();

  /// Destroys what lanes do not need any more, and opens what they may need next. A device may take
  /// long for it: a thread of its own calls it now and then.
  void freeReturned();

  /// Asks the lanes to end their flows and leave.
  void stop();

  /// Until every lane has left. Throws CodedError WEIR_PROBE_LANE_FAILED when one of them failed,
  /// upon which the others were stopped.
  void wait() { threads_.wait(); }

  [[nodiscard]] std::vector<LaneCounters> counters() const;

  /// By rank in the configured order; after `build`. Any thread.
  [[nodiscard]] std::vector<EngineState> engines() const;
  [[nodiscard]] const EngineTotals& engineTotals() const { return *engineTotals_; }

  /// What makes the capture less than exact, as sentences for the operator; after `open`.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// errno of the records file's first failed write, 0 while all is well.
  [[nodiscard]] int recordsFailure() const { return records_ ? records_->failure() : 0; }

 private:
  void buildLane(uint32_t index, std::unique_ptr<PacketSource> source);
  void giveLanes(std::shared_ptr<const MatcherDatabase> database,
                 const std::vector<ApplicationRow>& rows, const ReloadConfig& config);
  [[nodiscard]] std::shared_ptr<const MatcherDatabase> database() const;
  [[nodiscard]] std::shared_ptr<const EngineOrder> engineOrder() const;
  void setDatabase(std::shared_ptr<const MatcherDatabase> database);

  DataPlaneConfig config_;
  std::shared_ptr<RecordFile> records_;
  mutable std::mutex databaseMutex_;
  std::shared_ptr<const MatcherDatabase> database_;
  const std::shared_ptr<EngineTotals> engineTotals_ = std::make_shared<EngineTotals>();
  const std::shared_ptr<OpenDevices> devices_ = std::make_shared<OpenDevices>();
  std::vector<ApplicationRow> applications_;
  std::vector<ExportRoute> routes_;  ///< of the targets, in their order
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<PacketSource*> sources_;
  std::vector<MessageExporter*> messageExporters_;
  std::vector<std::string> warnings_;
  LaneThreads threads_{[this] { stop(); }};
};

}  // namespace weir
