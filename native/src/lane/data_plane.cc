// SPDX-License-Identifier: Apache-2.0
#include "lane/data_plane.h"

#include <random>
#include <unordered_set>

#include "capture/file_source.h"
#include "capture/shared_file_source.h"
#include "classify/engine_order.h"
#include "coded_error.h"
#include "export/ipfix_exporter.h"
#include "export/json_record_writer.h"
#include "export/netflow5_exporter.h"
#include "export/netflow9_exporter.h"
#include "lane/core_pinning.h"
#include "lane/interface_names.h"

namespace weir {

namespace {

using Sources = std::vector<std::unique_ptr<PacketSource>>;

/// A source for each lane.
struct SourcesBuilder {
  uint32_t lanes;

  Sources operator()(const FileOptions& options) const {
    Sources sources;
    if (lanes == 1) {
      sources.push_back(std::make_unique<FileSource>(options.path));
      return sources;
    }
    const auto feed = std::make_shared<FileFeed>(options.path, lanes);
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      sources.push_back(std::make_unique<SharedFileSource>(feed, lane));
    }
    return sources;
  }
  Sources operator()(ReplayOptions options) const {
    Sources sources;
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      options.lane = LaneShare{lane, lanes};
      sources.push_back(std::make_unique<ReplaySource>(options));
    }
    return sources;
  }
  Sources operator()(PacketRingOptions options) const {
    options.laneCount = lanes;
    // Random: process ids repeat in containers that share an interface.
    options.fanoutGroupId = static_cast<uint16_t>(std::random_device{}());
    options.fanoutSeed = FanoutSeed::random();
    if (lanes > 1) options.exchange = std::make_shared<FrameExchange>(lanes);
    Sources sources;
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      options.laneIndex = lane;
      sources.push_back(std::make_unique<PacketRing>(options));
    }
    return sources;
  }
};

std::vector<ApplicationRow> applicationRows(const SignatureSet& signatures) {
  std::vector<ApplicationRow> rows{{0, "unknown", "not identified", "unknown", "protocol"}};
  std::unordered_set<uint32_t> services;
  for (const ServerNameRule& rule : signatures.serverNames) services.insert(rule.application);
  for (const Application& application : signatures.applications) {
    rows.push_back({application.selector, application.name, application.description,
                    application.category,
                    services.contains(application.selector) ? "service" : "protocol"});
  }
  return rows;
}

/// Names that went out of use stay known: flows that have them are still there.
void keepOlderRows(std::vector<ApplicationRow>& rows, const std::vector<ApplicationRow>& older) {
  std::unordered_set<uint32_t> known;
  for (const ApplicationRow& row : rows) known.insert(row.selector);
  for (const ApplicationRow& row : older) {
    if (known.insert(row.selector).second) rows.push_back(row);
  }
}

TemplateExporterOptions templateOptions(const DataPlaneConfig& config, uint32_t domain) {
  TemplateExporterOptions options;
  options.observationDomain = domain;
  options.applications = applicationRows(config.signatures);
  options.refreshNs = config.templateRefreshNs;
  options.enterpriseNumber = config.enterpriseNumber;
  return options;
}

std::unique_ptr<MessageExporter> buildExporter(const ExportTarget& target,
                                               std::unique_ptr<MessageSender> sender,
                                               const DataPlaneConfig& config, uint32_t lane) {
  const uint32_t domain = config.observationDomain + lane;
  switch (target.protocol) {
    case ExportProtocol::NETFLOW5:
      return std::make_unique<Netflow5Exporter>(std::move(sender), static_cast<uint8_t>(domain));
    case ExportProtocol::NETFLOW9:
      return std::make_unique<Netflow9Exporter>(std::move(sender), templateOptions(config, domain));
    default:
      return std::make_unique<IpfixExporter>(std::move(sender), templateOptions(config, domain),
                                             config.ipfixFlows);
  }
}

/// Who reads a file can wait for whoever takes the flows; a live capture must never.
bool isLive(const DataPlaneConfig& config) {
  return !std::holds_alternative<FileOptions>(config.source);
}

SendMode sendMode(const DataPlaneConfig& config) {
  return isLive(config) ? SendMode::NEVER_WAIT : SendMode::WAIT;
}

RecordRouter recordRouter(const DataPlaneConfig& config) {
  return config.exportMode == ExportMode::SHARE ? RecordRouter(config.targets.size())
                                                : RecordRouter();
}

void checkLimits(const DataPlaneConfig& config) {
  if (config.targets.size() + 1 > MAXIMUM_EXPORTERS) {
    throw CodedError("WEIR_PROBE_TOO_MANY_TARGETS",
                     "at most " + std::to_string(MAXIMUM_EXPORTERS - 1) + " export targets.");
  }
}

/// An engine that was opened need not have room for all lanes.
void checkEngines(const MatcherDatabase& database, size_t lanes) {
  const EngineUse* const use = database.use();
  if (use == nullptr || use->matchers() >= lanes) return;
  std::string text = "no engine of the order has room for all lanes:";
  for (const EngineState& engine : use->states())
    text += " " + engine.name + " is " + engineFailureName(engine.failure) + " (" + engine.reason +
            ").";
  throw EngineError(EngineFailure::TOO_SMALL, text + " Add hyperscan, or take fewer lanes.");
}

}  // namespace

DataPlane::~DataPlane() {
  stop();
  threads_.join();
}

