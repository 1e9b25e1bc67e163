// SPDX-License-Identifier: Apache-2.0
// What the operator says about the network, as plain values: the binding fills it from the object
// that collector/src/enrich made of the configuration. Texts are UTF-8, addresses as people write
// them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::collect {

struct NetworkConfig {
  std::string prefix;  ///< "192.0.2.0/24"
  std::string name;
  std::string role;
  std::string site;
  bool isOwn = true;  ///< inside, when a flow's scope is told; else only a name
};

struct InterfaceConfig {
  uint32_t index = 0;  ///< SNMP's
  std::string name;
};

struct ExporterConfig {
  std::string address;
  std::string name;  ///< empty: only its interfaces have names
  std::vector<InterfaceConfig> interfaces;
};

/// A name for flows that have none, by what their headers say.
struct ServiceConfig {
  uint8_t protocol = 0;  ///< IP's number
  uint16_t port = 0;     ///< 0: any flow of the protocol
  std::string name;
  std::string category;
};

/// Which of a record's two interfaces a boundary's have to be.
enum class BoundarySide : uint8_t { INGRESS, EGRESS, EITHER };

/// Records that count, where there are rules.
struct BoundaryConfig {
  std::string exporter;              ///< empty: any
  std::vector<uint32_t> interfaces;  ///< empty: any
  BoundarySide side = BoundarySide::INGRESS;
};

struct EnrichmentConfig {
  std::vector<NetworkConfig> networks;
  std::vector<ExporterConfig> exporters;
  std::vector<ServiceConfig> services;
  std::string countryFile;  ///< MaxMind DB; empty: none
  std::string asnFile;      ///< MaxMind DB; empty: none
  std::vector<BoundaryConfig> boundaries;
  /// Of a flow that several exporters report, one exporter's records count. 0: not looked at.
  uint32_t deduplicationWindowMs = 0;
  uint32_t deduplicationFlows = 1 << 20;
};

}  // namespace weir::collect
