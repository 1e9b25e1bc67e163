// SPDX-License-Identifier: Apache-2.0
// What the operator says, made ready for look-ups. Immutable but for the flows' owners: a change is
// another object, which all lanes take between two batches.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "collect/columns/flow_columns.h"
#include "collect/enrich/enrichment_config.h"
#include "collect/enrich/flow_owners.h"
#include "collect/enrich/geo_file.h"
#include "collect/enrich/prefix_table.h"
#include "collect/enrich/service_table.h"

namespace weir::collect {

[[nodiscard]] inline uint64_t hashOf(const Address& address) noexcept {
  uint64_t words[2];
  __builtin_memcpy(words, address.data(), sizeof words);
  const uint64_t mixed = (words[0] * 0x9E3779B97F4A7C15) ^ (words[1] * 0xC2B2AE3D27D4EB4F);
  return (mixed ^ (mixed >> 32)) * 0x9E3779B97F4A7C15;
}

struct AddressHash {
  size_t operator()(const Address& address) const noexcept { return hashOf(address); }
};

struct Boundary {
  bool isAnyExporter;
  Address exporter;
  std::vector<uint32_t> interfaces;  ///< sorted; empty: any
  BoundarySide side;
};

struct EnrichmentTables {
  std::vector<NetworkConfig> networks;  ///< by position in `prefixes`
  PrefixTable prefixes;
  bool hasOwnNetworks = false;
  std::unordered_map<Address, ExporterConfig, AddressHash> exporters;
  std::vector<ServiceConfig> services;  ///< by position in `serviceTable`
  ServiceTable serviceTable;
  std::shared_ptr<const GeoFile> countryFile;
  std::shared_ptr<const GeoFile> asnFile;
  std::vector<Boundary> boundaries;
  std::shared_ptr<FlowOwners> owners;

  /// Reads the files anew. `previous`, if any, leaves the flows' owners to the new tables, unless
  /// their number or window changed. Throws CodedError WEIR_COLLECT_GEO_FILE (geo_file.h) or
  /// WEIR_COLLECT_ENRICHMENT (an address cannot be read); the tables in use stay good.
  static std::shared_ptr<const EnrichmentTables> load(const EnrichmentConfig& config,
                                                      const EnrichmentTables* previous = nullptr);
};

}  // namespace weir::collect
