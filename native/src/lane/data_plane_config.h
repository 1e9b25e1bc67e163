// SPDX-License-Identifier: Apache-2.0
// Everything that the control plane says to the data plane, once, before it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "capture/packet_ring.h"
#include "capture/packet_sampler.h"
#include "capture/replay_source.h"
#include "classify/classifier.h"
#include "classify/database_cache.h"
#include "classify/matcher.h"
#include "decode/decode_options.h"
#include "export/export_route.h"
#include "export/ipfix_exporter.h"
#include "flow/flow_table.h"
#include "lane/overload_governor.h"

namespace weir {

/// A capture file as fast as it can be read.
struct FileOptions {
  std::string path;
};

/// The lanes' shares and counts in these options are filled in by the data plane.
using SourceOptions = std::variant<FileOptions, ReplayOptions, PacketRingOptions>;

enum class ExportProtocol : uint8_t { NETFLOW5, NETFLOW9, IPFIX };

struct ExportTarget {
  ExportProtocol protocol = ExportProtocol::NETFLOW9;
  ExportDestination destination;
};

/// FAN_OUT: every target gets every record. SHARE: each flow has one target that gets its records.
enum class ExportMode : uint8_t { FAN_OUT, SHARE };

/// NEVER: a record leaves when its flow ends or a timeout fires. ON_CLASSIFY: also at the moment
/// the flow gets its name.
enum class EarlyExport : uint8_t { NEVER, ON_CLASSIFY };

/// What a running data plane can take over.
struct ReloadConfig {
  FlowTimeouts timeouts;
  std::optional<SignatureSet> signatures;  ///< nullopt: as they are
  EarlyExport earlyExport = EarlyExport::NEVER;
};

struct DataPlaneConfig {
  SourceOptions source;
  uint32_t lanes = 1;
  std::vector<uint32_t> cores;  ///< lane n runs on the n-th of these only; empty: anywhere
  DecodeOptions decode;
  FlowTableOptions flows;
  ClassifierOptions classifier;
  EngineOptions engine;
  SignatureSet signatures;
  DatabaseCache cache;  ///< of compiled signatures
  std::vector<ExportTarget> targets;
  ExportMode exportMode = ExportMode::FAN_OUT;
  TransportOptions transport;
  FlowForm ipfixFlows = FlowForm::UNIFLOW;
  int64_t templateRefreshNs = 60'000'000'000;
  uint32_t enterpriseNumber = 0;  ///< of private elements; 0: none are exported
  std::string recordsPath;        ///< "-" standard output, "" none
  EarlyExport earlyExport = EarlyExport::NEVER;
  SamplingState sampling;
  OverloadPolicy overloadPolicy = OverloadPolicy::DEGRADE;
  uint32_t observationDomain = 0;  ///< of lane 0; lane n has this + n
};

}  // namespace weir