void DataPlane::build() {
  checkLimits(config_);
  checkCores(config_.cores, config_.lanes);
  setDatabase(
      createEngines(config_.engine, config_.signatures, config_.cache, engineTotals_, devices_));
  database_->refuseCostly(config_.cache);
  if (!isLive(config_)) config_.classifier.patience = ScanPatience::WAITS_FOR_RESULTS;
  // Enough for the next engine to take over when the device hangs at the end.
  config_.classifier.lastResultsNs =
      2 * (config_.engine.deadlineNs + config_.engine.device.gatherNs);
  applications_ = applicationRows(config_.signatures);
  if (!config_.recordsPath.empty()) {
    records_ = std::make_shared<RecordFile>(config_.recordsPath, sendMode(config_));
  }
  for (const ExportTarget& target : config_.targets) {
    routes_.emplace_back(target.destination, config_.transport, sendMode(config_));
    routes_.back().prepare();
  }
  auto sources = std::visit(SourcesBuilder{config_.lanes}, config_.source);
  for (uint32_t lane = 0; lane < config_.lanes; ++lane) buildLane(lane, std::move(sources[lane]));
  checkEngines(*database_, lanes_.size());
}

void DataPlane::buildLane(uint32_t index, std::unique_ptr<PacketSource> source) {
  LaneParts parts;
  parts.source = std::move(source);
  parts.table = std::make_unique<FlowTable>(config_.flows, FlowHash::randomSeed());
  parts.classifier = std::make_unique<ClassifierSuccession>(
      std::make_unique<Classifier>(database_, config_.classifier));
  parts.earlyExport = config_.earlyExport;
  parts.sampling = config_.sampling;
  parts.overloadPolicy = config_.overloadPolicy;
  parts.decode = config_.decode;
  parts.router = recordRouter(config_);
  parts.interfaceNames = [source = config_.source] { return interfaceNames(source); };
  for (size_t i = 0; i < routes_.size(); ++i) {
    auto exporter = buildExporter(config_.targets[i], routes_[i].makeSender(), config_, index);
    messageExporters_.push_back(exporter.get());
    parts.exporters.push_back(std::move(exporter));
  }
  if (records_) {
    parts.exporters.push_back(
        std::make_unique<JsonRecordWriter>(records_, applicationTexts(applications_)));
  }
  sources_.push_back(parts.source.get());
  lanes_.push_back(std::make_unique<Lane>(std::move(parts)));
}

void DataPlane::open() {
  for (PacketSource* source : sources_) source->open();
  if (!sources_.empty()) warnings_ = sources_.front()->warnings();  // all lanes have the same
  for (MessageExporter* exporter : messageExporters_) exporter->open();
  if (records_) records_->open();
}

void DataPlane::start() {
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    std::thread& thread = threads_.start(*lanes_[lane]);
    if (config_.cores.empty() || pinToCore(thread, config_.cores[lane])) continue;
    stop();
    threads_.join();
    throw CodedError("WEIR_PROBE_CANNOT_PIN",
                     "core " + std::to_string(config_.cores[lane]) + " was taken away from Weir.");
  }
}

void DataPlane::reload(ReloadConfig config) {
  std::shared_ptr<const MatcherDatabase> database;
  auto rows = applications_;
  if (config.signatures) {
    if (const auto order = engineOrder()) order->letGoOfFailed();
    database =
        createEngines(config_.engine, *config.signatures, config_.cache, engineTotals_, devices_);
    database->refuseCostly(config_.cache);
    rows = applicationRows(*config.signatures);
    keepOlderRows(rows, applications_);
  }
  giveLanes(std::move(database), rows, config);
}

bool DataPlane::reviveEngines() {
  const auto order = engineOrder();
  return order && order->revive(config_.cache);
}

void DataPlane::freeReturned() {
  for (const auto& lane : lanes_) lane->freeReturned();
  const auto order = engineOrder();
  if (!order) return;
  order->closeLeft();
  order->openStandbys();
}

/// `database`: nullptr leaves the classifiers as they are.
void DataPlane::giveLanes(std::shared_ptr<const MatcherDatabase> database,
                          const std::vector<ApplicationRow>& rows, const ReloadConfig& config) {
  std::vector<LaneUpdate> updates(lanes_.size());
  for (LaneUpdate& update : updates) {
    if (database) {
      update.classifier = std::make_unique<Classifier>(database, config_.classifier);
      update.applications = rows;
    }
    update.timeouts = config.timeouts;
    update.earlyExport = config.earlyExport;
  }
  if (database) checkEngines(*database, lanes_.size());
  config_.flows.idleTimeoutNs = config.timeouts.idleNs;
  config_.flows.activeTimeoutNs = config.timeouts.activeNs;
  config_.earlyExport = config.earlyExport;
  for (size_t lane = 0; lane < lanes_.size(); ++lane) lanes_[lane]->update(updates[lane]);
  applications_ = rows;
  if (database) setDatabase(std::move(database));
}

void DataPlane::setDatabase(std::shared_ptr<const MatcherDatabase> database) {
  const std::lock_guard lock(databaseMutex_);
  database_.swap(database);
}

std::shared_ptr<const MatcherDatabase> DataPlane::database() const {
  const std::lock_guard lock(databaseMutex_);
  return database_;
}

/// Null with one engine that cannot fail.
std::shared_ptr<const EngineOrder> DataPlane::engineOrder() const {
  return std::dynamic_pointer_cast<const EngineOrder>(database());
}

std::vector<EngineState> DataPlane::engines() const {
  const auto current = database();
  const EngineUse* const use = current ? current->use() : nullptr;
  if (use != nullptr) return use->states();
  return {EngineState{.name = nameOf(config_.engine.order.front()), .matchers = lanes_.size()}};
}

void DataPlane::stop() {
  for (const auto& lane : lanes_) lane->stop();
}

std::vector<LaneCounters> DataPlane::counters() const {
  std::vector<LaneCounters> all;
  for (const auto& lane : lanes_) all.push_back(lane->counters());
  return all;
}

}  // namespace weir
